"""What is kept apart that folding makes alike: where it is asked for, and in the order of answers where it is not."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit import Document, Ranking, SearchIndex
from searchkit.query.negation import is_negated

ALEFS = ["استان", "آستان"]
BODIES = {"plain": "استان بود", "madda": "آستان بود", "denied": "باغ و بوستان و درخت نبود"}
LINES = "\n".join(json.dumps({"id": id_, "body": body}, ensure_ascii=False) for id_, body in BODIES.items())
KASRA, DAMMA, TASHDID, FATHATAN = "\u0650", "\u064f", "\u0651", "\u064b"


def open_with(folder, *bodies):
    index = SearchIndex.open(folder)
    index.add(Document(id=body, body=body) for body in bodies)
    return index


def found(index, query, **options):
    return [id_ for id_, _ in index.rank(query, limit=50, **options)]


@pytest.mark.parametrize(
    ("query", "meets", "not_meets"),
    [
        # an alef with madda and one without, at the beginning and inside, both ways
        ("استان", ["استان", "استان فارس", "استانِ فارس"], ["آستان", "آستان قدس", "آستانِ قدس"]),
        ("آستان", ["آستان", "آستانِ قدس", "ا\u0653ستان", "\ufe81ستان", "آ\u0640ستان"], ["استان"]),
        ("ا\u0653ستان", ["آستان"], ["استان"]),
        ("قرآن", ["قرآن", "قرآنِ کریم"], ["قران"]),
        ("قران", ["قران"], ["قرآن"]),
        ("ان", ["ان"], ["آن"]),
        # other forms of a word
        ("استان", ["استان\u200cها", "استان ها", "استانهای"], ["آستان\u200cها", "آستان ها", "آستانهای"]),
        ("آستان\u200cها", ["آستان", "آستان ها"], ["استان", "استان\u200cها"]),
        ("استان\u200cها", ["استان"], ["آستان", "آستان\u200cهای"]),
        ("آمد", ["آمدم", "می\u200cآید", "می آیند"], ["امد", "امدم"]),
        ("امد", ["امدم"], ["آمد", "می\u200cآید"]),
        ("کتاب", ["کتاب", "کتاب\u200cهای", "کتابِ"], ["آستان"]),
        # words that are made of it, and compounds, where it is not told which part a sign stands in
        ("استان", [], ["آستانی", "آستان\u200cقدس"]),
        # the seat of a hamza, where one was typed
        ("مؤمن", ["مؤمن", "مؤمنان", "مو\u0654من"], ["مومن"]),
        ("مومن", ["مومن", "مؤمن"], []),
        ("مسأله", ["مسأله"], ["مسئله", "مساله"]),
        ("مسئله", ["مسئله", "مسی\u0654له"], ["مسأله", "مساله"]),
        ("مساله", ["مساله", "مسأله", "مسئله"], []),
        ("رأی", ["رأی"], ["رای"]),
        ("رای", ["رای", "رأی"], []),
        ("مسئول", ["مسئول", "مسئولان"], ["مسؤول", "مسوول"]),
        ("مسؤول", ["مسؤول"], ["مسئول", "مسوول"]),
        ("إيمان", ["إیمان"], ["ایمان", "أیمان"]),
        ("جزء", ["جزء"], ["جز"]),
        ("ابتدا", ["ابتدا", "ابتداء"], []),
        # vowel signs, where they were typed
        (f"م{KASRA}هر", [f"م{KASRA}هر", f"م{KASRA}هر{KASRA}"], [f"م{DAMMA}هر", "مهر", f"مه{KASRA}ر"]),
        ("مهر", [f"م{KASRA}هر", f"م{DAMMA}هر", "مهر"], []),
        (f"ع{KASRA}لم", [f"ع{KASRA}لم"], ["عَلم", "علم"]),
        ("بنّا", ["بنّا", f"بن{TASHDID}َا", f"بنَ{TASHDID}ا"], ["بنا", "بناّ"]),
        (f"مثلا{FATHATAN}", [f"مثلا{FATHATAN}"], ["مثلا"]),
        # letters that are folded, and spacing, make no difference
        ("كتابي", ["کتابی"], []),
        ("آب میوه", ["آب میوه", "آب\u200cمیوه", "آبمیوه"], ["اب میوه", "ابمیوه"]),
        ("آبمیوه", ["آبمیوه", "آب میوه"], ["ابمیوه", "اب میوه"]),
        ("ابمیوه", ["ابمیوه"], ["آبمیوه", "آب میوه"]),
        # what is quoted
        ('"آستان قدس"', ["در آستان قدس"], ["در استان قدس", "استان آستان و قدس"]),
        ('"استان قدس"', ["در استان قدس"], ["در آستان قدس", "استان آستان قدس"]),
        ('"آب میوه"', ["آب میوه", "آبمیوه"], ["اب میوه", "ابمیوه"]),
        ('"مسئله"', ["مسئله"], ["مسأله", "مساله"]),
        # several words, signs of the query, fields
        ("آستان تهران", ["آستان تهران"], ["استان تهران", "تهران"]),
        ("+آستان تهران", ["آستان تهران"], ["استان تهران"]),
        ("تهران -آستان", ["استان تهران"], ["آستان تهران"]),
        ("تهران -استان", ["آستان تهران"], ["استان تهران", "آستان استان تهران"]),
        ("body:آستان", ["آستان"], ["استان"]),
        ("آستان OR قرآن", ["آستان", "قرآن"], ["استان", "قران"]),
        ("استان", ["استان و آستان"], []),
        ("آستان", ["استان و آستان"], []),
    ],
    ids=str,
)
def test_exact_keeps_what_was_typed(query, meets, not_meets, tmp_path):
    bodies = [*meets, *not_meets, "چیز دیگر"]
    with open_with(tmp_path, *bodies) as index:
        assert set(found(index, query, exact=True, match="all")) == {*meets}


WORDS = ["استان", "آستان", "قران", "قرآن", "مومن", "مؤمن", "مهر", f"م{KASRA}هر", f"م{DAMMA}هر", "باغ"]
MEETS = {word: {word} for word in WORDS}
MEETS["مومن"] |= {"مؤمن"}
MEETS["مهر"] |= {f"م{KASRA}هر", f"م{DAMMA}هر"}
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=8)


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(WORDS), st.sampled_from(WORDS), st.sets(st.integers(0, 7)))
def test_exact_is_what_a_reader_finds(first, second, word, other, deleted):
    texts = [*first, *second]
    with tempfile.TemporaryDirectory() as folder, SearchIndex.open(folder) as index:
        for number, texts_of in ((0, first), (len(first), second)):  # of two commits
            index.add(Document(id=str(at), body=" ".join(words)) for at, words in enumerate(texts_of, number))
        index.delete([str(at) for at in deleted if at < len(texts)])
        left = {str(at): words for at, words in enumerate(texts) if at not in deleted}
        held = {id_ for id_, words in left.items() if not MEETS[word].isdisjoint(words)}
        assert set(found(index, word, exact=True)) == held
        assert set(found(index, f'"{word}"', exact=True)) == held
        pairs = {
            id_
            for id_, words in left.items()
            if any(one in MEETS[word] and two in MEETS[other] for one, two in pairwise(words))
        }
        assert set(found(index, f'"{word} {other}"', exact=True, match="all")) == pairs
        for hit in index.search(word, exact=True, limit=50):
            marked = [hit.snippets[0].text[start:end] for start, end in hit.snippets[0].marks]
            assert marked == [each for each in left[hit.id] if each in MEETS[word]]


@pytest.mark.parametrize(
    ("query", "marked", "exact"),
    [
        ("استان", ["استان"], True),
        ("آستان", ["آستان"], True),
        ("استان", ["استان", "آستان"], False),
        (f"م{KASRA}هر", [f"م{KASRA}هر"], True),
        ("مهر", ["مهر", f"م{KASRA}هر"], True),
        ('"آستان"', ["آستان"], True),
    ],
)
def test_a_snippet_marks_what_answers(query, marked, exact, tmp_path):
    with open_with(tmp_path, f"استان و آستان، مهر و م{KASRA}هر") as index:
        (hit,) = index.search(query, exact=exact)
        (snippet,) = hit.snippets
        assert [snippet.text[start:end] for start, end in snippet.marks] == marked


@pytest.mark.parametrize(
    "words",
    [
        ALEFS,
        ["قران", "قرآن"],
        ["مسأله", "مساله", "مسئله"],
        ["مؤمن", "مومن"],
        ["مِهر", "مُهر"],
        ["استان\u200cها", "آستان\u200cها"],
    ],
    ids=str,
)
@pytest.mark.parametrize("backwards", [False, True])
def test_what_is_written_as_it_was_typed_comes_first(words, backwards, tmp_path):
    bodies = [f"در {word} بود" for word in words]
    with open_with(tmp_path, *(bodies[::-1] if backwards else bodies)) as index:
        for word, body in zip(words, bodies, strict=True):
            if word not in ("مساله", "مومن"):  # who types no hamza does not say that there is none
                for options in ({}, {"match": "all"}, {"match": "any"}):
                    answers = found(index, word, **options)
                    assert answers[0] == body
                    assert set(answers) == set(bodies)
                assert found(index, f'"{word}"', match="all")[0] == body


def test_a_ranking_may_make_no_difference_of_signs(tmp_path):
    open_with(tmp_path, *ALEFS).close()
    with SearchIndex.open(tmp_path, ranking=Ranking(signs=1)) as index:
        scores = dict(index.rank("آستان"))
        assert scores["استان"] == scores["آستان"]


def test_scores_of_exact_answers_are_explained(tmp_path):
    with open_with(tmp_path, "استان آستان استان", "استان") as index:
        results = index.search("استان", exact=True)
        for hit in results:
            explained = str(results.explain(hit))
            assert f"{hit.document.body.split().count('استان')}× in the body as written" in explained
            assert "=" not in explained.replace("= ", "")


def test_a_phrase_in_quotes_is_not_its_contrary(tmp_path):
    there, not_there = "کتاب در دسترس است", "کتاب در دسترس نیست"
    with open_with(tmp_path, there, not_there) as index:
        for options in ({}, {"exact": True}):
            assert found(index, '"در دسترس نیست"', match="all", **options) == [not_there]
            assert found(index, '"در دسترس است"', match="all", **options) == [there]
            assert found(index, '+"در دسترس نیست"', **options) == [not_there]
            assert found(index, '"در دسترس نیست"', **options)[0] == not_there


@pytest.mark.parametrize(
    ("query", "denying", "affirming"),
    [
        ("نمی\u200cآید", ["نیامد", "نمی\u200cآیند", "نمی آمدند", "نیامده است"], ["می\u200cآید", "آمد", "بیاید"]),
        ("نرفت", ["نمی\u200cروم", "نرو", "نرفته"], ["رفت", "می\u200cروند", "رفته است"]),
        ("برنگشت", ["برنمی\u200cگردد"], ["برگشت", "برمی\u200cگردد"]),
        ("ننوشتم", ["نمی\u200cنویسد"], ["نوشتم", "می\u200cنویسد"]),
        ("در دسترس نیست", ["کتاب در دسترس نیستند"], ["کتاب در دسترس است", "در دسترس هست"]),
        ("باران نبارید", ["باران نمی\u200cبارد"], ["باران بارید و بارید و باران", "باران می\u200cبارد"]),
        ("نمی\u200cخورند", ["نخورد", "نخوردند"], ["می\u200cخورند", "خورد"]),
    ],
)
def test_contraries_come_last_where_every_word_is_asked_for(query, denying, affirming, tmp_path):
    with open_with(tmp_path, *affirming, *denying) as index:
        for match in ("all", "auto", "any"):
            answers = found(index, query, match=match)
            assert set(answers) == {*denying, *affirming}
        assert set(found(index, query, match="all")[: len(denying)]) == {*denying}
    with tempfile.TemporaryDirectory() as folder, open_with(folder, *affirming, *denying, query) as index:
        assert found(index, query, match="all")[0] == query
        assert found(index, query)[0] == query


@pytest.mark.parametrize("query", ["نرفت گفت", "می\u200cآید", "کتاب", "نان", "نوشت", "-نرفت گفت"])
def test_a_query_with_another_verb_or_none_denied_is_ranked_as_ever(query, tmp_path):
    texts = ["نرفت و گفت", "رفت و گفت رفت گفت", "می\u200cآید", "نیامد", "آمد آمد", "کتاب", "نان", "نوشت", "ننوشت"]
    with open_with(tmp_path, *texts) as index:
        scores = [score for _, score in index.rank(query, match="all")]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("key", "verb", "negated"),
    [
        ("نمیروم", "رفتن", True),
        ("نرفت", "رفتن", True),
        ("رفت", "رفتن", False),
        ("نوشت", "نوشتن", False),
        ("ننوشت", "نوشتن", True),
        ("نمیاید", "امدن", True),
        ("میاید", "امدن", False),
        ("نیست", "هستن", True),
        ("هست", "هستن", False),
        ("برنمیگردد", "برگشتن", True),
        ("نرفت", "گفتن", False),
        ("نهاد", "نهادن", False),
    ],
)
def test_which_forms_deny(key, verb, negated):
    assert is_negated(key, verb) == negated


def test_the_command_keeps_what_was_typed(tmp_path):
    def searched(*arguments):
        command = [sys.executable, "-m", "searchkit", *arguments, "--index", str(tmp_path / "index")]
        ran = subprocess.run(command, capture_output=True, check=True, input=LINES, encoding="utf-8", timeout=120)
        return [json.loads(line)["id"] for line in ran.stdout.splitlines() if line.startswith("{")]

    searched("index", "-")
    assert searched("search", "--jsonl", "استان") == ["plain", "madda"]
    assert searched("search", "--jsonl", "آستان") == ["madda", "plain"]
    assert searched("search", "--jsonl", "--exact", "استان") == ["plain"]
    assert searched("search", "--jsonl", "--exact", "آستان") == ["madda"]
    assert searched("search", "--jsonl", "--exact", '"آستان بود"') == ["madda"]
    assert searched("search", "--jsonl", "--all", "نبود") == ["denied", "plain", "madda"]
