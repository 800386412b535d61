"""How does Whoosh ask for a Persian word? By the Term or Phrase of its parser, read as searchkit reads a query.

A `TEXT` of searchkit holds several terms at a position, see `searchkit.persian.terms`. Whoosh's parser makes a Term of
a word as it is written, and `reworded` puts a `WordQuery` in its place, which finds all forms of it; of a Phrase, a
`PhraseQuery`.
A text that begins with a marker is one term, as it is indexed.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import Any

from searchkit.engines.whoosh._whoosh import fields, query, sorting
from searchkit.persian import analyze, default_analyzer
from searchkit.persian.terms import LONGEST, MARKERS
from searchkit.query import tree
from searchkit.query.resolve import wanted
from searchkit.query.spacing import Frequency
from searchkit.query.words import QueryWords


class TEXT(fields.TEXT):  # type: ignore[misc]
    """A field whose terms are searchkit's. To the table of contents it is a TEXT like any other."""

    def to_bytes(self, value: Any) -> bytes:
        """Return the term of a word's own spelling; a marked term is itself."""
        if not isinstance(value, str):
            encoded: bytes = super().to_bytes(value)
            return encoded
        marked = value.startswith(MARKERS)
        key = "" if marked else "".join(token.key for token in analyze(value))
        return _bytes((key or value)[:LONGEST])


class _Read(query.Query):  # type: ignore[misc]
    """A query that is answered as searchkit's own are, on arrays.

    A class of Whoosh's comes before this one and says how it is built, compared and printed.
    """

    fieldname: str

    def node(self, frequency: Frequency) -> tree.Node:
        """Return what is asked, given how many documents hold a term."""
        raise NotImplementedError

    def places(self) -> Any:
        """Return a query of Whoosh's that knows where in a document this one matches."""
        raise NotImplementedError

    def expanded_terms(self, ixreader: Any, phrases: bool = True) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002
        """Yield the terms that answer."""
        for term in sorted(wanted(self.node(lambda term, name: int(ixreader.doc_frequency(name, _bytes(term))))).terms):
            yield self.fieldname, _bytes(term)

    def estimate_size(self, ixreader: Any) -> int:
        """Return how many documents match at most."""
        return int(ixreader.doc_count())

    def matcher(self, searcher: Any, context: Any = None) -> Any:  # noqa: ARG002 (Whoosh's own signature)
        """Return what matches in a segment; `searcher` is an `ArraySearcher`."""
        return searcher.matcher_of(self, searcher.get_parent().evaluator.evaluate(self))


class WordQuery(query.Term, _Read):  # type: ignore[misc]
    """The documents that hold a word in any of its forms and spacings."""

    expanded_terms = _Read.expanded_terms
    estimate_size = _Read.estimate_size
    matcher = _Read.matcher

    def node(self, frequency: Frequency) -> tree.Node:
        """Return what is asked."""
        answers = QueryWords(default_analyzer(), frequency).answers([self.text], self.fieldname)
        return tree.All(tuple(answer.node for answer in answers)) if answers else tree.Nothing()

    def places(self) -> Any:
        """Return the Or of its terms."""
        forms = wanted(self.node(lambda *_: 0)).terms
        return query.Or([query.Term(self.fieldname, _bytes(form)) for form in sorted(forms)])


class PhraseQuery(query.Phrase, _Read):  # type: ignore[misc]
    """The documents that hold words one after another, each in any of its forms."""

    expanded_terms = _Read.expanded_terms
    estimate_size = _Read.estimate_size
    matcher = _Read.matcher

    def node(self, frequency: Frequency) -> tree.Node:
        """Return what is asked."""
        quoted = QueryWords(default_analyzer(), frequency).quoted(self.words, self.fieldname)
        return _loosened(quoted.phrase, self.slop - 1) if quoted else tree.Nothing()

    def places(self) -> Any:
        """Return the span query that Whoosh's own phrases are."""
        words = [WordQuery(self.fieldname, word) for word in self.words]
        return query.SpanNear2(words, slop=self.slop, ordered=True, mindist=1)


def reworded(asked: Any, schema: Any) -> Any:
    """Return a query or facet with words for terms and phrases in searchkit's fields; it is not changed itself.

    What is in a query is looked up among its attributes: Whoosh's own `apply` loses options of many classes.
    """
    into = {query.Term: WordQuery, query.Phrase: PhraseQuery}.get(type(asked))
    if into is not None:
        return _renewed(into.__new__(into), vars(asked)) if _is_word(asked, schema) else asked
    parts = {name: reworded_values(value, schema) for name, value in vars(asked).items()}
    changed = {name: value for name, value in parts.items() if value is not vars(asked)[name]}
    return _renewed(copy(asked), changed) if changed else asked


def _renewed(made: Any, attributes: dict[str, Any]) -> Any:
    vars(made).update(attributes)
    return made


def reworded_values(value: Any, schema: Any) -> Any:
    """Return the same of what may hold queries or facets."""
    if isinstance(value, query.Query | sorting.FacetType | sorting.Facets):
        return reworded(value, schema)
    if isinstance(value, dict):
        made = {name: reworded_values(each, schema) for name, each in value.items()}
        return made if any(made[name] is not value[name] for name in value) else value
    if type(value) in {list, tuple}:
        row = type(value)(reworded_values(each, schema) for each in value)
        return row if any(new is not old for new, old in zip(row, value, strict=True)) else value
    return value


def _is_word(asked: Any, schema: Any) -> bool:
    if asked.fieldname not in schema or not isinstance(schema[asked.fieldname], TEXT):
        return False
    return isinstance(asked, query.Phrase) or (isinstance(asked.text, str) and not asked.text.startswith(MARKERS))


def _loosened(node: tree.Node, slop: int) -> tree.Node:
    match node:
        case tree.Phrase():
            return replace(node, slop=slop)
        case tree.Weighted():
            return replace(node, node=_loosened(node.node, slop))
        case tree.Any():
            return replace(node, nodes=tuple(_loosened(child, slop) for child in node.nodes))
    return node


def _bytes(term: str) -> bytes:
    return term.encode(errors="surrogatepass")  # no term has what cannot be encoded
