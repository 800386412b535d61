"""Which words, phrases and operators are in the text of a query?

    query    = clause*
    clause   = operand (("OR" | "یا") operand)*           "OR" binds closer than standing side by side
    operand  = ["+" | "-" | "NOT"] ([field ":"] (word | word "*" | phrase | "(" query ")") | "date:" time [".." time])
    phrase   = '"' words '"' | "«" words "»" | "“" words "”"
    field    = "title" | "body" | "عنوان" | "متن"

A time is a day, a month or a year; it stands in no place of the tree, but restricts all of the query.

Every text is a query: what does not fit the grammar is taken as words, and a `Problem` says which piece it was. The
text is cut into lexemes by one regular expression, brackets without a partner are dropped, and a recursive descent
reads the rest, so the time is linear and the depth bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, NamedTuple

from searchkit.errors import ArgumentError
from searchkit.query.tree import Any, Clause, Clauses, Node, Not, Phrase, Prefix, Word
from searchkit.results import Problem

MAX_LENGTH = 1_000
MAX_WORDS = 64
MAX_BRACKETS = 20
MAX_PREFIXES = 4
MIN_PREFIX = 2
_MAX_LIGATURES = 4
_LIGATURES = "\ufdfa\ufdfb"  # letters that are whole phrases, of up to four words

FIELD_NAMES = {"title": "title", "عنوان": "title", "body": "body", "متن": "body"}
_OR = {"OR", "یا", "يا"}  # the last with ARABIC LETTER YEH
_NOT = "NOT"
OPERATORS = frozenset({*_OR, _NOT})
"""Words that join others or exclude what follows."""

STRAY_MARKS = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
"""Marks of direction, byte-order marks and stray joiners come with pasted text; around words they are blanks."""
_INVISIBLE = r"\s" + STRAY_MARKS
_FIELD = f"(?ai:{'|'.join(FIELD_NAMES)})"  # case is that of ASCII: to Unicode the dotless ı of Turkish is an I as well
_OPERATOR = re.compile(rf'["«»“”()*{_LIGATURES}]|(?<![^{_INVISIBLE}])[+-]|{_FIELD}:|(?ai:date):')
_PHRASES = {"straight", "angled", "curly"}


class Parsed(NamedTuple):
    """What `parse` made of a text: its clauses, and what was not understood as written.

    `dates` are the times that documents must be of: "-" where they must not, from which day, month or year, to which;
    an empty text where one end is open.
    """

    clauses: Clauses
    problems: tuple[Problem, ...] = ()
    dates: tuple[tuple[str, str, str], ...] = ()


def parse(text: str) -> Parsed:
    """Read a query. Never raises; what cannot be read as written is taken as words and told in `problems`.

    Beyond 1,000 code points, 64 words, 20 brackets inside one another or 4 prefixes the query is cut, with a problem.

    >>> parse("tea -green").clauses.clauses  # doctest: +ELLIPSIS
    (Clause(node=Word(text='tea', ...), ...), Clause(node=Word(text='green', ...), sign='-', ...))
    >>> parse("(tea").problems
    (Problem(message='a bracket has no partner; it is left out', span=(0, 1)),)
    """
    plain = _plain_words(text)
    if plain is not None:
        return Parsed(Clauses(tuple([Clause(word) for word in plain])))
    problems: list[Problem] = []
    lexemes = _balanced(_lexemes(_few_ligatures(_shortened(text, problems), problems)), problems)
    parser = _Parser(lexemes, problems)
    clauses = parser.query()
    return Parsed(clauses, tuple(_merged(problems, text)), tuple(parser.dates))


def _plain_words(text: str) -> list[Word] | None:
    """Return the words of a text that is nothing but words, as most are; None for any other. It saves the grammar."""
    if len(text) > MAX_LENGTH or _OPERATOR.search(text):
        return None
    words, end = [], 0
    for written in text.split():
        if word := written.strip(STRAY_MARKS):
            start = text.index(word, end)
            end = start + len(word)
            words.append(Word(word, span=(start, end)))
    return words if len(words) <= MAX_WORDS and OPERATORS.isdisjoint([word.text for word in words]) else None


@cache
def _lexeme() -> re.Pattern[str]:
    """Return the pattern of lexemes, compiled for the first query that is more than words."""
    return re.compile(
        rf"""
         "(?P<straight>[^"]*)" | «(?P<angled>[^«»]*)» | “(?P<curly>[^“”]*)”
       | (?P<open>\() | (?P<close>\))
       | (?P<sign>[+-])(?=[^{_INVISIBLE}+\-)])
       | (?P<field>{_FIELD}):(?=[^{_INVISIBLE}:+\-)])
       | (?P<date>(?ai:date):[^{_INVISIBLE}"«»“”()]+)
       | (?P<quote>["«»“”])
       | (?P<word>[^{_INVISIBLE}"«»“”()][^\s"«»“”()]*)""",
        re.VERBOSE,
    )


class _Lexeme(NamedTuple):
    """A piece of the query: one of the groups of `_lexeme`, "phrase" for the three kinds of quotation, "or", "end"."""

    kind: str
    text: str
    start: int
    end: int


def _shortened(text: str, problems: list[Problem]) -> str:
    if len(text) <= MAX_LENGTH:
        return text
    cut = MAX_LENGTH
    if not text[cut].isspace():
        cut = max(text.rfind(blank, 0, cut) for blank in " \t\n")
        cut = cut if cut > 0 else MAX_LENGTH
    why = f"the query is longer than {MAX_LENGTH} characters; the rest is left out"
    problems.append(Problem(why, (cut, len(text))))
    return text[:cut]


def _few_ligatures(text: str, problems: list[Problem]) -> str:
    """Return the text with blanks for all but the first phrases that are one letter: their words are bounded too."""
    places = [at for at, char in enumerate(text) if char in _LIGATURES][_MAX_LIGATURES:]
    if not places:
        return text
    why = f"there are more than {_MAX_LIGATURES} phrases that are one letter; the rest is left out"
    problems.append(Problem(why, (places[0], places[-1] + 1)))
    kept = text[: places[0]]
    return kept + text[places[0] :].translate(dict.fromkeys(map(ord, _LIGATURES), " "))


def _lexemes(text: str) -> Iterable[_Lexeme]:
    kind, last = "open", 0
    for match in _lexeme().finditer(text):  # blanks match nothing and are passed over
        after_blank = kind in {"open", "sign", "field"} or match.start() > last
        kind = str(match.lastgroup)
        inner = match[kind].rstrip(STRAY_MARKS)
        if kind == "word" and inner in OPERATORS:
            kind = "or" if inner in _OR else "not"
        elif kind in _PHRASES:
            kind = "phrase"
        elif kind in {"sign", "field", "date"} and not after_blank:
            kind = "word"
        last = match.end()
        yield _Lexeme(kind, inner, match.start(), last)


def _balanced(lexemes: Iterable[_Lexeme], problems: list[Problem]) -> list[_Lexeme]:
    """Drop brackets that have no partner or lie too deep, and quotation marks that stand alone."""
    kept = list(lexemes)
    dropped: dict[int, str] = {}
    waiting: list[int] = []
    for number, lexeme in enumerate(kept):
        if lexeme.kind == "open":
            waiting.append(number)
        elif lexeme.kind == "close" and waiting:
            opening = waiting.pop()
            if len(waiting) >= MAX_BRACKETS:
                dropped[opening] = dropped[number] = f"more than {MAX_BRACKETS} brackets inside one another; left out"
        elif lexeme.kind == "close":
            dropped[number] = "a bracket has no partner; it is left out"
        elif lexeme.kind == "quote":
            dropped[number] = "a quotation mark has no partner; its words are taken one by one"
    dropped.update((number, "a bracket has no partner; it is left out") for number in waiting)
    problems.extend(Problem(why, (kept[number].start, kept[number].end)) for number, why in dropped.items())
    return [lexeme for number, lexeme in enumerate(kept) if number not in dropped]


@dataclass(slots=True)
class _Parser:
    """A recursive descent over lexemes whose brackets are balanced, one method a rule of the grammar."""

    lexemes: list[_Lexeme]
    problems: list[Problem]
    at: int = 0
    words: int = 0
    prefixes: int = 0
    dates: list[tuple[str, str, str]] = field(default_factory=list)

    def query(self, in_field: str | None = None) -> Clauses:
        clauses = []
        while self._kind() not in {"close", "end"}:
            clause = self._clause(in_field)
            if clause is not None:
                clauses.append(clause)
        return Clauses(tuple(clauses))

    def _clause(self, in_field: str | None) -> Clause | None:
        operands = [self._operand(in_field)]
        while self._kind() == "or" and operands[-1] is not None and self._starts_operand(self.at + 1):
            self.at += 1
            operands.append(self._operand(in_field))
        found = [operand for operand in operands if operand is not None]
        if len(found) < 2:
            return found[0] if found else None
        nodes = tuple(Not(clause.node) if clause.sign == "-" else clause.node for clause in found)
        return Clause(Any(nodes), "+" if any(clause.sign == "+" for clause in found) else "")

    def _starts_operand(self, at: int) -> bool:
        return at < len(self.lexemes) and self.lexemes[at].kind not in {"close", "or", "not"}

    def _operand(self, in_field: str | None) -> Clause | None:
        sign: Literal["", "+", "-"] = ""
        if self._kind() == "not" and self._starts_operand(self.at + 1):
            self._next()
            sign = "-"
        elif self._kind() == "sign":
            sign = "+" if self._next().text == "+" else "-"
        if self._kind() == "date" and (times := self._times(self.lexemes[self.at])):
            self._next()
            self.dates.append(("-" if sign == "-" else "", *times))
            return None
        if self._kind() == "field":
            in_field = FIELD_NAMES[self._next().text.lower()]
        node = self._primary(in_field)
        return None if node is None else Clause(node, sign)

    def _times(self, lexeme: _Lexeme) -> tuple[str, str] | None:
        """Return the first and the last time that `date:` asks for; None if they are none, and it is a word."""
        from searchkit.dates import period  # noqa: PLC0415 (few queries ask for a time)

        low, dots, high = lexeme.text.partition(":")[2].partition("..")
        try:
            read = [period(written) for written in (low, high) if written]
        except ArgumentError:
            read = []
        if not read:
            self._problem("no date such as 1403, 1403/02 or 1403/02..1403/05; it is taken as a word", lexeme)
            return None
        return low, high if dots else low

    def _primary(self, in_field: str | None) -> Node | None:
        if self._kind() in {"close", "end"}:
            return None  # what the sign or field stood before has been dropped
        lexeme = self._next()
        if lexeme.kind == "open":
            group = self.query(in_field)
            self._next()  # its partner
            return group if group.clauses else None
        if lexeme.kind == "phrase":
            words = tuple(Word(text, in_field) for text in self._counted(lexeme, lexeme.text.split()))
            return Phrase(words, in_field, span=(lexeme.start, lexeme.end)) if words else None
        if not self._counted(lexeme, [lexeme.text]):
            return None
        if "*" in lexeme.text:
            return self._prefix(lexeme, in_field)
        self._doubt(lexeme)
        return Word(lexeme.text, in_field, (lexeme.start, lexeme.start + len(lexeme.text)))

    def _prefix(self, lexeme: _Lexeme, in_field: str | None) -> Node:
        stem = lexeme.text.removesuffix("*")
        if "*" in stem or stem == lexeme.text:
            why = "* stands only at the end of a word"
        elif sum(char.isalnum() for char in stem) < MIN_PREFIX:
            why = f"* needs {MIN_PREFIX} letters before it"
        elif self.prefixes == MAX_PREFIXES:
            why = f"only {MAX_PREFIXES} words may end in *"
        else:
            self.prefixes += 1
            return Prefix(stem, in_field, (lexeme.start, lexeme.end))
        self._problem(f"{why}; it is taken as a word", lexeme)
        spaced = lexeme.text.replace("*", " ")
        text, start = spaced.strip() or "*", lexeme.start + len(spaced) - len(spaced.lstrip())
        return Word(text, in_field, (start, start + len(text)))

    def _counted(self, lexeme: _Lexeme, words: list[str]) -> list[str]:
        """Return as many of the words as the query may still have."""
        kept = words[: MAX_WORDS - self.words]
        self.words += len(kept)
        if len(kept) < len(words):
            self._problem(f"more than {MAX_WORDS} words; the rest is left out", lexeme)
        return kept

    def _doubt(self, word: _Lexeme) -> None:
        """Tell of a word that looks like an operator but does nothing."""
        if word.text == "OR":
            self._problem("OR stands between two words; it is taken as a word", word)
        elif word.text == _NOT:
            self._problem("NOT stands before a word; it is taken as a word", word)
        elif word.text[0] in "+-" and word.text.strip("+-"):
            self._problem("a word takes one sign; it is taken as a word", word)
        elif word.text[-1] == ":" and word.text[:-1].lower() in FIELD_NAMES:
            self._problem("a word must follow the colon at once; it is taken as a word", word)

    def _problem(self, message: str, at: _Lexeme) -> None:
        self.problems.append(Problem(message, (at.start, at.end)))

    def _kind(self) -> str:
        return self.lexemes[self.at].kind if self.at < len(self.lexemes) else "end"

    def _next(self) -> _Lexeme:
        self.at += 1
        return self.lexemes[self.at - 1]


def _merged(problems: list[Problem], text: str) -> Iterable[Problem]:
    """Order problems by place and make one of those that say the same with only blanks between."""
    last: Problem | None = None
    for problem in sorted(problems, key=lambda problem: problem.span):
        if last is None or problem.message != last.message or text[last.span[1] : problem.span[0]].strip():
            if last is not None:
                yield last
            last = problem
        else:
            last = last._replace(span=(last.span[0], max(last.span[1], problem.span[1])))
    if last is not None:
        yield last
