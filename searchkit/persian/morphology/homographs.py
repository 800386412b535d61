"""Is a word that has the form of a verb one? Many have that of a noun, too, or of a noun with an ending.

What is a verb or a noun more often is a row of `data/verb_forms.tsv`. Else the noun wins where the lexicon is sure of
it, and a noun with an ending where the ending is one that nouns have more often: کشتی, مردم, شکستی, کارم.

>>> as_verb("رفتی", kind_of("رفتی")).infinitive == "رفتن", as_verb("کشتی", kind_of("کشتی")) is None
(True, True)
"""

from __future__ import annotations

from searchkit.persian.morphology.conjugation import CERTAIN, NEVER, UNSURE
from searchkit.persian.morphology.endings import strip
from searchkit.persian.morphology.lexicon import HEAD, SURE, kind_of
from searchkit.persian.morphology.verbs import Verb, read_verb

_VERBAL = ("یم", "ید", "ند", "د")
"""Endings of verbs that nouns take more seldom."""


def as_verb(key: str, kind: int) -> Verb | None:
    """Return the verb that a word is a form of; `kind` are the word's bits in the lexicon.

    What is a noun but is still made of the verb has `NEVER` for its `sure`. None is for all other words.
    """
    verb = read_verb(key)
    if verb is None or verb.sure == NEVER or (verb.sure == CERTAIN and not verb.preverb):
        return verb
    if kind & SURE and key != verb.infinitive:
        return verb._replace(sure=NEVER) if verb.sure == CERTAIN else None
    if verb.sure == UNSURE and not key.endswith(_VERBAL) and (kind & HEAD or _is_noun(key)):
        return None
    return verb


def _is_noun(key: str) -> bool:
    """Tell whether what looks like a verb is a noun with an ending: شکستی, of شکست, but not رفتی."""
    stripped = strip(key)
    if stripped is None:
        return False
    kind = kind_of(stripped.base)
    if stripped.endings[0] == "ها" and kind & SURE:
        return True
    verb = as_verb(stripped.base, kind)
    return verb is None or verb.sure == NEVER
