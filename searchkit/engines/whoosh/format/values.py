r"""How do the values that searches are narrowed by lie in terms and columns?

A field `section` that an index was given is called `fields.section` in it; `date`, `host` and `id` keep their names.

    keyword     a term: the folded value; where its author wrote it otherwise, U+001F and as it was written after it
    number      a column of floats, `NO_NUMBER` where there is none
    date        a column of moments, see `documents.moment`, `NO_DATE` where there is none

>>> term("کتاب", "كتاب") == "کتاب\x1fكتاب", spelled("کتاب")
(True, ('کتاب', 'کتاب'))
"""

from __future__ import annotations

import sys

NO_NUMBER = -sys.float_info.max
NO_DATE = -1
"""Less than any value, so that what is above it is one."""

MARK = "\x1f"
"""No folded value holds it, as it is white space."""

_ALWAYS = {"date", "host", "id"}
_PREFIX = "fields."


def kept_name(name: str) -> str:
    """Return what a field is called in the files of an index."""
    return name if name in _ALWAYS else _PREFIX + name


def term(key: str, written: str) -> str:
    """Return the term of a keyword."""
    return key if key == written else key + MARK + written


def spelled(found: str) -> tuple[str, str]:
    """Return the folded value that a term stands for, and how it was written."""
    key, _, written = found.partition(MARK)
    return key, written or key
