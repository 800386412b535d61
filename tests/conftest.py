"""What holds for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # a machine that is busy is no fault
settings.load_profile("suite")


def pytest_addoption(parser):
    group = parser.getgroup("soak", "long trials, see tests/soak")
    group.addoption("--soak-seed", type=int, default=1, help="which of the random trials")
    group.addoption("--soak-scale", type=float, default=1.0, help="how much of each: 0.1 is a tenth")
    group.addoption("--soak-data", type=Path, help="a folder of measuring data, see tests/benchmarks")


@pytest.fixture(scope="session")
def seed(pytestconfig):
    return pytestconfig.getoption("--soak-seed")


@pytest.fixture(scope="session")
def scale(pytestconfig):
    return pytestconfig.getoption("--soak-scale")
