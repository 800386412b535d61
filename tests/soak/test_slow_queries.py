"""The slowest questions that the limits of a query let through, on a collection of news: how long is each answer?"""

from __future__ import annotations

import random
import time
from collections import Counter
from itertools import islice, product
from zlib import crc32

import pytest

from searchkit import Document, SearchIndex
from searchkit.engines.whoosh.searching.searcher import CACHE_BYTES
from tests.benchmarks.collections_data import DATA, Missing, open_collection

pytestmark = pytest.mark.soak
LIMIT = 0.2
"""Seconds of a processor that an answer may take."""

TIMES = 5
LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"


@pytest.fixture(scope="module")
def news(pytestconfig, tmp_path_factory):
    data = pytestconfig.getoption("--soak-data") or DATA
    try:
        collection = open_collection(data, "news_title")
        documents = list(collection.documents())
    except Missing as missing:
        pytest.skip(str(missing.message))
    with SearchIndex.open(tmp_path_factory.mktemp("news")) as index:
        index.add(documents)
        words = Counter(word for document in documents for word in document.body.split() if word.isalpha())
        yield index, [word for word, _ in words.most_common(2000)], [document.body for document in documents]


def hostile(common, bodies, chosen, count):
    """Yield questions that make an index work: each kind with the words that are in most documents, and at random."""
    prefixes = sorted(("".join(pair) for pair in product(LETTERS, repeat=2)), key=lambda each: _begins(common, each))
    prefixes = prefixes[::-1][:60]
    for number in range(count):
        top = common[:64] if number == 0 else chosen.sample(common[: 64 << number % 5], 64)
        some = prefixes[:4] if number == 0 else chosen.sample(prefixes, 4)
        begin = chosen.randrange(100)
        sentence = chosen.choice(bodies).split()[begin : begin + 64]
        yield "words", " ".join(top)
        yield "or", " OR ".join(top[:32])
        yield "and", " ".join(f"+{word}" for word in top)
        yield "prefixes", " ".join(f"{each}*" for each in some)
        yield "prefixes in or", " OR ".join(f"{each}*" for each in some) + " " + " ".join(top[:60])
        yield "a phrase", f'"{" ".join(top)}"'
        yield "phrases of two", " ".join(f'"{one} {other}"' for one, other in zip(top[::2], top[1::2], strict=True))
        yield "one word again and again", f'"{" ".join([top[0]] * 64)}"'
        yield "phrases of one pair", " ".join([f'"{top[0]} {top[1]}"'] * 32)
        yield "a sentence", f'"{" ".join(sentence)}"'
        yield "a sentence in words", " ".join(sentence)
        yield "brackets", "(" * 20 + " OR ".join(top[:20]) + ")" * 20
        nested = zip(top, top[1:], some * 15, strict=False)
        yield "or in and in or", " ".join(f"({one} OR (+{other} {each}*))" for one, other, each in nested)
        pairs = zip(top[::4], top[1::4], strict=True)
        yield "quotes in quotes", " ".join(f'"{one} «{other} "{one}» {other}"' for one, other in pairs)
        yield "without", f"{top[0]} " + " ".join(f"-{word}" for word in top[1:])
        yield "fields", " ".join(f"title:{one} body:{other}" for one, other in zip(top[::2], top[1::2], strict=True))
        yield "a long word", "".join(top)[:1000]
        yield "joined", "\u200c".join(top)[:1000]
        yield "digits", " ".join(str(chosen.randrange(10**12)) for _ in range(64))
        yield "dates", " ".join(f"{1380 + each}/{each % 12 + 1}/{each % 28 + 1}" for each in range(64))


def _begins(common, letters):
    return sum(word.startswith(letters) for word in common)


def seconds(index, query, match):
    """The time of an answer to a question that is new, the best of a few, of this process alone."""
    best = float("inf")
    searcher = index._engine.reader().searcher
    for _ in range(TIMES):
        searcher.cache = type(searcher.cache)(CACHE_BYTES)
        began = time.process_time()
        index.search(query, match=match)
        best = min(best, time.process_time() - began)
        if best < LIMIT / 4:
            break
    return best


def table(rows):
    print("\n  ms  match  kind: beginning of the query")
    for took, match, kind, query in sorted(rows, reverse=True)[:10]:
        print(f"{took * 1000:4.0f}  {match:5}  {kind}: {query[:60]}")


def test_no_answer_takes_long(news, seed, scale):
    index, common, bodies = news
    chosen = random.Random(seed)  # noqa: S311
    rows = []
    for kind, query in hostile(common, bodies, chosen, round(40 * scale) or 1):
        rows += [(seconds(index, query, match), match, kind, query) for match in ("auto", "all", "any")]
    table(rows)
    print(f"{len(rows)} answers")
    assert max(rows)[0] < LIMIT


def of_one_sum(count):
    """Yield words that begin alike and share a CRC-32; it is linear, so changes that cancel out are solved for."""
    base, changes, basis, cancelling = b"a" * 32, list(product(range(2, 32), (2, 4, 8))), {}, []
    for number, (place, bit) in enumerate(changes):
        word = bytearray(base)
        word[place] ^= bit  # a letter again
        sum_, used = crc32(word) ^ crc32(base), 1 << number
        while sum_ and sum_.bit_length() in basis:
            sum_, used = (one ^ other for one, other in zip((sum_, used), basis[sum_.bit_length()], strict=True))
        if sum_:
            basis[sum_.bit_length()] = sum_, used
        else:
            cancelling.append(used)
    for number in range(count):
        used = 0
        for at, each in enumerate(cancelling):
            used ^= each * (number >> at & 1)
        word = bytearray(base)
        for at, (place, bit) in enumerate(changes):
            word[place] ^= bit * (used >> at & 1)
        assert crc32(word) == crc32(base)
        yield word.decode()


@pytest.mark.parametrize("kind", ["of one checksum", "that begin alike"])
def test_the_time_of_a_prefix_with_many_words(tmp_path, kind, scale):
    """Measured, and held to no limit."""
    count = round((40_000 if kind == "of one checksum" else 400_000) * scale)
    if kind == "of one checksum":
        words, prefix = list(of_one_sum(count)), "aa*"
    else:
        words, prefix = ["با" + "".join(each) for each in islice(product(LETTERS, repeat=5), count)], "با*"
    with SearchIndex.open(tmp_path) as index:
        index.add([Document(id="1", body=" ".join(words))])
        took = seconds(index, prefix, "auto")
        print(f"\n{count} words {kind}, {index.info().terms} terms: {prefix} takes {took * 1000:.0f} ms")
