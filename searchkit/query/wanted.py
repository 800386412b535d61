"""Which terms of a query does its reader look for in a text?"""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.persian import Analyzer
from searchkit.persian.terms import Wanted
from searchkit.query.stopwords import stop_keys
from searchkit.query.tree import All, Any, Node, Phrase, Prefix, Terms, Tiered, Weighted


def wanted(node: Node, analyzer: Analyzer) -> Wanted:
    """Return the terms and prefixes that answer a resolved query; what is under `Not` does not.

    Function words are looked for only in phrases, or where the query has no other words.
    """
    leaves = list(dict.fromkeys(_leaves(node)))
    stops = stop_keys(analyzer)
    content = [leaf for leaf in leaves if not (isinstance(leaf, Terms) and leaf.terms[0][0] in stops)]
    terms = (term for leaf in content or leaves if isinstance(leaf, Terms | Phrase) for term in _terms(leaf))
    return Wanted(frozenset(terms), tuple(leaf.text for leaf in content if isinstance(leaf, Prefix)))


def _terms(leaf: Terms | Phrase) -> Iterator[str]:
    words = (leaf,) if isinstance(leaf, Terms) else leaf.words
    return (term for word in words if isinstance(word, Terms) for term, _ in word.terms)


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Terms() | Prefix() | Phrase():
            yield node
        case All() | Any():
            for child in node.nodes + node.optional:
                yield from _leaves(child)
        case Weighted():
            yield from _leaves(node.node)
        case Tiered():
            yield from _leaves(node.rest)
        case _:
            return
