r"""Which neighbouring words are one word that was written with a space inside?

>>> joins("می", "رود"), joins("می", "سال"), joins("کتاب", "ها"), joins("در", "ها")
(True, False, True, False)
"""

from __future__ import annotations

from searchkit.persian.morphology.endings import apart
from searchkit.persian.morphology.lexicon import BASE, kind_of
from searchkit.persian.morphology.verbs import read_verb
from searchkit.persian.text.chars import FARSI_YEH, ZWNJ

IMPERFECT = ("می", "نمی")
PREVERBS = frozenset({"بر", "در", "باز", "فرا", "فرو", "وا"})
PREFIXED = {preverb + prefix: preverb for preverb in PREVERBS for prefix in IMPERFECT}
AFTER_HEH = frozenset(it for it in apart("after heh", "yeh", "pronoun") if len(it) > 1 or it == FARSI_YEH)
"""Endings that follow only a word in ه when they stand alone."""
SUFFIXES = apart("plural", "degree") | AFTER_HEH
_LONG = 6
"""Letters of a word in ه that needs no lexicon to take an ending."""
_NO_NOUNS = frozenset({"از", "به", "در", "با", "بر", "تا", "که", "را", "و", "هر", "چه", "یا", "هم", "نه", "اما"})


def joins(left: str, right: str) -> bool:
    """Tell whether two neighbouring folded words are one word written in two pieces."""
    if left in IMPERFECT:
        return len(right) > 1 and read_verb(left + right.replace(ZWNJ, "")) is not None
    if left in PREFIXED or (left in PREVERBS and right.startswith(IMPERFECT)):
        verb = read_verb(left + right.replace(ZWNJ, ""))
        return verb is not None and verb.preverb == PREFIXED.get(left, left)
    if right not in SUFFIXES or left in _NO_NOUNS:
        return False
    if right in AFTER_HEH:
        return left[-1] == "ه" and (len(left) >= _LONG or (len(left) > 2 and kind_of(left) & BASE != 0))
    return len(left) > 1
