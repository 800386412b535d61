"""What does a Whoosh query match, and with what scores? Worked out on whole arrays where its class is known here.

Matches and scores are those of Whoosh's matchers over one segment, with these of its ways kept: the boost of an And or
Or of one query is not applied, nor that of a prefix, wildcard, fuzzy or range query that comes to one term; where it
comes to more, they all score 1 instead of their weights if Whoosh would preload them (see `_preloaded`). Queries of
other classes are left to its matchers.

An index of ours differs from Whoosh's own in this, on purpose; each has a test that names it.

     Whoosh                                             here
D1   what is deleted counts in statistics until merged  it counts in nothing
D2   lengths of documents are rounded, to fit a byte    exact
D3   Not lets deleted documents in                      it does not
D4   AndNot lets in what follows an excluded document   it takes away what the excluded query matches
D5   an Or of three or more drops what scores 0         it matches
D6   scores have 64 bits, and are added in any order    32 bits; a tie goes to the older document
D7   the length of limited results may be a guess       `len(results)` is exact and known at once
D8   an empty set or result as a filter is no filter    nothing passes it
D9   vectors, characters, spellings may be kept         none is: positions and columns do; such a schema is refused
D10  fields come and go, readers and buffers are added  an index has the fields that it was made with, and only texts
D11  `add_document` tells what is wrong with a value    `commit` may be the first to tell
D12  stored values are pickled                          JSON, dates, times, Decimal, bytes: a tuple returns as a list
D13  segments are merged by a policy of one's choosing  by one of ours: a third of one deleted, and it is made anew
D14  `add_document` adds an id a second time            in a SearchIndex, one id is one document: it replaces
D15  a Term is one term                                 in a SearchIndex, a word of a text: all its forms, by BM25F
D16  terms matched may be of parts that did not match   they are of parts that did
D17  under a filter, `collapse` is forgotten            it is done
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate as pattern_of
from typing import Any, TypeAlias

import numpy as np

from searchkit.engines.whoosh._whoosh import fields, query, scoring
from searchkit.engines.whoosh.compat.words import TEXT, PhraseQuery, WordQuery
from searchkit.engines.whoosh.reading.snapshot import FieldSnapshot, Ordinals
from searchkit.engines.whoosh.searching.matches import (
    Matches,
    common,
    flat,
    intersection,
    nothing,
    scaled,
    sum_at,
    union,
    with_optional,
    without,
)
from searchkit.engines.whoosh.searching.phrases import phrase_documents
from searchkit.engines.whoosh.searching.searcher import Searcher
from searchkit.persian.terms import MARKERS
from searchkit.query import tree
from searchkit.ranking import FieldWeight, Ranking

Leave: TypeAlias = Callable[[Any], Matches]

_PRELOADED_TERMS = query.Or.TOO_MANY_CLAUSES
_PRELOADED_DOCUMENTS = 5000
_WILD = re.compile(r"[*?\[]")


def ranking_of(searcher: Any) -> Ranking:
    """Return how documents are scored where a searcher of Whoosh has its weighting; by BM25F if that is another.

    Each field counts alone, as Whoosh knows no word that stands in several.
    """
    weighting = searcher.weighting if type(searcher.weighting) is scoring.BM25F else scoring.BM25F()
    field_b = weighting._field_B  # noqa: SLF001 (Whoosh has no other way to ask)
    schema = searcher.schema
    names = [name for name in searcher.reader().indexed_field_names() if name in schema and schema[name].scorable]
    fields = (FieldWeight(name, b=field_b.get(name, weighting.B)) for name in sorted(names))
    return Ranking(weighting.K1, tuple(fields), idf="whoosh")


class Evaluator:
    """Works queries out.

    Args:
        arrays: Searches the documents, with the ranking of the other searcher (`ranking_of`).
        searcher: A Whoosh searcher of the same documents, for its schema, its weighting and what is left to it.
    """

    def __init__(self, arrays: Searcher, searcher: Any) -> None:
        self._arrays = arrays
        self._snapshot = snapshot = arrays.snapshot
        self._searcher = searcher
        self._known: dict[type, Leave] = {
            WordQuery: self._read,
            PhraseQuery: self._read,
            query.Term: self._term,
            query.And: self._and,
            query.Or: self._or,
            query.AndNot: lambda asked: without(self.evaluate(asked.a), self.evaluate(asked.b)),
            query.AndMaybe: lambda asked: with_optional(self.evaluate(asked.a), self.evaluate(asked.b)),
            query.Not: self._not,
            query.Every: self._every,
            type(query.NullQuery): lambda _: nothing(snapshot.size),
            query.ConstantScoreQuery: self._constant,
            query.Phrase: self._phrase,
            query.Prefix: self._prefix,
            query.Wildcard: self._wildcard,
            query.FuzzyTerm: self._fuzzy,
            query.TermRange: self._range,
            query.NumericRange: self._numbers,
            query.DateRange: self._numbers,
            query.Require: self._require,
        }

    def knows(self, asked: Any) -> bool:
        """Tell whether all of a query is of classes known here."""
        return self.knows_kind(asked) and all(self.knows(part) for part in asked.children())

    def knows_kind(self, asked: Any) -> bool:
        """Tell whether a query itself is of a class known here."""
        return type(asked) in self._known

    def evaluate(self, asked: Any) -> Matches:
        """Return what the query matches."""
        known = self._known.get(type(asked))
        return self._left(asked) if known is None else known(asked)

    def _left(self, asked: Any) -> Matches:
        """Return what Whoosh's matchers find."""
        numbers, scores = [], []
        for leaf, offset in self._searcher.leaf_searchers():
            matcher = asked.matcher(leaf, leaf.context())
            while matcher.is_active():
                numbers.append(matcher.id() + offset)
                scores.append(matcher.score())
                matcher.next()
        documents, found = np.array(numbers, np.intp), np.array(scores, np.float32)
        alive = self._snapshot.alive(documents)  # Whoosh's Not lets deleted ones in
        return Matches(self._snapshot.size, found[alive], documents[alive], bool((found > 0).all()))

    # what has terms

    def _read(self, asked: WordQuery | PhraseQuery) -> Matches:
        return scaled(self._arrays.find(asked.node(self._frequency))[0], asked.boost)

    def _frequency(self, term: str, name: str | None) -> int:
        field = self._snapshot.field(name or "")
        return field.frequency(term) if field else 0

    def _field(self, name: str) -> FieldSnapshot | None:
        return self._snapshot.field(name) if name in self._searcher.schema else None

    def _term(self, asked: Any) -> Matches:
        if type(self._searcher.weighting) is not scoring.BM25F:
            return self._left(asked)
        text = asked.text
        if not isinstance(text, str) or not _is_text(self._searcher.schema, asked.fieldname):
            try:
                text = self._searcher.schema[asked.fieldname].to_bytes(text)
            except (KeyError, ValueError):
                return nothing(self._snapshot.size)
        return scaled(self._term_scores(asked.fieldname, text), asked.boost)

    def _term_scores(self, name: str, text: Any) -> Matches:
        field = self._field(name)
        if field is None:
            return nothing(self._snapshot.size)
        if not self._searcher.schema[name].scorable:
            numbers, frequencies = field.postings(text)
            alive = self._snapshot.alive(numbers)
            return Matches(self._snapshot.size, frequencies[alive], numbers[alive])
        return self._arrays.find(tree.Terms(((text, 1.0),), name))[0]

    def _phrase(self, asked: Any) -> Matches:
        field = self._field(asked.fieldname)
        if field is None:
            return nothing(self._snapshot.size)
        positions = self._searcher.schema[asked.fieldname].format.supports("positions")
        if not positions or not asked.words or type(self._searcher.weighting) is not scoring.BM25F:
            return self._left(asked)
        words = [self._term_scores(asked.fieldname, word) for word in asked.words]
        documents = phrase_documents(field, [[word] for word in asked.words], asked.slop, common(words))
        return scaled(sum_at(words, documents[self._snapshot.alive(documents)]), asked.boost)

    def _prefix(self, asked: Any) -> Matches:
        if not asked.text:
            return self._every(asked)
        return self._expanded(asked, lambda part: range(*part.prefix(asked.text)))

    def _wildcard(self, asked: Any) -> Matches:
        if asked.text == "*":
            return self._every(asked)
        if not _is_text(self._searcher.schema, asked.fieldname):
            return self._left(asked)
        literal = _WILD.split(asked.text, maxsplit=1)[0]
        fits = re.compile(pattern_of(asked.text)).match
        return self._expanded(
            asked, lambda part: [ordinal for ordinal in range(*part.prefix(literal)) if fits(part.term(ordinal))]
        )

    def _fuzzy(self, asked: Any) -> Matches:
        if not _is_text(self._searcher.schema, asked.fieldname):
            return self._left(asked)
        return self._expanded(asked, lambda part: part.near(asked.text, asked.maxdist, asked.prefixlength))

    def _range(self, asked: Any) -> Matches:
        kinds = {type(end) for end in (asked.start, asked.end) if end is not None}
        if not (kinds <= {bytes} or (kinds <= {str} and _is_text(self._searcher.schema, asked.fieldname))):
            return self._left(asked)
        empty: Any = b"" if bytes in kinds else ""
        after = b"\0" if bytes in kinds else "\0"
        low = (asked.start or empty) + (after if asked.startexcl and asked.start is not None else empty)
        high = None if asked.end is None else asked.end + (empty if asked.endexcl else after)
        if high is None:
            return self._expanded(asked, lambda part: range(part.range(low, low)[0], part.count))
        return self._expanded(asked, lambda part: range(*part.range(low, high)))

    def _numbers(self, asked: Any) -> Matches:
        return self.evaluate(asked._compile_query(self._searcher.reader()))  # noqa: SLF001 (of Whoosh's own)

    def _expanded(self, asked: Any, ordinals: Ordinals) -> Matches:
        """Return what holds one of the terms that a query comes to."""
        if type(self._searcher.weighting) is not scoring.BM25F:
            return self._left(asked)
        field = self._field(asked.fieldname)
        terms: list[Any] = []
        if field:
            texts = _is_text(self._searcher.schema, asked.fieldname)
            terms = [term for term in (field.terms if texts else field.byte_terms)(ordinals) if term]
        if field and isinstance(self._searcher.schema[asked.fieldname], TEXT):
            terms = [term for term in terms if not term.startswith(MARKERS)]
        if field and asked.constantscore and len(terms) > 1 and self._preloaded(len(terms)):
            held = np.zeros(self._snapshot.size, bool)
            for term in terms:
                held[field.postings(term)[0]] = True
            documents = np.flatnonzero(held)
            return flat(self._snapshot.size, documents[self._snapshot.alive(documents)], 1.0)
        found = union([self._term_scores(asked.fieldname, term) for term in terms], self._snapshot.size)
        return scaled(found, asked.boost) if len(terms) > 1 else found

    def _preloaded(self, queries: int) -> bool:
        """Return whether Whoosh works an Or of so many out into one array: its choice, which shows in scores."""
        return queries >= _PRELOADED_TERMS or (queries > 2 and self._snapshot.size <= _PRELOADED_DOCUMENTS)

    # what has parts

    def _and(self, asked: Any) -> Matches:
        found = intersection([self.evaluate(part) for part in asked.subqueries], self._snapshot.size)
        return scaled(found, asked.boost) if len(asked.subqueries) > 1 else found

    def _or(self, asked: Any) -> Matches:
        if asked.scale:
            return self._left(asked)
        found = union([self.evaluate(part) for part in asked.subqueries], self._snapshot.size)
        return scaled(found, asked.boost) if len(asked.subqueries) > 1 else found

    def _require(self, asked: Any) -> Matches:
        return sum_at([scored := self.evaluate(asked.a)], common([scored, self.evaluate(asked.b)]))

    def _not(self, asked: Any) -> Matches:
        every = flat(self._snapshot.size, self._snapshot.documents, 1.0)
        return without(every, self.evaluate(asked.query))

    def _every(self, asked: Any) -> Matches:
        if asked.fieldname in {None, "", "*"}:
            return flat(self._snapshot.size, self._snapshot.documents, asked.boost)
        field = self._field(asked.fieldname)
        documents = field.holders if field else np.empty(0, np.intp)
        return flat(self._snapshot.size, documents[self._snapshot.alive(documents)], asked.boost)

    def _constant(self, asked: Any) -> Matches:
        return flat(self._snapshot.size, self.evaluate(asked.child).documents, asked.score)


def _is_text(schema: Any, name: str) -> bool:
    """Tell whether the terms of a field are its words, encoded; those of numbers are not."""
    return name not in schema or type(schema[name]).to_bytes in {fields.FieldType.to_bytes, TEXT.to_bytes}
