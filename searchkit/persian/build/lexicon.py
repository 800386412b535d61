"""Where does the lexicon come from? Archives of four packages in, `data/lexicon.bin` out.

Run `python -m searchkit.persian.build.lexicon HAZM DICTIONARY_FA PERSIAN_STEMMER SHEKAR` with the archives that NOTICE
names. The same archives give the same words, in the same order.

The file: a line of rows (first letter, start, end; tabs between, a vertical tab after each but the last), then for
each letter at its place, by zstd, its words in groups of those with the same three first letters: these, a vertical
tab, a line feed, and a line for each word, sorted: its other letters, a tab, and a byte, the bits of its kind (which
are those of no tab or line feed). A vertical tab stands between groups. Letters are in UTF-8.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import click
import zstandard

from searchkit.persian.morphology.lexicon import ADJECTIVE, BASE, BEGINNING, COMMON, HEAD, LEXICON_FILE, SURE
from searchkit.persian.text.chars import ZWNJ
from searchkit.persian.text.fold import fold, rows

_HAZM = ("hazm/data/words.dat", "525c9b32914b98e50dab27fbd4f79c1067c898668812de095b8cdd81cc52b0ef")
_LILAK = ("package/index.dic", "55a77ef8cf69e89faff627b72ec94f78bed72cca9a0f5ab216bf4d1e90d89b75")
_STEMMER = (
    "persianstemmer-1.0.0/PersianStemmer/data/Dictionary.fa",
    "6ad5ab0217da6c35ed8d0e7101e1d739657af1d7093390e51cbea5124c4ad5d9",
)
_SHEKAR = ("shekar/data/files/vocab.csv", "c18611d53f6bb04c5ac9938d089b6848b6a52ae69fa6007665b4728c31c9ea7e")

_TAKES_PLURAL = frozenset({"sd", "sg"})
_TAKES_COMPARATIVE = frozenset({"st", "su"})
_ENDINGS = ("ی", "یی", "ان", "ین", "ون", "ات", "م", "ت", "ش")
_SURNAMES = {"ا": ("یی", "ییان"), "و": ("یی", "ییان"), "ه": (), "ی": ("", "ان")}
"""What is put to a first name by its last letter; ی and ان, if it is another one."""
_ALSO_WORD = "man, word"
_ORDINALS = "یکمین پنجمین شانزدهمین هفتادمین هشتادمین هزارمین میلیاردمین".split()  # that hazm lists
_LONG = 4
"""Letters of the shortest stem of a verb that is taken for a word."""
_LEVEL = 19  # of zstd, 1 to 22
_OWN, _OWN_QUALITY = 0.3, 1.0
"""How often a word in ی must be met beside the noun, or the adjective, before its ی to be a word of its own."""
_COUNTED = 1000
"""How often at the least: less says nothing."""
_NOT_OWN = frozenset({"چیزی", "هرچیزی", "هرکسی", "یکسری", "بسیاری", "چشمگیری", "خللی", "رمقی", "برسی"})
"""Words in ی that are often met, too, but mean the word before it, or are a verb."""
_LETTERS = frozenset("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")


class _Lists(NamedTuple):
    """What the packages list.

    Attributes:
        heads: The dictionary forms of hazm.
        adjectives: Those of them that it calls adjectives, among other things.
        particles: Those of them that are conjunctions, determiners or postpositions, and nothing that takes endings.
        inflected: What hazm lists as a plural or without a part of speech.
        countable: What takes a plural in dictionary-fa.
        uncountable: What takes endings there, but no plural.
        gradable: What takes تر there.
        stems: The stems of PersianStemmer.
        whole: What tables of ours list as no form of another word: `data/whole.tsv`, names with their surnames.
        regular: Superlatives and ordinal numbers, which dictionaries list: بهترین of بهتر, پنجمین of پنجم.
        bare: The present stems of verbs that are long enough to stand before the endings of nouns: نویس in نویسی.
        own: Words in ی that are as common as is what stands before it: of relation, of a quality, of a trade, names.
        digits: How many digits the counts of words in shekar have.
    """

    heads: set[str]
    adjectives: set[str]
    particles: set[str]
    inflected: set[str]
    countable: set[str]
    uncountable: set[str]
    gradable: set[str]
    stems: set[str]
    whole: set[str]
    regular: set[str]
    bare: set[str]
    own: set[str]
    digits: dict[str, int]


@click.command()
@click.argument("archives", nargs=4, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(archives: tuple[Path, Path, Path, Path]) -> None:
    """Build the lexicon from hazm, dictionary-fa, PersianStemmer and shekar, in this order."""
    hazm, lilak, stemmer, shekar = (
        _read(archive, *member) for archive, member in zip(archives, (_HAZM, _LILAK, _STEMMER, _SHEKAR), strict=True)
    )
    stems = {_key(line) for line in stemmer}
    nouns, affixed = _hazm(hazm), _lilak(lilak)
    regular = _regular(nouns[0], affixed[2])
    counts = _counts(shekar)
    own = _own(counts, nouns[0] | affixed[0], affixed[2])
    digits = {word: len(str(count)) for word, count in counts.items()}
    lists = _Lists(*nouns, *affixed, stems, _whole(), regular, _bare(), own, digits)
    words = sorted(set().union(*lists[:-1]))
    kinds = {word: _kind(word, lists) for word in words if word and _LETTERS.issuperset(word)}
    LEXICON_FILE.write_bytes(_pack(kinds))
    click.echo(f"{LEXICON_FILE}: {len(kinds)} words, {LEXICON_FILE.stat().st_size} bytes")


def _read(archive: Path, member: str, digest: str) -> Iterable[str]:
    content = archive.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise click.ClickException(f"{archive} is not the archive expected: get the version that NOTICE names")
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            return packed.read(member).decode().splitlines()
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        file = packed.extractfile(member)
        return file.read().decode().splitlines() if file else []


def _key(written: str) -> str:
    return fold(written.strip()).replace(ZWNJ, "")


def _hazm(lines: Iterable[str]) -> tuple[set[str], set[str], set[str], set[str]]:
    """Return the dictionary forms, the adjectives and the particles among them, and all other words."""
    heads: set[str] = set()
    adjectives: set[str] = set()
    particles: set[str] = set()
    others: set[str] = set()
    for written, _, tags in (line.split("\t") for line in lines):
        found = set(tags.split(","))
        word = _key(written)
        (others if found & {"0", "PL"} else heads).add(word)
        if "AJ" in found:
            adjectives.add(word)
        if found & {"CONJ", "DET", "POSTP"} and found.isdisjoint({"N", "AJ", "PRO", "NUM"}):
            particles.add(word)
    return heads, adjectives, particles, others


def _regular(heads: set[str], gradable: set[str]) -> set[str]:
    """Return the superlatives and ordinal numbers in ین that have no meaning of their own."""
    superlatives = (word for word in heads if word.endswith("ترین"))
    regular = {word for word in superlatives if word[:-4] in gradable}
    return regular | {_key(word) for word in _ORDINALS}


def _lilak(lines: Iterable[str]) -> tuple[set[str], set[str], set[str]]:
    """Return the words that take a plural, those that take endings but no plural, and those that take تر."""
    countable: set[str] = set()
    others: set[str] = set()
    gradable: set[str] = set()
    for written, _, classes in (line.strip().partition("/") for line in lines):
        found = {classes[at : at + 2] for at in range(0, len(classes), 2)}
        if found:
            (countable if found & _TAKES_PLURAL else others).add(_key(written))
        if found & _TAKES_COMPARATIVE:
            gradable.add(_key(written))
    return countable, others - countable, gradable


def _whole() -> set[str]:
    """Return words that are no forms of others: by themselves, first names, and the surnames made of those of men.

    A first name that is a word as well has a plural in ان; of one that is not, what ends so is a surname, too.
    """
    words = {_key(word) for word, _ in rows("whole.tsv")}
    for written, kind, _ in rows("names.tsv"):
        name = _key(written)
        words.add(name)
        endings = _SURNAMES.get(name[-1], ("ی", "ان")) if kind != "woman" else ()
        words |= {name + ending for ending in (endings[:1] if kind == _ALSO_WORD else endings)}
    return words


def _bare() -> set[str]:
    """Return the present stems of verbs without preverbs."""
    stems = (_key(present) for preverb, _, present, *_ in rows("verbs.tsv") if not preverb)
    return {stem for stem in stems if len(stem) >= _LONG and stem[-1] != "ی"}


def _counts(lines: Iterable[str]) -> dict[str, int]:
    """Return how often words were met."""
    found: dict[str, int] = {}
    for written, _, count in (line.rpartition(",") for line in lines):
        if count.isdecimal():
            word = _key(written)
            found[word] = max(found.get(word, 0), int(count))
    return found


def _own(counts: dict[str, int], nouns: set[str], gradable: set[str]) -> set[str]:
    """Return the words in ی that are more than a form of the word before it: اسلامی beside اسلام, but not راهی.

    "A certain" and "you are" take a ی seldom, relation and trades make it part of another word. After ا and و one ی
    may be that of the ezafe, so there it must be two.
    """
    found = set()
    for word, count in counts.items():
        base = word[:-2] if word[-3:-1] in {"ای", "وی"} else word[:-1]
        if word[-1] == "ی" and count >= _COUNTED and base in nouns and (base[-1:] not in "او" or base == word[:-2]):
            share = _OWN_QUALITY if base in gradable else _OWN
            if len(base) > 1 and count >= share * counts.get(base, count):
                found.add(word)
    return found - _NOT_OWN


def _kind(word: str, lists: _Lists) -> int:
    """Return the kind of a word.

    Dictionaries list plurals, too. What dictionary-fa gives no plural ending is taken as one, where no list of stems
    says otherwise; a comparative likewise, and what only one of two dictionaries lists and ends as an inflected form of
    a listed stem does, unless its ی makes another word. The list of stems alone makes no word sure: it has verb forms
    and spoken ones, خوبه.
    """
    affixed = word in lists.countable or word in lists.uncountable
    stem = word in lists.stems
    if word in lists.particles:
        return HEAD | SURE | lists.digits.get(word, 0) << COMMON
    digits = lists.digits.get(word, 0)
    common = digits << COMMON
    own = HEAD | ADJECTIVE if word in lists.own else 0
    if word in lists.whole:
        return BASE | HEAD | SURE | common | (ADJECTIVE if word in lists.gradable and word[-1] != "ی" else 0)
    if word in lists.regular:
        return BASE | common
    if not (stem or word in lists.heads or word in lists.countable):
        agent = word in lists.bare and word[:-2] not in lists.gradable  # آگاهان is of آگاه
        return BASE | common | own | (HEAD if agent else 0)
    sure = word in lists.heads or (stem and affixed)
    if not stem and _inflected(word, lists):
        return BASE | common | own
    noun = lists.digits.get(word[:-1], 0)
    relational = word[-1] == "ی" and word in lists.adjectives and noun > digits
    adjective = word in lists.gradable or relational
    return BASE | HEAD | common | (SURE if sure else 0) | (ADJECTIVE if adjective else 0)


def _inflected(word: str, lists: _Lists) -> bool:
    """Tell whether a word that is no stem looks like an inflected form of one."""
    lone = (word in lists.heads) != (word in lists.countable) and any(
        word.endswith(ending) and word[: -len(ending)] in lists.stems for ending in _ENDINGS
    )
    if word in lists.gradable and not word.endswith("یی"):
        return False
    return lone or word in lists.uncountable or (word[-2:] == "تر" and word[:-2] in lists.gradable)


def _pack(kinds: dict[str, int]) -> bytes:
    rows, contents, end = [], [], 0
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    for letter, words in groupby(sorted(kinds), key=itemgetter(0)):
        content = compressor.compress(b"\v".join(_groups(words, kinds)))
        start, end = end, end + len(content)
        rows.append(f"{letter}\t{start}\t{end}")
        contents.append(content)
    return "\v".join(rows).encode() + b"\n" + b"".join(contents)


def _groups(words: Iterable[str], kinds: dict[str, int]) -> Iterator[bytes]:
    """Yield what the words of each group begin with, and their lines."""
    written = ((word.encode(), bytes((kinds[word],))) for word in words)
    for beginning, members in groupby(written, key=lambda member: member[0][:BEGINNING]):
        yield beginning
        yield b"\n" + b"".join(word[BEGINNING:] + b"\t" + kind + b"\n" for word, kind in members)


if __name__ == "__main__":
    main()
