"""The chain from a text to its tokens and terms, each distinct written form worked out once."""

from __future__ import annotations

import re

from searchkit.documents import Token
from searchkit.persian.terms import index_terms

_WORD = re.compile(r"\w+")


class Analyzer:
    """Texts to tokens. Safe to share between threads; the same text gives the same tokens in every process.

    Attributes:
        name: Stored in an index, with
        fingerprint: hexadecimal digits that change when the tables or rules do.
    """

    name = "persian"
    fingerprint = "0"

    def analyze(self, text: str) -> list[Token]:
        """Return the tokens of the text in order; spans are code-point spans of `text` as given."""
        return [
            Token(match[0], match.start(), match.end(), position, match[0], match[0], index_terms(match[0], match[0]))
            for position, match in enumerate(_WORD.finditer(text))
        ]
