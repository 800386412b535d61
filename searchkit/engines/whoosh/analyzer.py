r"""The Persian analyzer as Whoosh's users expect one: give it to a TEXT field.

It works in any Whoosh schema, without the rest of searchkit:

>>> from whoosh.fields import ID, TEXT, Schema
>>> schema = Schema(id=ID(stored=True), body=TEXT(analyzer=PersianAnalyzer()))
>>> [token.text for token in PersianAnalyzer()("كتاب دانشگاه، ۱۲ بار")]
['کتاب', 'دانشگاه', '12', 'بار']
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchkit.documents import Token
from searchkit.engines.whoosh._whoosh import analysis
from searchkit.persian import analyze, default_analyzer
from searchkit.persian.bulk.encoder import Encoder

_LITERAL = re.compile(r"\\.|[^\0-/:-@\[-`{-\x7f]+")  # what is escaped, or has no meaning in patterns


class PersianAnalyzer(analysis.Analyzer):  # type: ignore[misc]
    """Persian text to Whoosh tokens: one a word, its lemma, so that every Whoosh query and highlighter works.

    Args:
        every_term: Yield all that searchkit indexes at a position (key, lemma, parts), one token each; to a query
            parser, the word as it is written. searchkit's own fields do, see `compat.words`.

    What a parser does not want cut into words (`tokenize=False`: a prefix, a pattern, an end of a range) is folded.
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
        *,
        tokenize: bool = True,
        **options: object,
    ) -> Iterator[analysis.Token]:
        """Yield the tokens of a text; Whoosh passes the flags and reuses the one token it is given."""
        token = analysis.Token(positions, chars, removestops=removestops, mode=mode, **options)
        if not tokenize:
            token.pos, token.startchar, token.endchar = start_pos, start_char, start_char + len(value)
            token.text = folded(value) or value.strip("؟")  # which Whoosh's parser takes for a wildcard
            if token.text:
                yield token
            return
        for word in default_analyzer().analyze(value):
            token.original = word.text if keeporiginal else None
            token.boost = 1.0
            token.stopped = False
            token.pos = start_pos + word.position
            token.startchar = start_char + word.start
            token.endchar = start_char + word.end
            for term in self._terms(word, mode):
                token.text = term
                yield token

    def _terms(self, word: Token, mode: str) -> tuple[str, ...]:
        if not self.every_term:
            return (word.lemma,)
        return (word.text,) if mode == "query" else word.terms

    def encoder(self) -> Encoder | None:
        """Return what gives the same terms for many texts at once, if there is such a thing."""
        return Encoder() if self.every_term else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersianAnalyzer) and self.every_term == other.every_term

    def __hash__(self) -> int:
        return hash((PersianAnalyzer, self.every_term))


def folded(pattern: str) -> str:
    r"""Return a prefix, wildcard or regular expression with its letters folded, as keys are.

    >>> folded("\u0643\u062aا*"), folded(r"\bArt[IY]")
    ('کتا*', '\\bart[iy]')
    """
    return _LITERAL.sub(lambda found: found[0] if found[0][0] == "\\" else _key(found[0]), pattern)


def _key(text: str) -> str:
    return "".join(token.key for token in analyze(text))
