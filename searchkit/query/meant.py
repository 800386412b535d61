"""Which words of a query say what it means, and what must hold of a document however near it comes to that?"""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.query.tree import All, Any, Clause, Clauses, Node, Not, Phrase, Prefix, Quoted, Word


def meant(clauses: Clauses) -> str:
    """Return the words of a parsed query as a text, without signs and without what no document may have.

    >>> from searchkit.query.parse import parse
    >>> meant(parse('+green tea -"iced tea"').clauses)
    'green tea'
    """
    return " ".join(_words(clauses))


def conditions(clauses: Clauses) -> Clauses:
    """Return those clauses of a parsed query that a document must fulfil to answer for its meaning alone.

    These are what has a sign, what is quoted, and what is asked of one field.
    """
    return Clauses(tuple([clause for clause in clauses.clauses if clause.sign or _is_condition(clause.node)]))


def _is_condition(node: Node) -> bool:
    match node:
        case Phrase() | Quoted() | Not():
            return True
        case Word() | Prefix():
            return node.field is not None
        case Clauses():
            return any(map(_is_signed, node.clauses))
        case _:
            return False


def _is_signed(clause: Clause) -> bool:
    return bool(clause.sign) or _is_condition(clause.node)


def _words(node: Node) -> Iterator[str]:
    match node:
        case Word() | Prefix():
            yield node.text
        case Phrase():
            for word in node.words:
                yield from _words(word)
        case Quoted():
            yield from _words(node.words)
        case Clauses():
            for clause in node.clauses:
                if clause.sign != "-":
                    yield from _words(clause.node)
        case All() | Any():
            for child in node.nodes:
                yield from _words(child)
        case _:
            return
