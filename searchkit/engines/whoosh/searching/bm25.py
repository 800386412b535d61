"""What do documents score for words? BM25F, for all words of a query at once.

A word has several forms and stands in several fields, so a query reads dozens of short runs of postings. They are read
into one array and worked out together: what a call of numpy costs is then paid once a query, not once a run.

BM25F weighs and adds the fields' frequencies before they saturate; for its numbers see `searchkit.ranking`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log, log1p
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import numpy as np

from searchkit.engines.whoosh.format.types import Flags, Int64s, Scores
from searchkit.engines.whoosh.reading.field import Field
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot, Snapshot
from searchkit.engines.whoosh.searching.matches import Matches, nothing
from searchkit.ranking import Ranking

Forms: TypeAlias = tuple[tuple[str, float], ...]
Conditions: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""Terms of which one must stand where a word does, if there are any, and terms that must not."""


class WordForms(NamedTuple):
    """A word: its terms with their weights, the fields where it may stand, and what else must stand there or not."""

    forms: Forms
    fields: tuple[str, ...]
    conditions: Conditions | None = None


_COMMON = 8  # a word with more postings than 1 / 8 of the documents is added up in one sum for each document
_DENSE = 4  # a word that more than 1 / 4 of the documents hold has one score for each: adding them up is quick


def inverse_document_frequency(documents: int, frequency: int, kind: str) -> float:
    """Return what finding a word says about a document: the rarer the word, the more. For kinds see `Ranking.idf`.

    >>> [round(inverse_document_frequency(1000, held, "robertson"), 2) for held in (1, 500, 1000)]
    [6.5, 0.69, 0.0]
    >>> [round(inverse_document_frequency(1000, held, "whoosh"), 2) for held in (1, 500, 1000)]
    [7.21, 1.69, 1.0]
    """
    if kind == "whoosh":
        return log(max(documents, 1) / (frequency + 1)) + 1
    return log1p((documents - frequency + 0.5) / (frequency + 0.5))


class _TermPostings(NamedTuple):
    """The postings of one term in one field of one segment.

    Attributes:
        place: The field's place in the ranking, and the number of the segment's first document.
        field, part: The field in all segments and in this one.
        ordinal: The term's.
        postings: How many there are.
        weight: What an occurrence counts.
    """

    place: tuple[int, int]
    field: FieldSnapshot
    part: Field
    ordinal: int
    postings: int
    weight: float


def word_scores(snapshot: Snapshot, words: Sequence[WordForms], ranking: Ranking) -> list[Matches]:
    """Return for each word the documents that hold one of its forms in one of its fields, and their scores.

    Args:
        snapshot: The documents.
        words: The terms of each word with their weights (above 0), and the fields where they may stand.
        ranking: How they are scored; fields that are not in it are not searched.
    """
    runs = [[] if word.conditions else _runs(snapshot, word.forms, word.fields, ranking) for word in words]
    postings = [sum([run.postings for run in of_word]) for of_word in runs]
    common = [number for number, count in enumerate(postings) if count * _COMMON > snapshot.size]
    rare = [number for number, count in enumerate(postings) if 0 < count * _COMMON <= snapshot.size]
    found = [nothing(snapshot.size)] * len(words)
    sums, keys = _sums(snapshot, [runs[number] for number in (*common, *rare)], len(common), ranking)
    for number, scored in zip(common, _common_scores(snapshot, sums, ranking), strict=True):
        found[number] = scored
    if rare:
        for number, scored in zip(rare, _rare_scores(snapshot, *keys, len(rare), ranking), strict=True):
            found[number] = scored
    for number, word in enumerate(words):
        if word.conditions:
            from searchkit.engines.whoosh.searching.placed import placed_scores  # noqa: PLC0415 (few words have any)

            found[number] = placed_scores(snapshot, word, ranking)
    return found


def _runs(snapshot: Snapshot, forms: Forms, fields: Sequence[str], ranking: Ranking) -> list[_TermPostings]:
    return [
        _TermPostings((number, offset), field, part, ordinal, postings, weight * counts.weight)
        for number, counts in enumerate(ranking.fields)
        if counts.name in fields and (field := snapshot.field(counts.name))
        for term, weight in forms
        for offset, part, ordinal, postings in field.find(term)
    ]


