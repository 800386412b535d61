r"""The Persian analyzer as Whoosh's users expect one: give it to a TEXT field.

It works in any Whoosh schema, without the rest of searchkit:

>>> from whoosh.fields import ID, TEXT, Schema
>>> schema = Schema(id=ID(stored=True), body=TEXT(analyzer=PersianAnalyzer()))
>>> [token.text for token in PersianAnalyzer()("كتاب دانشگاه، ۱۲ بار")]
['کتاب', 'دانشگاه', '12', 'بار']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from searchkit.engines.whoosh._whoosh import analysis
from searchkit.persian import default_analyzer

if TYPE_CHECKING:
    from searchkit.persian.bulk.encoder import Encoder


class PersianAnalyzer(analysis.Analyzer):  # type: ignore[misc]
    """Persian text to Whoosh tokens: one a word, its lemma, so that every Whoosh query and highlighter works.

    Args:
        every_term: Yield all that searchkit indexes at a position (key, lemma, parts), one token each. searchkit's own
            fields do; its queries know which of them to ask for, and Whoosh's query parser does not.
    """

    def __init__(self, *, every_term: bool = False) -> None:
        self.every_term = every_term

    def __call__(  # noqa: PLR0913, PLR0917 (Whoosh's own signature)
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        **options: object,
    ) -> Iterator[analysis.Token]:
        """Yield the tokens of a text; Whoosh passes the flags and reuses the one token it is given."""
        token = analysis.Token(positions, chars, removestops=removestops, mode=mode, **options)
        for word in default_analyzer().analyze(value):
            token.original = word.text if keeporiginal else None
            token.boost = 1.0
            token.stopped = False
            token.pos = start_pos + word.position
            token.startchar = start_char + word.start
            token.endchar = start_char + word.end
            for term in word.terms if self.every_term else (word.lemma,):
                token.text = term
                yield token

    def encoder(self) -> Encoder | None:
        """Return what gives the same terms for many texts at once, if there is such a thing."""
        return default_analyzer().encoder() if self.every_term else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersianAnalyzer) and self.every_term == other.every_term

    def __hash__(self) -> int:
        return hash((PersianAnalyzer, self.every_term))
