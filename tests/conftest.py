"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("suite", deadline=None)  # a machine that is busy is no fault
settings.load_profile("suite")
