"""Tables and directories that somebody wrote on purpose, checksums and all: errors, and nothing outside is touched."""

from __future__ import annotations

import copy
import json
import random

import pytest
from damages import contents, everything, fill, merged, restore
from forging import directory_of, table, with_directory, with_segment
from guarding import guarded, told_by_proc

from searchkit.errors import IndexCorruptError, StorageError

pytestmark = pytest.mark.thorough

MUTATIONS = 240
SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 22))]
"""As many times as many mutations are tried."""

HOSTILE = [
    *(-1, 0, 1, 7, 255, 1 << 16, (1 << 31) - 1, 1 << 32, 1 << 40, 1 << 63, 1 << 70, 10**400, 1.5, -0.0, 1e308),
    *(float("nan"), float("inf"), True, False, None, "", "\0", "..", "../outside", "/etc/passwd", "a/b", "\ud800"),
    *("x" * 70_000, "<u8", "|O", ">u4", "|V9", "<f4", "AAAA", "f" * 48, [], {}, [[]], {"bytes": "!"}, {"bytes": 5}),
    *(["<u4", 16, 1 << 50], ["|u1", -8, 8], ["|u1", 16, 0], ["|u1", 0, 16]),
]
DEEP = '{"a":' * 3000 + "1" + "}" * 3000


def places(value, path=()):
    """Yield the paths to all values within one."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def mutated(original, chosen):
    """Change one to three values, and say how."""
    value, told = copy.deepcopy(original), []
    for _ in range(chosen.choice((1, 1, 1, 2, 3))):
        path = chosen.choice(list(places(value)))
        holder, key = at(value, path[:-1]), path[-1]
        kind = chosen.randrange(6)
        if kind == 0 and isinstance(holder, dict):
            holder[chosen.choice(["", "id", "../outside", "body/terms", "x"])] = holder.pop(key)
        elif kind == 1:
            del holder[key]
        elif kind == 2:
            holder[key] = copy.deepcopy(at(value, chosen.choice(list(places(value)))))
        elif kind == 3 and type(holder[key]) is int:
            holder[key] += chosen.choice((-8, -4, -1, 1, 4, 8))
        else:
            holder[key] = copy.deepcopy(chosen.choice(HOSTILE))
        told.append((path, holder.get(key) if isinstance(holder, dict) else holder[key : key + 1]))
    return value, str(told)[:300]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "index"
    fill(path)
    merged(path)  # what is loaded late is loaded
    path = tmp_path_factory.mktemp("whole") / "index"
    fill(path)
    return contents(path)


def forgeries(whole, seed):
    """Yield indexes with a forged table or directory, and what was changed."""
    chosen = random.Random(seed)  # noqa: S311
    (toc,) = (name for name in whole if name.endswith(".json"))
    segments = sorted(name for name in whole if name.endswith(".segment"))
    listing = json.loads(whole[toc].split(b"\n")[0])
    for number in range(MUTATIONS):
        if number % 2:
            changed, told = mutated(listing, chosen)
            yield whole | {toc: table(changed)}, told
        else:
            name = chosen.choice(segments)
            changed, told = mutated(directory_of(whole[name])[1], chosen)
            yield with_segment(whole, name, with_directory(whole[name], changed)), (name, told)


@told_by_proc
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_forged_is_an_error_or_taken_as_it_stands(tmp_path, whole, seed):
    path = tmp_path / "index"
    (tmp_path / "outside.segment").write_bytes(b"precious")
    refused = 0
    for files, told in forgeries(whole, seed):
        for use in (everything, merged):
            restore(path, files)
            message = str(path)
            try:
                with guarded(path):
                    use(path)
            except StorageError as error:
                refused += 1
                message = str(error)
            except Exception as error:
                raise AssertionError(told) from error
            assert str(path) in message, told
    assert {each.name for each in tmp_path.iterdir()} == {"index", "outside.segment"}
    assert (tmp_path / "outside.segment").read_bytes() == b"precious"
    assert refused > MUTATIONS


@pytest.mark.parametrize("line", [DEEP, "[" * 100_000, "5", "null", '"x"', "[]", "{}", "9" * 5000, "\ud800"])
def test_nesting_and_other_kinds_of_json_are_told(tmp_path, whole, line):
    path = tmp_path / "index"
    (toc,) = (name for name in whole if name.endswith(".json"))
    data = line.encode(errors="surrogatepass")
    restore(path, whole | {toc: table(data)})
    with pytest.raises(IndexCorruptError, match=toc):
        everything(path)
    (name, *_) = (name for name in whole if name.endswith(".segment"))
    restore(path, with_segment(whole, name, with_directory(whole[name], data)))
    with pytest.raises(IndexCorruptError, match=name):
        everything(path)


def test_a_name_leads_to_no_other_folder(tmp_path, whole):
    path = tmp_path / "index"
    restore(path, whole)
    (toc,) = path.glob("*.json")
    listing = json.loads(toc.read_bytes().split(b"\n")[0])
    (tmp_path / "outside").mkdir()
    (path / "MAIN-x").symlink_to(tmp_path / "outside")
    for number, entry in enumerate(listing["segments"]):
        (path / f"MAIN-{entry['name']}.segment").rename(tmp_path / "outside" / f"{number}.segment")
        entry["name"] = f"x/{number}"
    toc.write_bytes(table(listing))
    with pytest.raises(IndexCorruptError, match=toc.name):
        everything(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("deleted",), "AA=="),
        (("deleted",), "AAAA"),
        (("deleted",), "A" * 400_000),
        (("documents",), 1 << 31),
        (("documents",), 8),
        (("name",), "2r1-00000000"),
        (("seal",), ""),
    ],
)
def test_an_entry_of_the_table_that_does_not_fit_is_told(tmp_path, whole, path, value):
    (toc,) = (name for name in whole if name.endswith(".json"))
    listing = json.loads(whole[toc].split(b"\n")[0])
    at(listing["segments"][0], path[:-1])[path[-1]] = value
    restore(tmp_path / "index", whole | {toc: table(listing)})
    with guarded(tmp_path), pytest.raises(IndexCorruptError, match="MAIN-"):
        everything(tmp_path / "index")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("about", "fields"), ["body", "title"]),
        (("about", "fields"), ["body", "id", "title", "other/field"]),
        (("about", "columns"), {}),
        (("about", "columns", "id"), ["int", 0]),
        (("about", "columns", "id"), ["bytes", None]),
        (("about", "columns", "id"), ["bytes", 10**400]),
        (("about", "columns", "id"), ["bytes", {"bytes": "!"}]),
        (("about", "documents"), 8),
        (("about", "documents"), 9.0 + 1e-9),
        (("sections", "id/terms"), ["<u8", 16, 8]),
        (("sections", "id/terms", 0), "|O"),
    ],
)
def test_a_directory_that_does_not_fit_is_told(tmp_path, whole, path, value):
    name = next(name for name in whole if "-1r1" in name)
    _, directory = directory_of(whole[name])
    at(directory, path[:-1])[path[-1]] = value
    restore(tmp_path / "index", with_segment(whole, name, with_directory(whole[name], directory)))
    with guarded(tmp_path), pytest.raises(IndexCorruptError, match=name):
        everything(tmp_path / "index")
