"""Whoever is interrupted while threads wait to write takes nobody else along, and leaves nothing of itself behind."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from linecache import getline

import pytest

from searchkit import changes
from searchkit.changes import Changes
from searchkit.engines.base import WriteOptions

OTHERS = ["a", "b", "c"]


class Engine:
    """Keeps what is committed in memory; its first writer waits until it may go on."""

    def __init__(self):
        self.committed = []
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    @contextmanager
    def writer(self, options):
        batch = []
        yield batch
        if not self.begun.is_set():
            self.begun.set()
            assert self.may_go_on.wait(30)
        self.committed += batch


def interrupted_at(number):
    """Return a function that a thread traces itself with: it interrupts at the n-th line of `together` or below."""
    left = [number]

    def line(frame, event, _):
        # no signal comes between the end of a `with` and its exit; at `_end_turn` it is as if it came later
        within = getline(changes.__file__, frame.f_lineno).lstrip().startswith("with")
        if event == "line" and not within and frame.f_code.co_name != "_end_turn":
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
        return line

    return lambda frame, *_: line if frame.f_code.co_filename == changes.__file__ else None


def outcome(call, told, name, trace=None):
    sys.settrace(trace)
    try:
        told[name] = call()
    except BaseException as error:  # noqa: BLE001 (told)
        told[name] = error
    finally:
        sys.settrace(None)


def begun(call, told, name, trace=None):
    thread = threading.Thread(target=outcome, args=(call, told, name, trace), daemon=True)
    thread.start()
    return thread


def saving(handle):
    return lambda name: handle.together(lambda batch: batch.append(name) or name, WriteOptions(wait=20))


def interrupted(names, number):
    """Let threads save while another writes and interrupt one; return what they were told, and what was kept."""
    engine, told = Engine(), {}
    handle = Changes(engine)
    save = saving(handle)
    threads = [begun(partial(save, "long"), told, "long")]
    assert engine.begun.wait(30)
    for name in names:
        threads.append(begun(partial(save, name), told, name, interrupted_at(number) if name == "mine" else None))
        time.sleep(0.01)  # until it waits
    engine.may_go_on.set()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads), number
    save("later")
    return told, engine.committed


@pytest.mark.parametrize("names", [["mine", *OTHERS], [*OTHERS, "mine"]], ids=["who was first", "who came last"])
def test_an_interrupt_at_any_line_is_of_one_thread_alone(names):
    for number in range(1, 1000):
        told, committed = interrupted(names, number)
        assert [told[name] for name in OTHERS] == OTHERS
        assert {"long", *OTHERS, "later"} <= set(committed)
        if told["mine"] == "mine":
            break
        assert isinstance(told["mine"], KeyboardInterrupt)
        assert committed.count("mine") <= 1
    assert 10 < number < 999


def test_nothing_is_kept_of_who_is_interrupted_while_waiting(monkeypatch):
    engine, told = Engine(), {}
    handle = Changes(engine)

    save = saving(handle)
    thread = begun(partial(save, "long"), told, "long")
    assert engine.begun.wait(30)
    with monkeypatch.context() as patch:
        patch.setattr(handle._turn, "wait", interrupt)
        outcome(partial(save, "mine"), told, "mine")
    engine.may_go_on.set()
    thread.join(15)
    save("later")
    assert isinstance(told["mine"], KeyboardInterrupt)
    assert engine.committed == ["long", "later"]


def interrupt(_):
    raise KeyboardInterrupt
