"""What do documents score for words? BM25F, for all words of a query at once.

A word has several forms and stands in several fields, so a query reads dozens of short runs of postings. They are read
into one array and worked out together: what a call of numpy costs is then paid once a query, not once a run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

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
    postings = [sum([run.postings for run in of_word]) for of_word in runs]
    common = [number for number, count in enumerate(postings) if count * _DENSE > corpus.size]
    rare = [number for number, count in enumerate(postings) if 0 < count * _DENSE <= corpus.size]
    found = [nothing(corpus.size)] * len(words)
    if common or rare:
        of_common, of_rare = _amounts(corpus, [[runs[number] for number in each] for each in (common, rare)], ranking)
        if common:
            for number, scored in zip(common, _common_scores(corpus, of_common, len(common), ranking.k1), strict=True):
                found[number] = scored
        if rare:
            for number, scored in zip(rare, _rare_scores(corpus, of_rare, len(rare), ranking.k1), strict=True):
                found[number] = scored
    return found


def _runs(corpus: Corpus, forms: Forms, fields: Sequence[str], ranking: Ranking) -> list[_Run]:
    return [
        _Run((number, offset), field, part, ordinal, postings, weight * counts.weight)
        for number, counts in enumerate(ranking.fields)
        if counts.name in fields and (field := corpus.field(counts.name))
        for term, weight in forms
        for offset, part, ordinal, postings in field.find(term)
    ]


def _amounts(corpus: Corpus, groups: Sequence[Sequence[Sequence[_Run]]], ranking: Ranking) -> list[tuple[Keys, Scores]]:
    """Return all postings of the words of each group, and what each counts for its word.

    A posting is its document's number plus `corpus.size` times the word's place in its group. The order is that of the
    fields and segments, so that what a document has is added up in one order however the index is cut into segments.
    """
    of_parts: dict[tuple[int, int], list[tuple[int, int, _Run]]] = defaultdict(list)
    for group, words in enumerate(groups):
        for number, of_word in enumerate(words):
            for run in of_word:
                of_parts[run.place].append((group, number * corpus.size, run))
    found: list[tuple[list[Keys], list[Scores]]] = [([], []) for _ in groups]
    for place in sorted(of_parts):
        members = of_parts[place]
        run = members[0][2]
        keys, amounts, sizes = run.part.gather([run.ordinal for _, _, run in members])
        keys += place[1]
        amounts *= run.field.shares(ranking.fields[place[0]].b)[keys]
        amounts *= np.repeat(np.array([run.weight for _, _, run in members], np.float32), sizes)
        keys += np.repeat(np.array([base for _, base, _ in members]), sizes)
        first = 0
        for group, (of_keys, of_amounts) in enumerate(found):
            last = first + sum([run.postings for each, _, run in members if each == group])
            of_keys.append(keys[first:last])
            of_amounts.append(amounts[first:last])
            first = last
    return [(_joined(keys), _joined(amounts)) for keys, amounts in found]


def _joined(runs: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return runs[0] if len(runs) == 1 else np.concatenate(runs)


def _common_scores(corpus: Corpus, postings: tuple[Keys, Scores], words: int, k1: float) -> Iterator[Scored]:
    """Yield what each word scores, worked out for every document of the index."""
    size = corpus.size
    sums = np.bincount(*postings, words * size).astype(np.float32).reshape(words, size)
    for amounts in sums:
        held = amounts > 0
        frequency = int(np.count_nonzero(held))
        scores = _curve(amounts, k1, _factor(corpus, frequency, k1))
        if corpus.deleted is not None:
            held &= ~corpus.deleted
            scores *= held
        if frequency * _DENSE > size:
            yield Scored(size, scores, None)
        else:
            numbers = np.flatnonzero(held)
            yield Scored(size, scores[numbers], numbers)


def _rare_scores(corpus: Corpus, postings: tuple[Keys, Scores], words: int, k1: float) -> Iterator[Scored]:
    """Yield what each word scores in the documents that hold it."""
    keys, amounts = postings
    order = np.argsort(keys, kind="stable")  # merges runs that ascend
    keys = keys[order]
    new = np.empty(len(keys), bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    firsts = np.flatnonzero(new)
    keys = keys[firsts]
    bases = np.arange(words + 1) * corpus.size
    bounds = np.searchsorted(keys, bases)
    frequencies = np.diff(bounds)
    factors = [_factor(corpus, frequency, k1) for frequency in frequencies.tolist()]
    scores = _curve(np.add.reduceat(amounts[order], firsts), k1, np.repeat(factors, frequencies).astype(np.float32))
    keys -= np.repeat(bases[:-1], frequencies)
    for first, last in pairwise(bounds.tolist()):
        alive = corpus.alive(keys[first:last])
        yield Scored(corpus.size, scores[first:last][alive], keys[first:last][alive])


def _factor(corpus: Corpus, frequency: int, k1: float) -> float:
    return inverse_document_frequency(corpus.size, frequency) * (k1 + 1)


def _curve(amounts: Scores, k1: float, factor: Scores | float) -> Scores:
    scores = amounts + np.float32(k1)
    np.divide(amounts, scores, out=scores)
    scores *= np.float32(factor)
    return scores
