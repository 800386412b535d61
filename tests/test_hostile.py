"""Hostile documents cost a bounded time and memory: each is indexed, or what is left out of it is told."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from base64 import b64encode
from hashlib import shake_128
from itertools import islice, product

import pytest

from searchkit import Document, SearchIndex, load
from searchkit.additions import _MAX_TITLE, _UNLIKE
from searchkit.documents import MAX_FIELDS, MAX_NAME, Skip
from searchkit.errors import ArgumentError, DocumentError
from searchkit.loading import read_source
from searchkit.loading.rows import records
from searchkit.loading.texts import markdown
from searchkit.loading.web import html

pytestmark = pytest.mark.thorough

WORD = "زعفران"
MEMORY = 1 << 30  # of addresses, which is several times what is used
LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"


def distinct(count):
    """Return words that are all different."""
    return ["".join(letters) for letters in islice(product(LETTERS, repeat=4), count)]


def page(inner):
    return f"<title>t</title><p>{WORD}</p>{inner}"


# A file, and what the report says of it; all that is not left out is found by its one real word. The longest of these
# is a thousandth of what would take minutes where the work grew with the square of it.
HOSTILE = {
    "word.txt": (f"{WORD} " + "ابپ" * 600_000, "the text after its first 1,000,000 characters"),
    "line.txt": (f"{WORD} " + "کتاب های تاریخ ایران " * 30_000, None),
    "different.txt": (f"{WORD} " + " ".join(distinct(20_000)), None),
    "base64.txt": (f"{WORD} " + b64encode(shake_128().digest(60_000)).decode(), None),
    "prefixes.txt": (f"{WORD} " + "می " * 200_000, None),
    "endings.txt": (f"{WORD} " + "ها تر ی " * 30_000, None),
    "glued.txt": (f"{WORD} " + "تهران،ها،" * 30_000, None),
    "dates.txt": (f"{WORD} " + " ".join(f"{i % 29 + 1} مهر {1300 + i % 99}" for i in range(30_000)), None),
    "groups.txt": (f"{WORD} 1" + ",111" * 100_000 + ",1", None),
    "ligatures.txt": (f"{WORD} " + "\ufdfd" * 200_000, None),
    "phrases.txt": (f"{WORD} " + "\ufdfa،" * 20_000, None),
    "marks.txt": (f"{WORD} س" + "\u064e" * 100_000, None),
    "tatweel.txt": (f"{WORD} سل" + "\u0640" * 10_000 + "ام", None),
    "foreign.txt": (f"{WORD} " + "\uff98" * 500_000, None),
    "nul.txt": (f"{WORD} \0\0", "binary, not text"),
    "blanks.md": (f"{WORD}\n\n" + " " * 300_000 + "a", None),
    "line-ends.md": (WORD + "\n" * 300_000 + "a", None),
    "stars.md": (f"{WORD}\n\n" + "*" * 300_000 + " a", None),
    "star-words.md": (f"{WORD}\n\n" + "*a " * 100_000, None),
    "underscores.md": (f"{WORD}\n\n" + "_" * 300_000 + " a", None),
    "table.md": (f"{WORD}\n\n" + "|-" * 100_000 + "a", None),
    "front-matter.md": ("---\n" + "a: b\n" * 10_000 + WORD, None),
    "attributes.html": (page("<p " + "a=b " * 450_000 + ">a"), "more than 400,000 attributes"),
    "quoted.html": (page("<p " + "a='>' " * 450_000 + ">a"), "more than 400,000 attributes"),
    "tag.html": (page("<p class='" + "a" * 10_000_000 + "'>a"), "more than 400,000 attributes, or a tag of 10,000,000"),
    "classes.html": (page("<p class='" + "a " * 500_000 + "'>a"), None),
    "hidden.html": (page("<p hidden>a</p>" * 20_000), None),
    "scripts.html": (page("<script></script>b" * 20_000), None),
    "deep.html": (page("<div>" * 20_000 + "a"), None),
    "misnested.html": (page("<b><a>" * 5_000 + "a"), None),
    "elements.html": (page("<p>a" * 201_000), "more than 200,000 elements"),
    "comments.html": (page("<!--" * 201_000), "more than 200,000 elements"),
    "entities.html": (page("&amp;" * 200_000), None),
    "cells.csv": (f"id,body\n1,{WORD}" + "," * 1_000_001 + "\n", "a row of more than 1,000,000 cells or lines"),
    "columns.csv": (f"id,body\n1,{WORD}" + ",a" * 1_000 + "\n", "line 2: 1,002 columns, more than 1,000"),
    "header.csv": ("id,body" + ",a" * 1_000 + f"\n1,{WORD}\n", "a header of more than 1,000 columns"),
    "quote.csv": (f'id,body\n1,"{WORD}' + " a\n" * 100_000, None),
    "keys.jsonl": (
        json.dumps({"body": WORD} | {f"k{i}": 1 for i in range(400_000)}),
        "line 1: more than 1,000,000 characters of JSON beside its texts",
    ),
    "names.jsonl": (
        json.dumps({"body": WORD} | {f"k{i}": 1 for i in range(1_000)}),
        "line 1: 1,001 columns, more than 1,000",
    ),
    "lists.jsonl": (json.dumps({"body": WORD, "a": [[]] * 400_000}), "line 1: more than 1,000,000 characters of JSON"),
    "field.jsonl": (json.dumps({"body": WORD, "a": "x" * 1_000_000}), "line 1: the fields of document"),
    "id.jsonl": (json.dumps({"body": WORD, "id": "x" * 20_000}), "line 1: an id of 20,000 characters"),
    "title.jsonl": (json.dumps({"body": WORD, "title": "کتاب " * 10_000}), "the title of document"),
}
CUT = {"word.txt", "title.jsonl"}


@pytest.mark.skipif(sys.platform != "linux", reason="what a process takes is bounded by other means elsewhere")
def test_each_is_indexed_or_told(tmp_path):
    folder, report = tmp_path / "files", tmp_path / "report.jsonl"
    folder.mkdir()
    for name, (content, _) in HOSTILE.items():
        (folder / name).write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "searchkit", "index", "files", "--index", "index", "-j1", "--report", str(report)]
    subprocess.run(command, check=True, timeout=300, cwd=tmp_path, preexec_fn=_bounded, capture_output=True)
    told = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    reasons = {each["source"].removeprefix("files/"): each["reason"] for each in told}
    assert len(reasons) == len(told)
    for name, (_, reason) in HOSTILE.items():
        assert (name in reasons) == (reason is not None), (name, reasons.get(name))
        assert reason is None or reasons[name].startswith(reason), (name, reasons[name])
    with SearchIndex.open(tmp_path / "index", create=False) as index:
        hits = index.search(WORD, limit=len(HOSTILE)).hits
    found = {hit.document.fields["source"].removeprefix("files/") for hit in hits}
    assert found == {name for name, (_, reason) in HOSTILE.items() if reason is None or name in CUT}
    assert all(hit.snippets[0].marks for hit in hits)


def _bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.fixture
def index(tmp_path):
    with SearchIndex.open(tmp_path / "index") as opened:
        yield opened


@pytest.mark.parametrize(("length", "cut"), [(999, False), (1000, False), (1001, True)])
def test_a_long_text_is_cut_and_told(index, length, cut):
    report = index.add([Document(id="1", body="ا" * length)], max_text=1000)
    assert report.added == 1
    assert report.skipped == ((Skip("1", "the text after its first 1,000 characters"),) if cut else ())
    assert len(index.get("1").body) == min(length, 1000)


def test_no_word_is_cut_in_two(index):
    index.add([Document(id="1", body="کتاب تاریخ ایران", title="باران " * _MAX_TITLE)], max_text=8)
    document = index.get("1")
    assert document.body == "کتاب"
    assert document.title.endswith("باران")


def test_what_is_left_out_is_told_by_source_and_document(index):
    document = Document(id="7", body="کتاب تاریخ", title="ما " * _MAX_TITLE, fields={"source": "a.jsonl"})
    report = index.add([document], max_text=4)
    assert report.skipped == (
        Skip("a.jsonl", "the text of document 7 after its first 4 characters"),
        Skip("a.jsonl", f"the title of document 7 after its first {_MAX_TITLE - 2:,} characters"),
    )


def test_what_was_cut_is_unchanged_when_it_comes_again(index):
    document = Document(id="1", body="کتاب تاریخ ایران")
    index.add([document], max_text=8)
    report = index.add([document], max_text=8)
    assert (report.unchanged, len(report.skipped)) == (1, 1)


def test_many_documents_are_cut_as_few_are(index):
    report = index.add((Document(id=str(number), body="کتاب تاریخ") for number in range(200)), max_text=4)
    assert (report.added, len(report.skipped)) == (200, 200)


@pytest.mark.parametrize("most", [0, -1, "5", None, 1.5])
def test_a_bound_is_a_whole_number(index, most):
    with pytest.raises(ArgumentError, match="max_text"):
        index.add([], max_text=most)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("کتاب تاریخ " * 100_000, None),  # language says things again
        ("ا" * (_UNLIKE + 100), _UNLIKE),
        ("\ufdfa " * (_UNLIKE // 2 + 100), _UNLIKE - 1),
    ],
)
def test_of_a_text_that_is_no_language_less_is_taken(index, text, taken):
    report = index.add([Document(id="1", body=text)])
    if taken is None:
        assert report.skipped == ()
        assert index.get("1").body == text
    else:
        reason = f"the text after its first {taken:,} characters, of which hardly a word comes twice"
        assert report.skipped == (Skip("1", reason),)


def test_fields_are_bounded_as_json():
    most = MAX_FIELDS - len('{"a": ""}')
    assert Document(id="1", body="", fields={"a": "x" * most})
    with pytest.raises(DocumentError, match=r"1,000,001 characters as JSON, more than 1,000,000"):
        Document(id="1", body="", fields={"a": "x" * (most + 1)})


@pytest.mark.parametrize("name", ["id", "url"])
def test_names_are_bounded(name):
    assert Document(**{"id": "1", "body": "", name: "x" * MAX_NAME})
    with pytest.raises(DocumentError, match=f"{name} of 16,385 characters") as raised:
        Document(**{"id": "1", "body": "", name: "x" * (MAX_NAME + 1)})
    assert len(str(raised.value)) < 200


def test_an_index_shows_what_it_took_when_more_was_allowed(index, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("searchkit.documents.MAX_FIELDS", 10)
        with pytest.raises(DocumentError):
            Document(id="1", body="کتاب", fields={"a": "0123456789"})
        patched.setattr("searchkit.documents.MAX_FIELDS", 100)
        index.add([Document(id="1", body="کتاب", fields={"a": "0123456789"})])
        patched.setattr("searchkit.documents.MAX_FIELDS", 10)
        assert index.search("کتاب").hits[0].document.fields == {"a": "0123456789"}


@pytest.mark.parametrize("suffix", [".jsonl", ".txt"])
def test_a_file_that_grows_while_it_is_read_ends(tmp_path, suffix):
    path = tmp_path / f"growing{suffix}"
    path.write_text('{"body": "کتاب"}\n' * 20_000, encoding="utf-8")
    with path.open("a", encoding="utf-8") as growing:
        loaded = 0
        for each in read_source(str(path)):
            growing.write('{"body": "' + "تاریخ " * 100 + '"}\n')
            growing.flush()
            assert "تاریخ" not in each.body
            loaded += 1
    assert loaded == (20_000 if suffix == ".jsonl" else 1)
    assert path.stat().st_size > len('{"body": "کتاب"}\n'.encode()) * 20_000


def test_markdown_is_read_up_to_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(markdown, "MOST_CHARACTERS", 20)
    (tmp_path / "a.md").write_text("# تاریخ\n\nکتاب" + "\n" * 10, encoding="utf-8")
    document, skip = load(tmp_path / "a.md")
    assert document.body == "تاریخ\n\nکتاب"
    assert skip.reason == "what comes after its first 20 characters"


@pytest.mark.parametrize(
    ("inner", "attributes"),
    [
        ("<p a=1 b='2' c=\"3\">x y z</p>", 3),
        ("<p a b c>", 3),
        ("<p/a/b>", 2),
        ("<p\na\n=\n1>", 1),
        ("x < y z", 0),
        ("</p a>", 0),
        ("<p a='>' b='<p c d>'>", 2),
        ("<p a='", 1),
    ],
)
def test_attributes_are_counted_not_too_low(inner, attributes):
    counted = sum(html._attributes(tag[0]) for tag in html._TAG.finditer(inner))
    assert attributes <= counted <= attributes + 3


def test_of_many_skips_of_a_file_the_rest_is_counted(tmp_path):
    (tmp_path / "a.jsonl").write_text("1\n" * 1_500 + '{"body": "کتاب"}\n', encoding="utf-8")
    loaded = list(load(tmp_path / "a.jsonl"))
    assert len(loaded) == 1_002
    assert loaded[-1].reason == "500 more of its records"
    assert loaded[-2].body == "کتاب"


def test_empty_cells_of_a_sheet_are_no_columns(tmp_path):
    (tmp_path / "a.csv").write_text("id,body" + "," * 16_000 + "\n1,کتاب" + "," * 16_000 + "\n", encoding="utf-8")
    (document,) = load(tmp_path / "a.csv")
    assert document.body == "کتاب"


def test_a_message_names_some_columns_of_many():
    assert records.listed(["a", "b"]) == "a, b"
    assert len(records.listed(f"column {number}" for number in range(10**6))) < 1_100
    assert len(records.listed(["x" * 10**6])) < 1_100
