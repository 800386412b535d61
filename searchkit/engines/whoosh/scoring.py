"""What do documents score for words? BM25F, for all words of a query at once.

A word has several forms and stands in several fields, so a query reads dozens of short runs of postings. They are read
into one array and worked out together: what a call of numpy costs is then paid once a query, not once a run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.arrays import FieldArrays
from searchkit.engines.whoosh.corpus import Corpus, Field
from searchkit.engines.whoosh.ranking import Ranking, inverse_document_frequency
from searchkit.engines.whoosh.scored import Scored, Scores, nothing

Forms: TypeAlias = tuple[tuple[str, float], ...]
WordForms: TypeAlias = tuple[Forms, tuple[str, ...]]
Keys = npt.NDArray[np.int64]

_DENSE = 8  # a word that more than 1 / 8 of the documents hold is kept as one score for each document


class _Run(NamedTuple):
    """The postings of one term in one field of one segment.

    Attributes:
        place: The field's place in the ranking, and the number of the segment's first document.
        field, part: The field in all segments and in this one.
        ordinal: The term's.
        postings: How many there are.
        weight: What an occurrence counts.
    """

    place: tuple[int, int]
    field: Field
    part: FieldArrays
    ordinal: int
    postings: int
    weight: float


def word_scores(corpus: Corpus, words: Sequence[WordForms], ranking: Ranking) -> list[Scored]:
    """Return for each word the documents that hold one of its forms in one of its fields, and their scores.

    Args:
        corpus: The documents.
        words: The terms of each word with their weights (above 0), and the fields where they may stand.
        ranking: How they are scored; fields that are not in it are not searched.
    """
    runs = [_runs(corpus, forms, fields, ranking) for forms, fields in words]
    found = [nothing(corpus.size)] * len(words)
    rare = []
    for number, of_word in enumerate(runs):
        if sum(run.postings for run in of_word) * _DENSE > corpus.size:
            found[number] = _of_common(corpus, of_word, ranking)
        elif of_word:
            rare.append(number)
    if rare:
        for number, each in zip(rare, _of_rare(corpus, [runs[number] for number in rare], ranking), strict=True):
            found[number] = each
    return found


def _runs(corpus: Corpus, forms: Forms, fields: Sequence[str], ranking: Ranking) -> list[_Run]:
    return [
        _Run((number, offset), field, part, ordinal, postings, weight * counts.weight)
        for number, counts in enumerate(ranking.fields)
        if counts.name in fields and (field := corpus.field(counts.name))
        for term, weight in forms
        for offset, part, ordinal, postings in field.find(term)
    ]


def _of_common(corpus: Corpus, runs: Sequence[_Run], ranking: Ranking) -> Scored:
    documents, amounts = _amounts(corpus, [runs], ranking)
    sums = np.bincount(documents, amounts, corpus.size).astype(np.float32)
    held = sums > 0
    frequency = int(np.count_nonzero(held))
    scores = _curve(sums, ranking.k1, _factor(corpus, frequency, ranking.k1))
    if corpus.deleted is not None:
        held &= ~corpus.deleted
        scores *= held
    if frequency * _DENSE > corpus.size:
        return Scored(corpus.size, scores, None)
    numbers = np.flatnonzero(held)
    return Scored(corpus.size, scores[numbers], numbers)


def _of_rare(corpus: Corpus, runs: Sequence[Sequence[_Run]], ranking: Ranking) -> list[Scored]:
    keys, amounts = _amounts(corpus, runs, ranking)
    order = np.argsort(keys, kind="stable")  # merges runs that ascend
    keys = keys[order]
    new = np.empty(len(keys), bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    firsts = np.flatnonzero(new)
    keys = keys[firsts]
    bases = np.arange(len(runs) + 1) * corpus.size
    bounds = np.searchsorted(keys, bases)
    frequencies = np.diff(bounds)
    factors = [_factor(corpus, frequency, ranking.k1) for frequency in frequencies.tolist()]
    factor = np.repeat(np.array(factors, np.float32), frequencies)
    scores = _curve(np.add.reduceat(amounts[order], firsts), ranking.k1, factor)
    documents = keys - np.repeat(bases[:-1], frequencies)
    ends = bounds.tolist()
    parts = [(documents[first:end], scores[first:end]) for first, end in pairwise(ends)]
    alive = [(corpus.alive(numbers), numbers, each) for numbers, each in parts]
    return [Scored(corpus.size, each[chosen], numbers[chosen]) for chosen, numbers, each in alive]


def _amounts(corpus: Corpus, runs: Sequence[Sequence[_Run]], ranking: Ranking) -> tuple[Keys, Scores]:
    """Return all postings of some words, and what each counts for its word.

    A posting is its document's number plus `corpus.size` times the word's place. The order is that of the fields and
    segments, so that what a document has is added up in the same order however the index is cut into segments.
    """
    of_parts: dict[tuple[int, int], list[tuple[int, _Run]]] = defaultdict(list)
    for number, of_word in enumerate(runs):
        for run in of_word:
            of_parts[run.place].append((number, run))
    keys, amounts = [], []
    for (number, offset), members in sorted(of_parts.items()):
        first = members[0][1]
        documents, frequencies, sizes = first.part.gather([run.ordinal for _, run in members])
        numbers = documents.astype(np.int64)
        numbers += offset
        each = frequencies.astype(np.float32)
        each *= first.field.shares(ranking.fields[number].b)[numbers]
        each *= np.repeat(np.array([run.weight for _, run in members], np.float32), sizes)
        numbers += np.repeat(np.array([place * corpus.size for place, _ in members]), sizes)
        keys.append(numbers)
        amounts.append(each)
    if len(keys) == 1:
        return keys[0], amounts[0]
    return np.concatenate(keys), np.concatenate(amounts)


def _factor(corpus: Corpus, frequency: int, k1: float) -> float:
    return inverse_document_frequency(corpus.size, frequency) * (k1 + 1)


def _curve(amounts: Scores, k1: float, factor: Scores | float) -> Scores:
    scores = amounts + np.float32(k1)
    np.divide(amounts, scores, out=scores)
    scores *= np.float32(factor)
    return scores
