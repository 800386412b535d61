"""Which words of a text answer a query, and which piece of the text shows them best?

The tokens that answer are found; a window slides over them in one pass; the best windows grow to the length asked for
and are cut where a reader would cut. A snippet is a slice of the text as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from searchkit.arguments import number
from searchkit.documents import Span, Token
from searchkit.persian.forms.finder import Finder
from searchkit.persian.terms import DATE, Wanted
from searchkit.results import Snippet

_NEIGHBOURS = 0.25
"""What two different words side by side add to a window; a word alone is worth between 1 and 2."""

_SENTENCE_START = re.compile(r"[.!?؟؛…\n]\s+(?=\S)")
_WORD = re.compile(r"\S")
_WORD_START = re.compile(r"\s(?=\S)")
_ZWNJ, _ZWJ = "\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"


@dataclass(frozen=True, slots=True)
class SnippetOptions:
    """How snippets are made.

    Attributes:
        length: Of a snippet at most, in code points.
        count: How many snippets a text may give.
        reach: How much of a text is looked at, in code points: the longest chapter of a book, some 15,000 words. What
            comes after it is neither marked nor shown.

    Raises:
        ArgumentError: A number is below 1, or none.
    """

    length: int = 200
    count: int = 1
    reach: int = 100_000

    def __post_init__(self) -> None:
        for name in ("length", "count", "reach"):
            number(name, getattr(self, name), 1)


def snippets(text: str, finder: Finder, options: SnippetOptions = SnippetOptions()) -> tuple[Snippet, ...]:
    """Return the pieces of the text that hold most of the wanted words, in the order of the text, the words marked.

    A text without any of them within `options.reach` gives its opening. At least one snippet is returned, an empty one
    for an empty text. A word longer than a snippet is not shown.
    """
    if len(text) > options.reach:
        text = text[: _end(text, 0, 0, options.reach)]
    words = _dates_whole(text, finder.find(text), finder.wanted)
    found = [token for token in words if token.end - token.start <= options.length]
    if not found:
        return (_opening(text, options.length),)
    chosen: list[Span] = []
    for start, end in _best_first(text, found, options.length):
        room = _grown(text, found[start].start, found[end - 1].end, options.length)
        if all(room[1] <= other[0] or other[1] <= room[0] for other in chosen):
            chosen.append(room)
            if len(chosen) == options.count:
                break
    return tuple(_marked(text, span, found) for span in sorted(chosen))


def marked(text: str, finder: Finder) -> Snippet:
    """Return the whole text, each of the wanted words marked."""
    return _marked(text, (0, len(text)), _dates_whole(text, finder.find(text), finder.wanted))


def _dates_whole(text: str, found: list[Token], wanted: Wanted) -> list[Token]:
    """Return the tokens, those of one date that is wanted as one: its words name it only together."""
    dates = {term for term in wanted.terms if term.startswith(DATE)}
    if not dates:
        return found
    whole = found[:1]
    for token in found[1:]:
        last = whole[-1]
        if token.position == last.position + 1 and dates.intersection(last.terms).intersection(token.terms):
            whole[-1] = last._replace(text=text[last.start : token.end], end=token.end, position=token.position)
        else:
            whole.append(token)
    return whole


def _best_first(text: str, found: Sequence[Token], length: int) -> Iterator[Span]:
    """Return the runs of found tokens that fit into the length, as spans of indices, the best first.

    The worth of a run is that of its different words, and a little for different words side by side. A word is worth
    more the fewer times the text has it.
    """
    lemmas = [token.lemma for token in found]
    times = Counter(lemmas)
    worth = {lemma: 1 + 1 / count for lemma, count in times.items()}
    beside = [one.lemma != other.lemma and not text[one.end : other.start].strip() for one, other in pairwise(found)]
    inside = dict.fromkeys(times, 0)
    ends = [token.end for token in found]
    scored: list[tuple[float, int, int]] = []
    score, pairs, end = 0.0, 0, 0
    for start, (first, lemma) in enumerate(zip(found, lemmas, strict=True)):
        latest = first.start + length
        while end < len(ends) and ends[end] <= latest:
            entering = lemmas[end]
            if not inside[entering]:
                score += worth[entering]
            inside[entering] += 1
            pairs += end > start and beside[end - 1]
            end += 1
        scored.append((-score - _NEIGHBOURS * pairs, start, end))
        inside[lemma] -= 1
        if not inside[lemma]:
            score -= worth[lemma]
        pairs -= start + 1 < end and beside[start]
    return ((start, end) for _, start, end in sorted(scored))


def _opening(text: str, length: int) -> Snippet:
    start = _first_word(text)
    return Snippet(text[start : _end(text, start, start, length)])


def _first_word(text: str) -> int:
    found = _WORD.search(text)
    return len(text) if found is None else found.start()


def _grown(text: str, start: int, end: int, length: int) -> Span:
    """Return a span of at most `length` around (start, end) that begins with a sentence, or else with a word.

    It is shorter than `length` only by part of a word, or where the text is.
    """
    room = length - (end - start)
    earliest = max(0, start - room)
    latest = max(earliest, min(start, len(text) - length))
    begin = _last_sentence(text, earliest, latest)
    if begin is None:
        begin = _word_start(text, max(earliest, min(latest, start - room // 3)), start)
    return begin, _end(text, begin, end, length)


def _last_sentence(text: str, earliest: int, latest: int) -> int | None:
    """Return the last beginning of a sentence in a part of the text, both ends included."""
    found = None
    if not earliest:
        opening = _first_word(text)
        found = opening if opening <= latest else None
    for match in _SENTENCE_START.finditer(text, max(0, earliest - 2), latest + 1):
        found = match.end() if earliest <= match.end() <= latest else found
    return found


def _word_start(text: str, at: int, latest: int) -> int:
    """Return the first beginning of a word from `at` on; `latest` at most."""
    blank = _WORD_START.search(text, max(0, at - 1), latest + 1)
    return latest if blank is None else blank.end()


def _end(text: str, start: int, earliest: int, length: int) -> int:
    """Return the last end of a word that leaves at most `length` from `start`; `earliest` at least."""
    end = start + length
    if end >= len(text):
        return max(earliest, start + len(text[start:].rstrip()))
    while end > earliest and not (text[end].isspace() and not text[end - 1].isspace()):
        end -= 1
    if end > max(earliest, start):
        return end
    return earliest if earliest > start else _between_graphemes(text, start, start + length)


def _between_graphemes(text: str, start: int, end: int) -> int:
    """Return the last place up to `end` where no mark, joiner or half-space is torn from its letter."""
    while end > start + 1 and (_clings(text[end]) or text[end - 1] in {_ZWNJ, _ZWJ}):
        end -= 1
    return end


def _clings(char: str) -> bool:
    return char in {_ZWNJ, _ZWJ} or unicodedata.category(char) in {"Mn", "Mc", "Me", "Sk"}


def _marked(text: str, span: Span, found: Sequence[Token]) -> Snippet:
    start, end = span
    inside = (token for token in found if start <= token.start and token.end <= end)
    return Snippet(text[start:end], tuple((token.start - start, token.end - start) for token in inside))
