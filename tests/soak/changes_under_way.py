"""What is broken off in a trial? Changes of an index in steps, and what it must hold after each of them."""

from __future__ import annotations

import multiprocessing
from typing import NamedTuple

from searchkit import Document, SearchIndex, WriteOptions
from searchkit.engines.whoosh.upkeep import problems

AT_ONCE = WriteOptions(wait=0)
OTHER = "other "
"""What the ids of a second writer begin with."""


def word(number):
    """A word of its own for each number, of letters that no ending is made of."""
    return "zq" + "".join("bcfgkmpqvx"[int(digit)] for digit in str(number))


def document(id_, version=0):
    return Document(id=str(id_), body=f"باغ {word(version)} {word(version)}z")


def documents(ids, version):
    return {str(id_): document(id_, version).body for id_ in ids}


class Step(NamedTuple):
    """A change, and what the index holds when it has returned: {id: body}."""

    change: object
    after: dict


def adding(before, ids, version):
    made = [document(id_, version) for id_ in ids]
    return Step(lambda path: _with(path, lambda index: index.add(made)), before | documents(ids, version))


def deleting(before, ids):
    gone = {str(id_) for id_ in ids}
    after = {id_: body for id_, body in before.items() if id_ not in gone}
    return Step(lambda path: _with(path, lambda index: index.delete(sorted(gone))), after)


def optimizing(before):
    return Step(lambda path: _with(path, lambda index: index.optimize()), before)


def rebuilding(ids, version):
    made = [document(id_, version) for id_ in ids]
    return Step(lambda path: _with(path, lambda index: index.add(made), fresh=True), documents(ids, version))


def _with(path, change, *, fresh=False):
    with SearchIndex.open(path, fresh=fresh) as index:
        change(index)


THERE = documents(range(40), 0)


def fill(path):
    """Three segments, of which two have deleted documents."""
    with SearchIndex.open(path) as index:
        for ids in (range(-20, 30), range(30, 38), range(38, 40)):
            index.add([document(id_) for id_ in ids])
        index.delete([str(id_) for id_ in range(-20, 0)][:12])
        index.delete([str(id_) for id_ in range(-20, 0)][12:])


ADDED = adding(THERE, range(50, 53), 1)
SCENARIOS = {
    "add": [ADDED, adding(ADDED.after, range(60, 100), 2)],
    "update": [adding(THERE, range(5), 1), adding(THERE | documents(range(5), 1), range(30, 40), 2)],
    "delete": [deleting(THERE, range(3)), deleting({id_: THERE[id_] for id_ in THERE if int(id_) > 2}, range(3, 30))],
    "merge": [optimizing(THERE), adding(THERE, [50], 1), optimizing(THERE | documents([50], 1))],
    "rebuild": [rebuilding(range(7), 3), rebuilding(range(30), 4)],
    "first": [Step(lambda path: SearchIndex.open(path / "new").close(), THERE), ADDED],
}
"""Steps of changes to what `fill` has made; `first` makes another index, too."""


def states(name):
    """What there is before the first step of a scenario and after each."""
    return [THERE, *(step.after for step in SCENARIOS[name])]


def held(path):
    """What an index holds, {id: body}, after a look at all of it: checksums, contradictions, and every answer."""
    assert list(problems(path)) == []
    with SearchIndex.open(path, create=False, verify=True) as index:
        reader = index._engine.reader()
        numbers = [reader.number(record.id) for record in reader.records()]
        found = {each.id: each.body for each in reader.documents(numbers)}
        assert len(found) == len(numbers) == len(index)
        for each in {each for body in found.values() for each in body.split()}:
            expected = {id_ for id_, body in found.items() if each in body.split()}
            assert {id_ for id_, _ in index.rank(each, limit=10_000, match="all")} == expected, each
    return found


def usable(path, holds):
    """Make sure that an index can be written at once by others, and that this leaves no file that it does not need."""
    with SearchIndex.open(path) as index:
        assert index.add([document("further", 9)], options=AT_ONCE).added == 1
        table = index._engine._commits.toc()
    needed = {f"MAIN-{table.generation}.json", *(f"MAIN-{entry.name}.segment" for entry in table.segments)}
    there = {file.name for file in path.glob("MAIN*")}
    assert there - {"MAIN.lock", "MAIN.door"} == needed
    assert held(path) == holds | documents(["further"], 9)


def write_on(path, acknowledge, stop):
    """Add one document after another, until it is stopped."""
    with SearchIndex.open(path) as index:
        for number in range(100_000):
            if stop.is_set():
                break
            index.add([document(f"{OTHER}{number}", number % 7)])
            acknowledge()


class OtherWriter:
    """A process that adds documents to an index while the block runs, and must never fail."""

    def __init__(self, path):
        fork = multiprocessing.get_context("fork")
        self.count = fork.Value("q", 0)
        self._stop = fork.Event()
        self._process = fork.Process(target=write_on, args=(path, self._acknowledge, self._stop))

    def _acknowledge(self):
        self.count.value += 1

    def __enter__(self):
        self._process.start()
        while not self.count.value:
            assert self._process.exitcode is None
        return self

    def __exit__(self, *exc):
        self._stop.set()
        self._process.join(60)
        assert self._process.exitcode == 0

    def documents(self):
        """What it has added."""
        bodies = (documents([f"{OTHER}{number}"], number % 7) for number in range(self.count.value))
        return {id_: body for each in bodies for id_, body in each.items()}
