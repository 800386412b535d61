"""Does a query say that something is not so? Which words of an index deny the same verb?

A verb and its negation have one dictionary form, so either finds the other. Who asks for every word with no verb but
negated ones does not want to read the contrary first. The prohibitions of verse, مکن, are spelt as other forms are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from searchkit.persian.morphology.verbs import BARE, PAST, SPOKEN_PAST, Start, conjugation, infinitives, read_verb
from searchkit.persian.terms import LEMMA
from searchkit.persian.text.fold import keys_of, rows
from searchkit.query.tree import All, Clauses, Node, Terms

_NOT = "ن"
_UNPREFIXED = {PAST, SPOKEN_PAST, BARE}


def denied(clauses: Clauses, vocabulary: Callable[[str, str | None], Iterable[str]]) -> Node | None:
    """Return what documents match that deny all verbs of a query; None where it has none, or one that is not negated.

    Args:
        clauses: Resolved words.
        vocabulary: Gives the terms that begin so, in a field (None: in any).
    """
    words = [clause.row[0] for clause in clauses.clauses if len(clause.row) == 1 and clause.sign != "-"]
    verbs = [(word, verb) for word in words if (verb := _verb(word))]
    if not verbs or not all(is_negated(word.terms[0][0], verb) for word, verb in verbs):
        return None
    nodes = [_denial(word, verb, vocabulary) for word, verb in verbs]
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def _verb(word: Terms) -> str | None:
    """Return the infinitive of the verb that a word is a form of."""
    key = word.terms[0][0]
    lemma = next((term.removeprefix(LEMMA) for term, _ in word.terms if term.startswith(LEMMA)), key)
    return lemma if lemma != key and (lemma in infinitives() or lemma in _irregular()) else None


def _denial(word: Terms, verb: str, vocabulary: Callable[[str, str | None], Iterable[str]]) -> Terms:
    own = word.terms[0][0]
    beginnings = _negated_beginnings(verb)
    held = {key for each in beginnings for key in vocabulary(each, word.field) if is_negated(key, verb)}
    return Terms(tuple((key, 1.0) for key in dict.fromkeys([own, *sorted(held)])), word.field)


def is_negated(key: str, verb: str) -> bool:
    """Tell whether a word is a negated form of a verb, which is given by its infinitive."""
    known = read_verb(key)
    return known is not None and known.infinitive == verb and key.startswith(_negated_beginnings(verb))


@cache
def _negated_beginnings(verb: str) -> tuple[str, ...]:
    """Return what the negated forms of a verb begin with."""
    tables = conjugation()
    spellings = [written for written, lines in tables.starts.written.items() if f"\t{verb}\t" in lines]
    regular = [each for each in spellings if any(_negates(each, start, verb) for start in tables.starts[each])]
    irregular = [form for form in _irregular().get(verb, ()) if form.startswith(_NOT) and not verb.startswith(_NOT)]
    return tuple(dict.fromkeys([*regular, *irregular]))


def _negates(spelling: str, start: Start, verb: str) -> bool:
    _, kind, infinitive, _, preverb = start
    return infinitive == verb and kind not in _UNPREFIXED and spelling.removeprefix(preverb).startswith(_NOT)


@cache
def _irregular() -> dict[str, list[str]]:
    """Return the forms of verbs that are not put together, by the infinitive."""
    found: dict[str, list[str]] = {}
    forms, kinds, verbs, *_ = zip(*rows("verb_forms.tsv"), strict=True)
    for form, kind, verb in zip(keys_of(forms), kinds, keys_of(verbs), strict=True):
        if kind == "verb":
            found.setdefault(verb, []).append(form)
    return found
