"""Any text is a query: whatever it holds, it is answered, and the answer can be sent and shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit import Document, SearchIndex

HALF = "\u200c"
OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BIDI = "\u200e\u200f" + OVERRIDES
WORDS = [
    *"کتاب کتابها باغ آب و در از یا OR AND NOT می رود خواهم رفت خانه ایران ایرانی تاریخ كتاب علي".split(),
    f"می{HALF}روم",
    f"کتاب{HALF}های",
    *"books running C++ e-mail a1 نیست".split(),
    *"۱۲۳ 123 ١٢٣ 1,000,000 ۱۴۰۳/۲/۱۵ 1403-02-15 2024-05-04 3.14 ٪۵۰".split(),
    "۱۵ اردیبهشت ۱۴۰۳",
    "4 May 2024",
    "بیست و یک",
    *"title: body: عنوان: متن: tıtle: field:".split(),
]
SIGNS = [*"\"«»“”()*+-:'[]{}<>&|!^~?/\\.,،؛؟%#@=_", "**", '""', "+-", "()", "title:(", 'body:"']
ODD = [*BIDI, HALF, "\u200d", "\u200b", "\ufeff", "\u0640", "\u064b", "\u0654", "\u0301", "\ufdfd", "\ufefb", "\x00"]
BEYOND = ["\x1b[31m", "\x7f", "\r\n", "\t", "\ud800", "\udfff", "\udbff\udc00", "\U0001f600", "\U0010ffff", "ß", "İ"]
PIECES = st.sampled_from([*WORDS, *SIGNS, *ODD, *BEYOND, *" " * 12])
QUERIES = st.one_of(
    st.lists(PIECES, max_size=30).map("".join),
    st.lists(PIECES, max_size=80).map(" ".join),
    st.text(max_size=40),
    st.text(st.characters(categories=["Cs", "Cf", "Mn", "Lo", "Nd"]), max_size=40),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    bodies = [" ".join(WORDS[number:] + SIGNS + WORDS[:number]) for number in range(0, len(WORDS), 4)]
    bodies += ["".join((*WORDS[number:], *(odd for odd in ODD), "\x1b[0m <b>&amp;")) for number in range(0, 20, 5)]
    with SearchIndex.open(tmp_path_factory.mktemp("queries")) as index:
        for first in (0, 5):  # two segments
            index.add(
                Document(id=f"{first} {number}", title=f"{body[:20]} {BIDI}", body=body)
                for number, body in enumerate(bodies[first : first + (5 if not first else 99)])
            )
        index.delete(["0 3"])
        yield index


def answered(index, query):
    """Ask in every way, and make sure that the ways agree and that what they give can be sent and shown."""
    totals = {}
    for match in ("all", "any", "auto"):
        results = index.search(query, match=match, limit=20, snippets=2)
        ranked = index.rank(query, match=match, limit=20)
        assert [(hit.id, hit.score) for hit in results] == ranked
        assert len(results) == min(results.total, 20)
        assert results.complete <= results.total
        totals[match] = results.total
        for hit in results:
            for snippet in hit.snippets:
                assert snippet.text in hit.document.body
                snippet.html().encode()
        sent = json.loads(json.dumps(results.to_dict(plain=True), ensure_ascii=False, allow_nan=False).encode())
        assert sent["total"] == results.total
        for hit in sent["hits"]:
            assert set(OVERRIDES).isdisjoint("".join([hit["title"], *(snippet["text"] for snippet in hit["snippets"])]))
        json.dumps(results.to_dict(), ensure_ascii=False, allow_nan=False).encode()
        assert all(0 <= start <= end <= len(query) for _, (start, end) in results.problems)
    assert totals["all"] <= totals["any"] <= totals["auto"]  # in which what is quoted is no condition


@given(query=QUERIES)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_answered(index, query):
    answered(index, query)


@pytest.mark.soak
@given(query=QUERIES)
@settings(max_examples=20_000, suppress_health_check=list(HealthCheck), database=None)
def test_twenty_thousand_texts_are_answered(index, query):
    answered(index, query)
