"""Of which word is an irregular form the plural? The broken plurals that Persian has from Arabic, and a few others.

>>> singulars()["کتب"] == "کتاب"
True
"""

from __future__ import annotations

from functools import cache

from searchkit.persian.text.tables import pairs


@cache
def singulars() -> dict[str, str]:
    """Return the singulars of `data/plurals.tsv` by their plurals, as keys."""
    return pairs("plurals.tsv")
