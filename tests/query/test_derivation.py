"""Which words hold another one with the ی of relation, quality or of "a certain", and which only look so?"""

from __future__ import annotations

import pytest

from searchkit import Document, SearchIndex
from searchkit.persian.text.fold import fold
from searchkit.query.derivation import derived, with_yeh


def always(term):
    return 1


@pytest.mark.parametrize(
    ("word", "made"),
    [
        ("نفت", "نفتی"),
        ("تعداد", "تعدادی"),
        ("سینما", "سینمایی"),
        ("رادیو", "رادیویی"),
        ("دانشگاه", "دانشگاهی"),
        # names of people, words that are no attribute of what they look like, and what takes no ی
        ("مراد", None),
        ("ماه", None),
        ("جمهور", None),
        ("مربی", None),
        ("از", None),
        ("oil", None),
        ("12", None),
    ],
)
def test_what_a_word_with_a_yeh_is(word, made):
    assert with_yeh(word, word, always) == ([made, "~" + made] if made else [])


def test_only_what_is_held_is_taken():
    assert with_yeh("کتابها", "کتاب", {"کتابی": 1}.get) == ["کتابی"]
    assert derived("دانا", "دانا", {"دانایی": 1}.get) == ["دانایی"]


@pytest.mark.parametrize(
    ("word", "other"),
    [("زندگی", "زنده"), ("خانه", "خانگی"), ("خوبی", "خوب"), ("مسئولیت", "مسئول"), ("بهار", "بهاری")],
)
def test_what_is_made_from_a_word_is_akin_to_it(word, other):
    assert fold(other) in derived(fold(word), fold(word), lambda term: term == fold(other))


@pytest.mark.parametrize(
    ("word", "other", "held"),
    [
        ("مهدی", "مهد", ()),
        ("بازی", "باز", ()),
        ("روا", "روایت", ()),
        ("سعید", "سعیدی", ()),
        ("سنگی", "سنه", ("سنگ",)),
        ("گره", "گرگی", ("گرگ",)),
    ],
)
def test_what_only_looks_so_is_not(word, other, held):
    words = {other, *held}
    assert other not in derived(word, word, lambda term: term in words)


FOUND = [
    # a query, texts that hold it, and texts that do not
    ("نفت", ["شرکت نفتی", "شرکت\u200cهای نفتی\u200cتر", "نفت خام"], ["نفتکش"]),
    ("بزرگ", ["خانهٔ بزرگی"], ["بزرگوار"]),
    ("نفتی", ["شرکت نفتی"], ["نفت خام"]),
    ("سعید", ["سعید آمد"], ["سعیدی آمد", "رضایی"]),
    ("ماه", ["ماه تمام"], ["ماهی تازه"]),
]


@pytest.mark.parametrize(("query", "held", "not_held"), FOUND)
def test_a_document_with_the_attribute_holds_the_word(query, held, not_held, tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add(Document(id=text, body=text) for text in [*held, *not_held])
        assert {id_ for id_, _ in index.rank(query, match="all")} == set(held)


def test_the_word_itself_stands_first(tmp_path):
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="attribute", body="شرکت نفتی"), Document(id="word", body="شرکت نفت")])
        assert [id_ for id_, _ in index.rank("نفت", match="all")] == ["word", "attribute"]
