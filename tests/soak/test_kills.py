"""Hundreds of kills: nothing that was acknowledged is lost, the index opens, answers right, and is left clean."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections import Counter
from functools import partial

import pytest
from broken_off import KINDS, STRACE, killed_after, killed_at_call, traced
from changes_under_way import OTHER, SCENARIOS, THERE, OtherWriter, adding, deleting, fill, held, optimizing, states
from changes_under_way import usable as still_usable

from searchkit import SearchIndex

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
KILLED = -9
REFUSALS = {"mmap": "ENOMEM", "write": "ENOSPC", "openat": "EMFILE"}
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux") or not STRACE, reason="needs strace")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("filled") / "index"
    fill(path)
    assert held(path) == THERE
    return path


def broken_off(filled, path, name, break_off):
    """Break a scenario off on a copy of the index, see that all is well, and return how it ended."""
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(filled, path)
    outcome = break_off([step.change for step in SCENARIOS[name]], path)
    if outcome is None:
        pytest.skip("strace may not trace here")
    acknowledged, *ended = outcome
    found = held(path)
    assert found in states(name)[acknowledged : acknowledged + 2], (name, acknowledged)
    if (path / "new").exists():
        still_usable(path / "new", {})
    still_usable(path, found)
    return ended


@pytest.mark.parametrize("name", SCENARIOS)
def test_at_every_call_to_the_disk(filled, tmp_path, name, scale):
    number = kills = 0
    code = KILLED
    while code == KILLED:
        number += max(1, round(1 / scale))
        (code,) = broken_off(filled, tmp_path / "index", name, partial(killed_at_call, number=number))
        kills += code == KILLED
    assert code == 0
    print(f"\n{name}: {kills} kills, one at each call to the disk: nothing lost")
    assert kills > 20 * min(1, scale)


def at_every_call(filled, path, name, scale, how):
    """Break a scenario off at each call of each kind that it makes; return how often, by kind and how it ended."""
    outcomes = Counter()
    for kind in KINDS:
        number, was_there = 0, True
        while was_there:
            number += max(1, round(1 / scale))
            injected = f"{how(kind)}:when={number}"
            code, was_there = broken_off(filled, path, name, partial(traced, kind=kind, injected=injected))
            outcomes[kind, code] += was_there
    return +outcomes


@LINUX
@pytest.mark.parametrize("name", SCENARIOS)
def test_at_every_call_to_the_system(filled, tmp_path, name, scale):
    kills = at_every_call(filled, tmp_path / "index", name, scale, lambda _: "signal=KILL")
    assert {code for _, code in kills} == {KILLED}
    print(
        f"\n{name}: {kills.total()} kills by the system, nothing lost:",
        *(f"{kind} {kills[kind, -9]}" for kind, _ in kills),
    )
    assert kills.total() > 20 * min(1, scale)


@LINUX
@pytest.mark.parametrize("name", SCENARIOS)
def test_whichever_call_the_system_refuses(filled, tmp_path, name, scale):
    refused = at_every_call(filled, tmp_path / "index", name, scale, lambda kind: f"error={REFUSALS.get(kind, 'EIO')}")
    assert {code for _, code in refused} <= {0, 1}
    errors = Counter({kind: count for (kind, code), count in refused.items() if code})
    print(f"\n{name}: {refused.total()} refusals by the system, {errors.total()} errors, nothing lost: {dict(errors)}")


def some_changes(chosen, before, count):
    steps = []
    for _ in range(count):
        kind = chosen.random()
        ids = chosen.sample(range(60), chosen.choice([1, 2, 5, 30]))
        if kind < 0.6:
            steps.append(adding(before, ids, chosen.randrange(1000)))
        elif kind < 0.9:
            steps.append(deleting(before, ids))
        else:
            steps.append(optimizing(before))
        before = steps[-1].after
    return steps


def test_at_random_moments(tmp_path, seed, scale):
    chosen = random.Random(seed)  # noqa: S311
    path = tmp_path / "index"
    fill(path)
    before, acknowledged = THERE, 0
    for _ in range(round(250 * scale)):
        steps = some_changes(chosen, before, 60)
        done, _ = killed_after([step.change for step in steps], path, chosen.uniform(0, 0.25))
        acknowledged += done
        after = [before, *(step.after for step in steps)]
        before = held(path)
        assert before in after[done : done + 2]
    still_usable(path, before)
    print(f"\n{round(250 * scale)} kills at random moments, {acknowledged} acknowledged changes: nothing lost")


def held_beside(path):
    """What an index holds while others write: that of a snapshot."""
    copy = path.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    with SearchIndex.open(path, create=False) as index:
        index.snapshot(copy)
    return held(copy)


def test_beside_another_writer(filled, tmp_path, seed, scale):
    chosen = random.Random(seed)  # noqa: S311
    path = tmp_path / "index"
    shutil.copytree(filled, path)
    before, acknowledged = THERE, 0
    with OtherWriter(path) as other:
        for number in range(round(250 * scale)):
            steps = some_changes(chosen, before, 60)
            changes = [step.change for step in steps]
            if number % 2:
                done, code = killed_at_call(changes, path, chosen.randrange(1, 400))
            else:
                done, code = killed_after(changes, path, chosen.uniform(0, 0.25))
            assert code in {0, KILLED}
            acknowledged += done
            after = [before, *(step.after for step in steps)]
            before = {id_: body for id_, body in held_beside(path).items() if not id_.startswith(OTHER)}
            assert before in after[done : done + 2]
    assert held(path) == before | other.documents()
    still_usable(path, before | other.documents())
    print(f"\n{round(250 * scale)} kills beside another, {acknowledged} and {other.count.value} changes: nothing lost")
