r"""Which words guard the analyzer, and what are their terms now? Writes `golden_terms.tsv`, for `test_golden.py`.

Run `python tests/persian/make_golden.py` after the tables or the rules have changed on purpose. Words come from the
project's own data, and by its rules from those; the same data gives the same words.

The first line names the fingerprint of the analyzer. Each other line is a written form and its terms: a space between
those of one word, a bar between words. What a reader could take for something else is escaped: `\u200c`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, product, zip_longest
from pathlib import Path

from searchkit import Document, load
from searchkit.persian import Analyzer
from searchkit.persian.build.verb_beginnings import beginnings
from searchkit.persian.morphology.lexicon import COMMON, HEAD, SURE, expect_many, words_from
from searchkit.persian.morphology.verbs import conjugation, read_verb
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import DATA, rows

GOLDEN = Path(__file__).with_name("golden_terms.tsv")

_TESTS = Path(__file__).parents[1]
_WORDS = 2000
_PLAIN = "آأؤئابتثجحخدذرزسشصضطظعغفقلمنهوپچژکگی۰۱۲۳۴۵۶۷۸۹،؛؟"
_ESCAPED = re.compile(rf"[^ -\[\]-~{_PLAIN}]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4,6})")
_DIGITS = ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669"]
_NUMBERS = "7 12 1402 12,000 1,234,567.5 12,00 3/14 1402/1403 3.11.2 3.14 007".split()
_AFTER = ("ای", "ام", "ها")
_DATES = "1403/2/15 15/2/1403 1403-02-15 2024-05-04 2024.5.4 1403/13/1 2023-02-29 1403/2/15/1".split()


def escaped(text: str) -> str:
    """Return a text with all that is no plain Persian letter, nor ASCII, as `\\u` and its number."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def unescaped(text: str) -> str:
    """Return what was escaped."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def terms_of(written: str, analyzer: Analyzer) -> str:
    """Return the terms of a written form as the file has them."""
    return escaped(" | ".join(" ".join(token.terms) for token in analyzer.analyze(written)))


def read(path: Path = GOLDEN) -> tuple[str, dict[str, str]]:
    """Return the fingerprint that a file was made with, and the terms by written form, these unescaped."""
    first, *lines = path.read_text("utf-8").splitlines()
    return first.partition(" ")[2], {unescaped(form): terms for form, terms in (line.split("\t") for line in lines)}


def changed(known: dict[str, str], analyzer: Analyzer) -> dict[str, tuple[str, str]]:
    """Return the terms that were and are now, by escaped form, of those written forms where these differ."""
    now = {form: terms_of(form, analyzer) for form in known}
    return {escaped(form): (terms, now[form]) for form, terms in known.items() if terms != now[form]}


def main() -> None:
    """Write the file, unless that would hide that terms have changed under the same fingerprint."""
    analyzer = Analyzer()
    if GOLDEN.exists():
        fingerprint, known = read()
        if fingerprint == analyzer.fingerprint and changed(known, analyzer):
            raise SystemExit("terms changed under the same fingerprint: raise _RULES (analyzer.py) first")
    lines = [f"fingerprint {analyzer.fingerprint}"]
    lines += [f"{escaped(form)}\t{terms_of(form, analyzer)}" for form in sorted(_chosen())]
    GOLDEN.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def _chosen() -> set[str]:
    """Return the written forms, as many of each kind as there is room for once the small kinds are in."""
    every = (_of_pairs, _of_tables, _folded, _spelled, _nouns, _verbs, _numbers, _foreign, _of_samples, _close_calls)
    kinds = sorted((list(dict.fromkeys(kind())) for kind in every), key=len)
    chosen: set[str] = set()
    for number, kind in enumerate(kinds):
        room = (_WORDS - len(chosen)) // (len(kinds) - number)
        chosen.update(_some([form for form in kind if form not in chosen], room))
    return chosen


def _some(every: Sequence[str], count: int) -> list[str]:
    """Return so many of them, evenly spread."""
    return [every[at * len(every) // count] for at in range(count)] if count < len(every) else list(every)


def _of_pairs() -> Iterator[str]:
    """Yield the words and phrases of the pairs that match or do not, longer texts cut."""
    for line in (_TESTS / "matching_pairs.tsv").read_text("utf-8").splitlines()[1:]:
        _, query, text, *_ = line.split("\t")
        yield from (query, *([text] if len(text.split()) < 4 else text.split()))


def _of_tables() -> Iterator[str]:
    """Yield the words of the tables of words, each table in turn."""
    names = ("variants.tsv", "informal.tsv", "plurals.tsv", "verb_forms.tsv")
    yield from _in_turn([row[0] for row in rows(name)] for name in names)
    yield from _in_turn([row[1] for row in rows(name)] for name in names[:3])


def _folded() -> Iterator[str]:
    """Yield words with each character of the table of folding inside, at the end and between two words."""
    for code, *_ in rows("folding.tsv"):
        character = chr(int(code, 16))
        yield from (f"کتا{character}ب", f"خانه{character}", f"نامه{character}ها")


def _spelled() -> Iterator[str]:
    """Yield words in presentation forms, decomposed, with vowels, with tatweel, drawn out, and in Arabic letters."""
    forms: dict[tuple[str, str], str] = {}
    for code in chain(range(0xFB50, 0xFDF0), range(0xFE70, 0xFEFD)):
        kind, _, plain = unicodedata.decomposition(chr(code)).partition(" ")
        forms.setdefault((plain, kind), chr(code))
    marks = [chr(code) for code in range(0x64B, 0x653)]
    arabic = str.maketrans("یکه", "\u064a\u0643\u06c1")
    for at, (word, *_) in enumerate(rows("variants.tsv")):
        last = len(word) - 1
        ligature = [
            forms.get(
                (f"{ord(each):04X}", "<initial>" if not place else "<final>" if place == last else "<medial>"), each
            )
            for place, each in enumerate(word)
        ]
        yield "".join(ligature)
        yield unicodedata.normalize("NFD", word)
        yield word[:2] + marks[at % len(marks)] + word[2:]
        yield word[:1] + "\u0640" * 2 + word[1:]
        yield word + word[-1] * 3
        yield word.translate(arabic)


def _nouns() -> Iterator[str]:
    """Yield each ending of nouns and adjectives, and what may follow it, joined, after a half-space and a space."""
    nouns = [singular for _, singular, _ in rows("plurals.tsv")]
    table = rows("endings.tsv")
    for at, (_, ending, put_back, after, _, _, then, _) in enumerate(table):
        fitting = [noun for noun in nouns if noun.endswith(put_back) and noun[-1] in (after or noun)]
        tails = ["", *(row[1] for row in table if then and row[0] == then)]
        for more, tail in enumerate(tails):
            noun = fitting[(7 * at + more) % len(fitting)]
            stem = noun.removesuffix(put_back)
            yield stem + ending + tail
            if not more or more % 4 == at % 4:
                yield from (noun + ZWNJ + ending + tail, f"{noun} {ending}{tail}")


def _verbs() -> Iterator[str]:
    """Yield forms of verbs: of each kind of beginnings some, each with an ending; those with می in three ways."""
    by_kind: dict[int, list[str]] = {}
    for spelling, starts in beginnings().items():
        for _, kind, *_ in starts:
            by_kind.setdefault(kind, []).append(spelling)
    tables = conjugation().endings
    forms = [
        [start + ending for start, ending in zip(_some(starts, 60), _some(list(tables[kind]) * 60, 60), strict=False)]
        for kind, starts in sorted(by_kind.items())
    ]
    for form in _in_turn(forms):
        yield form
        prefix = next((prefix for prefix in ("نمی", "می") if prefix in form[:6]), None)
        if prefix:
            before, _, after = form.partition(prefix)
            yield from (
                before + prefix + ZWNJ + after,
                f"{before} {prefix} {after}".strip(),
                f"{before}{prefix} {after}",
            )
    for (preverb, past, *_), person in zip(rows("verbs.tsv")[::10], "م ی د یم ید ند".split() * 9, strict=False):
        yield from (f"{preverb}خواه{person}{past}", f"{preverb}نخواه{person}{ZWNJ}{past}", f"{preverb}{past}ه{ZWNJ}ام")


def _numbers() -> Iterator[str]:
    """Yield numbers and dates in the digits of three scripts, and dates in words."""
    for (number, digits), part in product(product(_NUMBERS + _DATES, _DIGITS), ("", "کتاب")):
        yield part + number.translate(str.maketrans(_DIGITS[0], digits))
    for at, (calendar, _, name, _) in enumerate(rows("months.tsv")):
        day, year = at % 29 + 1, (1403 if calendar == "jalali" else 2024) - at
        dates = (
            f"{day} {name} {year}",
            f"{name}، {year}",
            f"{name} {day}, {year}",
            f"{day} {name}{ZWNJ}ماه سال {year}",
        )
        yield from (dates[at % 4], dates[(at + 1) % 4], name)


def _foreign() -> Iterator[str]:
    """Yield words of the Latin script from the tables' sources, with endings of English and beside Persian."""
    texts = chain.from_iterable(rows(path.name) for path in sorted(DATA.glob("*.tsv")))
    words = sorted({word for row in texts for word in re.findall("[A-Za-z]{3,}", row[-1])})
    for at, word in enumerate(_some(words, 60)):
        yield from (word, word.lower() + ("ing", "s", "ed", "'s", "\u2019s", "ies")[at % 6], f"{word}ها")
    yield from ("Caf\u00e9", "\uff28\uff49", "\u041f\u0440\u0438\u0432\u0435\u0442", "\u4e2d\u56fd", "\u03b1\u03b2")


