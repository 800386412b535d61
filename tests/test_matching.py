"""Which spellings that readers take for one word find each other, and which words that only look alike do not?

Each row of `matching_pairs.tsv` is a query, and a text that it finds with every word required, or does not. What it
does not find is asked for exactly: to a vocabulary of some hundred words most others are misspelt.
"""

from __future__ import annotations

import csv
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest

from searchkit import Document, SearchIndex

with Path(__file__).with_name("matching_pairs.tsv").open(encoding="utf-8", newline="") as lines:
    PAIRS = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
CATEGORIES = {name: list(pairs) for name, pairs in groupby(PAIRS, itemgetter("category"))}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index of all texts, as they would stand together in life."""
    with SearchIndex.open(tmp_path_factory.mktemp("pairs")) as index:
        index.add(Document(id=text, body=text) for text in dict.fromkeys(pair["text"] for pair in PAIRS))
        yield index


@pytest.mark.parametrize("category", CATEGORIES)
def test_pairs(index, category):
    def found(pair):
        exact = pair["should_match"] == "0"
        ids = [id_ for id_, _ in index.rank(pair["query"], match="all", limit=len(PAIRS), exact=exact)]
        return pair["text"] in ids

    wrong = [pair for pair in CATEGORIES[category] if found(pair) != (pair["should_match"] == "1")]
    assert not wrong
