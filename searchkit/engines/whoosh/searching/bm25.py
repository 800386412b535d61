"""What do documents score for words? BM25F, for all words of a query at once.

A word has several forms and stands in several fields, so a query reads dozens of short runs of postings. They are read
into one array and worked out together: what a call of numpy costs is then paid once a query, not once a run.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.types import FieldArrays
from searchkit.engines.whoosh.reading.snapshot import Corpus, Field
from searchkit.engines.whoosh.searching.matches import Scored, Scores, nothing
from searchkit.engines.whoosh.searching.ranking import Ranking, inverse_document_frequency

Forms: TypeAlias = tuple[tuple[str, float], ...]
WordForms: TypeAlias = tuple[Forms, tuple[str, ...]]
Keys = npt.NDArray[np.int64]

_COMMON = 8  # a word with more postings than 1 / 8 of the documents is added up in one sum for each document
_DENSE = 4  # a word that more than 1 / 4 of the documents hold has one score for each: adding them up is quick


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
    common = [number for number, count in enumerate(postings) if count * _COMMON > corpus.size]
    rare = [number for number, count in enumerate(postings) if 0 < count * _COMMON <= corpus.size]
    found = [nothing(corpus.size)] * len(words)
    sums, keys = _sums(corpus, [runs[number] for number in (*common, *rare)], len(common), ranking)
    for number, scored in zip(common, _common_scores(corpus, sums, ranking.k1), strict=True):
        found[number] = scored
    if rare:
        for number, scored in zip(rare, _rare_scores(corpus, *keys, len(rare), ranking.k1), strict=True):
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


def _sums(
    corpus: Corpus, runs: Sequence[Sequence[_Run]], common: int, ranking: Ranking
) -> tuple[Scores, tuple[Keys, Scores]]:
    """Return what the documents have of each word: of the first, `common` ones one sum for each document of the index.

    Of the others all postings, each as its document's number plus `corpus.size` times the word's place among them, and
    what it counts. What a document has is added up field by field, however the index is cut into segments.
    """
    sums = np.zeros((common, corpus.size), np.float32)
    keys, of_keys = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for words, sizes, documents, amounts in _amounts(runs, ranking):
        start = 0
        rare = bisect_left(words, common)
        for word, size in zip(words[:rare], sizes, strict=False):
            end = start + size
            np.add.at(sums[word], documents[start:end], amounts[start:end])
            start = end
        if rare < len(words):
            bases = (np.array(words[rare:]) - common) * corpus.size
            keys.append(documents[start:] + bases.repeat(sizes[rare:]))
            of_keys.append(amounts[start:])
    return sums, (np.concatenate(keys), np.concatenate(of_keys))


def _amounts(runs: Sequence[Sequence[_Run]], ranking: Ranking) -> Iterator[tuple[list[int], list[int], Keys, Scores]]:
    """Yield the postings of words for each field and segment: the document of each, and what it counts for its word.

    Before them come the numbers of the words, one for each run of postings, and how many postings each run has.
    """
    of_parts: dict[tuple[int, int], list[tuple[int, _Run]]] = defaultdict(list)
    for word, of_word in enumerate(runs):
        for run in of_word:
            of_parts[run.place].append((word, run))
    for (number, offset), members in sorted(of_parts.items(), key=itemgetter(0)):
        run = members[0][1]
        documents, amounts, sizes = run.part.gather([run.ordinal for _, run in members])
        documents += offset
        amounts *= run.field.shares(ranking.fields[number].b)[documents]
        amounts *= np.array([run.weight for _, run in members], np.float32).repeat(sizes)
        yield [word for word, _ in members], sizes.tolist(), documents, amounts


def _common_scores(corpus: Corpus, sums: Scores, k1: float) -> Iterator[Scored]:
    """Yield what each word scores, worked out for every document of the index."""
    size = corpus.size
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


def _rare_scores(corpus: Corpus, keys: Keys, amounts: Scores, words: int, k1: float) -> Iterator[Scored]:
    """Yield what each word scores in the documents that hold it."""
    order = keys.argsort(kind="stable")  # merges runs that ascend
    keys = keys[order]
    new = np.empty(len(keys), bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    (firsts,) = new.nonzero()
    keys = keys[firsts]
    bases = np.arange(words + 1) * corpus.size
    bounds = keys.searchsorted(bases)
    frequencies = bounds[1:] - bounds[:-1]
    factors = np.array([_factor(corpus, frequency, k1) for frequency in frequencies.tolist()], np.float32)
    scores = _curve(np.add.reduceat(amounts[order], firsts), k1, factors.repeat(frequencies))
    keys -= bases[:-1].repeat(frequencies)
    for first, last in pairwise(bounds.tolist()):
        alive = corpus.alive(keys[first:last])
        yield Scored(corpus.size, scores[first:last][alive], keys[first:last][alive])


def _factor(corpus: Corpus, frequency: int, k1: float) -> float:
    return inverse_document_frequency(corpus.size, frequency) * (k1 + 1)


def _curve(amounts: Scores, k1: float, factor: Scores | float) -> Scores:
    scores = amounts + np.float32(k1)
    np.divide(amounts, scores, out=scores)
    scores *= factor
    return scores
