"""What are the characters called that Persian text is made of? Constants by Unicode name, and classes for patterns.

The classes are written to stand inside the brackets of a regular expression.
"""

from __future__ import annotations

HEH = "\u0647"
WAW = "\u0648"
FARSI_YEH = "\u06cc"
DAGGER_ALEF = "\u0670"  # ARABIC LETTER SUPERSCRIPT ALEF
ZWNJ = "\u200c"  # ZERO WIDTH NON-JOINER, the half-space

LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff\u0750-\u077f"
    "\u0870-\u0887\u0889-\u088e\u08a0-\u08c9\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfd"
    "\ufe71\ufe77\ufe79\ufe7b\ufe7d\ufe7f-\ufefc"
)
"""Letters of the Arabic script with their presentation forms (Unicode charts 0600, 0750, 0870, 08A0, FB50, FE70)."""

MARKS = "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff"
"""Vowel signs, tatweel and other signs that stand on or between letters of the Arabic script."""

ACCENTS = "\u0300-\u036f"
"""Combining marks of the Latin, Greek and Cyrillic scripts."""

UNSEEN = "\u00ac\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff"
"""Characters without a shape of their own that stand inside words; NOT SIGN among them (see `data/folding.tsv`)."""

LATIN = (
    "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff\u2c60-\u2c7f\ua722-\ua787"
    "\ufb00-\ufb06\uff21-\uff3a\uff41-\uff5a"
)
"""Letters of the Latin script, full-width ones too."""

IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters: words of one or two of them are written without spaces, so each is a token."""