def _sums(
    snapshot: Snapshot, runs: Sequence[Sequence[_TermPostings]], common: int, ranking: Ranking
) -> tuple[Scores, tuple[Int64s, Scores]]:
    """Return what the documents have of each word: of the first, `common` ones one sum for each document of the index.

    Of the others all postings, each as its document's number plus `snapshot.size` times the word's place among them,
    and what it counts. What a document has is added up field by field, however the index is cut into segments.
    """
    sums = np.zeros((common, snapshot.size), np.float32)
    keys, of_keys = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for words, sizes, documents, amounts in _amounts(runs, ranking, snapshot.deleted):
        start = 0
        rare = bisect_left(words, common)
        for word, size in zip(words[:rare], sizes, strict=False):
            end = start + size
            np.add.at(sums[word], documents[start:end], amounts[start:end])
            start = end
        if rare < len(words):
            bases = (np.array(words[rare:]) - common) * snapshot.size
            keys.append(documents[start:] + bases.repeat(sizes[rare:]))
            of_keys.append(amounts[start:])
    return sums, (np.concatenate(keys), np.concatenate(of_keys))


def _amounts(
    runs: Sequence[Sequence[_TermPostings]], ranking: Ranking, deleted: Flags | None
) -> Iterator[tuple[list[int], list[int], Int64s, Scores]]:
    """Yield the postings of words for each field and segment: the document of each, and what it counts for its word.

    Before them come the numbers of the words, one for each run of postings, and how many postings each run has.
    """
    of_parts: dict[tuple[int, int], list[tuple[int, _TermPostings]]] = defaultdict(list)
    for word, of_word in enumerate(runs):
        for run in of_word:
            of_parts[run.place].append((word, run))
    for (number, offset), members in sorted(of_parts.items(), key=itemgetter(0)):
        run = members[0][1]
        documents, amounts, sizes = run.part.gather([run.ordinal for _, run in members])
        documents += offset
        if deleted is not None:
            alive = ~deleted[documents]
            documents, amounts = documents[alive], amounts[alive]
            sizes = np.add.reduceat(alive, sizes.cumsum() - sizes, dtype=np.int64)
        amounts *= run.field.length_norms(ranking.fields[number].b)[documents]
        amounts *= np.array([run.weight for _, run in members], np.float32).repeat(sizes)
        yield [word for word, _ in members], sizes.tolist(), documents, amounts


def _common_scores(snapshot: Snapshot, sums: Scores, ranking: Ranking) -> Iterator[Matches]:
    """Yield what each word scores, worked out for every document of the index."""
    size = snapshot.size
    for amounts in sums:
        held = amounts > 0
        frequency = int(np.count_nonzero(held))
        scores = curve(amounts, ranking.k1, word_factor(snapshot, frequency, ranking))
        if frequency * _DENSE > size:
            yield Matches(size, scores, None)
        else:
            numbers = np.flatnonzero(held)
            yield Matches(size, scores[numbers], numbers)


def _rare_scores(snapshot: Snapshot, keys: Int64s, amounts: Scores, words: int, ranking: Ranking) -> Iterator[Matches]:
    """Yield what each word scores in the documents that hold it."""
    order = keys.argsort(kind="stable")  # merges runs that ascend
    keys = keys[order]
    new = np.empty(len(keys), bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    (firsts,) = new.nonzero()
    keys = keys[firsts]
    bases = np.arange(words + 1) * snapshot.size
    bounds = keys.searchsorted(bases)
    frequencies = bounds[1:] - bounds[:-1]
    factors = np.array([word_factor(snapshot, frequency, ranking) for frequency in frequencies.tolist()], np.float32)
    scores = curve(np.add.reduceat(amounts[order], firsts), ranking.k1, factors.repeat(frequencies))
    keys -= bases[:-1].repeat(frequencies)
    for first, last in pairwise(bounds.tolist()):
        yield Matches(snapshot.size, scores[first:last], keys[first:last])


def word_factor(snapshot: Snapshot, frequency: int, ranking: Ranking) -> float:
    """Return what a word that so many documents hold scores at most."""
    return inverse_document_frequency(snapshot.count, frequency, ranking.idf) * (ranking.k1 + 1)


def curve(amounts: Scores, k1: float, factor: Scores | float) -> Scores:
    """Return what amounts score: nothing for none, half of the factor for `k1`, and never all of it."""
    scores = amounts + np.float32(k1)
    np.divide(amounts, scores, out=scores)
    scores *= factor
    return scores
