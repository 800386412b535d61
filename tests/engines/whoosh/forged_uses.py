"""All that can be done with an index that somebody forged, and how each use of it ends."""

from __future__ import annotations

from pathlib import Path

from forging import document

from searchkit import SearchIndex, SearchKitError
from searchkit.engines.whoosh.upkeep import problems, salvaged

WORDS = ("باغ", "کتاب چای", "12", "zzz")
PHRASES = ('"باغ آب"', '"کتاب درخت چای"')
OTHERS = ("ک*", "w*", "-باغ", "چای -کتاب", "title:باغ آب")


def uses(path, aside):
    """Yield uses of an index, by name, those that change it last.

    Args:
        path: The folder of the index.
        aside: A folder for what is made from it.
    """
    index = None

    def opened():
        nonlocal index
        index = SearchIndex.open(path, create=False)

    def searched(query):
        return [hit.to_dict() for hit in index.search(query, limit=20, snippets=2)]

    def read():
        reader = index._engine.reader()
        return [(each.id, each.digest, each.source) for each in reader.records()], list(reader.vocabulary())

    def repaired():
        with SearchIndex.open(aside / "repaired") as new:
            new.add(salvaged(path))
            new.search("باغ")

    yield "open", opened
    yield "len", lambda: len(index)
    for query in (*WORDS, *PHRASES, *OTHERS):
        yield f"rank {query}", lambda query=query: index.rank(query, limit=50)
        yield f"search {query}", lambda query=query: searched(query)
    yield "explain", lambda: [found.explain(hit) for found in [index.search("کتاب چای")] for hit in found]
    yield "all", lambda: index.search("-zzz", limit=1000, snippets=1)
    yield "get", lambda: [index.get(f"نشانی {number}") for number in (*range(0, 90, 7), 99)]
    yield "read", read
    yield "info", index.info
    yield "check", lambda: list(problems(path))
    yield "repair", repaired
    yield "snapshot", lambda: index.snapshot(aside / "copied")
    yield "add the same", lambda: index.add([document(7)])
    yield "add", lambda: index.add([document(7, 3), document(99)])
    yield "delete", lambda: index.delete([document(8).id, document(62).id, document(99).id])
    yield "optimize", index.optimize
    yield "search after", lambda: index.search("باغ کتاب", limit=50)
    yield "check after", lambda: list(problems(path))
    yield "close", index.close


def ends(path, aside):
    """Yield the name of each use and how it ends: `fine`, `told` by check, the error if it has a name, or `foreign`."""
    for name, use in uses(path, aside):
        end = _end(name, use, path)
        yield name, end
        if name == "open" and end != "fine":
            return


def _end(name, use, path):
    try:
        found = use()
    except SearchKitError as error:
        return type(error).__name__ if f"{path}/MAIN-" in str(error) else f"foreign as it names no file: {error}"
    except Exception as error:  # noqa: BLE001 (that there is none is what is tried)
        return f"foreign {type(error).__name__} at {_origin(error)}: {str(error)[:100]}"
    return "told" if name.startswith("check") and found else "fine"


def _origin(error):
    """Return the last place in searchkit that an error came through."""
    told, place = "", error.__traceback__
    while place is not None:
        code = place.tb_frame.f_code
        if "searchkit" in code.co_filename:
            told = f"{Path(code.co_filename).name}:{place.tb_lineno}"
        place = place.tb_next
    return told
