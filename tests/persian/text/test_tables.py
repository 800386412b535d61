"""Do the tables of the language keep their own rules?"""

from __future__ import annotations

from collections import Counter

import pytest

from searchkit.persian.build.verb_beginnings import beginnings, contents
from searchkit.persian.morphology.endings import singulars
from searchkit.persian.morphology.lexicon import HEAD, SURE, kind_of
from searchkit.persian.morphology.reading import read
from searchkit.persian.morphology.spelling import standards
from searchkit.persian.morphology.verbs import conjugation, unpacked
from searchkit.persian.text.fold import DATA, key_of, rows

KEYED = ["variants.tsv", "informal.tsv", "plurals.tsv", "verb_forms.tsv", "names.tsv", "whole.tsv"]


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("*.tsv")))
def test_every_row_has_all_columns_and_a_source(name):
    columns = (DATA / name).read_text("utf-8").splitlines()[0].split("\t")
    assert columns[-1] == "source"
    assert all(len(row) == len(columns) and row[-1] for row in rows(name))


@pytest.mark.parametrize("name", KEYED)
def test_a_word_stands_in_one_row(name):
    assert [word for word, count in Counter(key_of(row[0]) for row in rows(name)).items() if count > 1] == []


def test_no_verb_is_listed_twice():
    assert len({tuple(row[:-1]) for row in rows("verbs.tsv")}) == len(rows("verbs.tsv"))


def test_the_file_of_verbs_holds_what_the_table_and_the_rules_say():
    starts = conjugation().starts
    assert {spelling: starts[spelling] for spelling in starts.written} == beginnings()
    assert unpacked() == contents(), "run python -m searchkit.persian.build.verb_beginnings"


@pytest.mark.parametrize("table", [standards, singulars])
def test_what_a_word_stands_for_stands_for_nothing_else(table):
    assert [word for word, other in table().items() if other in table()] == []


def test_a_spelling_is_not_a_plural_too():
    assert standards().keys().isdisjoint(singulars())


def test_the_lexicon_holds_what_its_tables_say():
    words = [key_of(row[0]) for name in ("whole.tsv", "names.tsv") for row in rows(name)]
    words += [key_of(name) + "ی" for name, kind, _ in rows("names.tsv") if kind != "woman" and name[-1] not in "اویه"]
    wrong = [word for word in words if kind_of(word) & (HEAD | SURE) != HEAD | SURE]
    assert wrong == [], "run python -m searchkit.persian.build.lexicon"


@pytest.mark.parametrize("table", [standards, singulars])
def test_what_a_word_stands_for_has_a_reading_with_endings_and_without(table):
    for word in {*table(), *table().values()}:
        assert all(read(word + ending).lemma for ending in ("", "ها", "ی", "م", "ات"))


def test_endings_name_what_they_follow_and_what_follows_them():
    table = rows("endings.tsv")
    groups = {group for group, *_ in table}
    assert {row[6] for row in table} - {""} <= groups
    assert {row[4] for row in table} <= {"", "head", "noun", "quality", "late", "being", "base", "pronoun", "spoken"}
    assert {row[5] for row in table} <= {"", "joined", "apart", "both"}