def _of_samples() -> Iterator[str]:
    """Yield what stands between white space in the sample documents and topics."""
    folder = _TESTS.parent / "samples"
    topics = (folder / "topics.tsv").read_text("utf-8")
    documents = [each for each in load([folder / "documents"]) if isinstance(each, Document)]
    for text in [topics, *sorted(each.body for each in documents)]:
        yield from (word for word in text.split() if not word.isascii() and len(word) < 40)


def _close_calls() -> Iterator[str]:
    """Yield words of the lexicon, and forms of them, on both sides of where a rule is sure enough."""
    lexicon = _lexicon()
    sure = {word: kind >> COMMON for word, kind in lexicon.items() if kind & SURE}
    verbal = [word for word in lexicon if read_verb(word)]
    yield from _in_turn(
        [
            _by(verbal, lambda word: (lexicon[word] & (HEAD | SURE), word[-1]), 2),
            _by((word for word, kind in lexicon.items() if not kind & HEAD), lambda word: (word[-2:], len(word)), 1)[
                :400
            ],
            [word + ending for word in _by(sure, lambda word: (min(len(word), 5), sure[word]), 3) for ending in "اوهم"],
            _by((word for word in sure if word[-1] == "ی" and word[:-1] in sure), len, 6),
            [word[:-1] + "ن" for word in _by((word for word in sure if word[-1] == "ا"), len, 4)],
            [word.replace("ان", "ون") for word in _by((word for word in sure if word[1:-1].count("ان")), len, 4)],
            [
                f"{word[1:]} {ending}"
                for word in _by((word for word in sure if word[-1] == "ه"), len, 2)
                for ending in _AFTER
            ],
            _by((word for word in sure if len(word) == 2), lambda word: sure[word], 2),
        ]
    )


def _lexicon() -> dict[str, int]:
    """Return the words of the lexicon and the bits of their kinds, in order."""
    expect_many()
    words = chain.from_iterable(dict(words_from(letter)).items() for letter in "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")
    return dict(sorted(words))


def _by(words: Iterable[str], kind: Callable[[str], object], count: int) -> list[str]:
    """Return so many words of each kind, evenly spread."""
    kinds: dict[object, list[str]] = {}
    for word in words:
        kinds.setdefault(kind(word), []).append(word)
    return [word for each in kinds.values() for word in _some(each, count)]


def _in_turn(lists: Iterable[Sequence[str]]) -> Iterator[str]:
    return (word for several in zip_longest(*lists) for word in several if word is not None)


if __name__ == "__main__":
    main()
