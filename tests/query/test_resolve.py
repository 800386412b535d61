from __future__ import annotations

import os
import subprocess
import sys
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.persian import default_analyzer
from searchkit.query.parse import parse
from searchkit.query.resolve import resolve, wanted
from searchkit.query.spacing import stop_keys
from searchkit.query.tree import All, Any, Not, Nothing, Phrase, Prefix, Ranked, Terms, Weighted
from searchkit.query.words import QueryWords
from searchkit.ranking import Ranking

ANALYZER = default_analyzer()
RANKING = Ranking()


class Vocabulary:
    """So many documents hold each of these terms."""

    def __init__(self, **frequencies):
        self.frequencies = frequencies

    def frequency(self, term, field=None):
        return self.frequencies.get(term, 0)


EMPTY = Vocabulary()


def ask(text, match="all", vocabulary=EMPTY, ranking=RANKING):
    return resolve(parse(text), QueryWords(ANALYZER, vocabulary.frequency, ranking), match)


def answers(*args, **options):
    node = ask(*args, **options)
    return node.answers if isinstance(node, Ranked) else node


def outline(node):
    """The tree with each `Terms` as its first term, and the rest as nested tuples."""
    match node:
        case Terms():
            return node.terms[0][0]
        case Prefix():
            return node.text + "*"
        case Phrase():
            return ("phrase", *map(outline, node.words))
        case All() | Any():
            optional = [("may", *map(outline, node.optional))] if node.optional else []
            return (type(node).__name__.lower(), *map(outline, node.nodes), *optional)
        case Not():
            return ("not", outline(node.node))
        case Weighted():
            return (node.weight, outline(node.node))
        case Ranked():
            assert (node.tiers, node.complete) == ((), None)
            return outline(node.answers)
        case Nothing():
            return ()
        case _:
            raise AssertionError(node)


SHAPES = [
    # query, match, outline
    ("", "auto", ()),
    ("، ؟ -", "auto", ()),
    ("سیب", "all", "سیب"),
    ("سیب", "any", "سیب"),
    ("سیب", "auto", "سیب"),
    ("سیب گل", "all", ("all", "سیب", "گل")),
    ("سیب گل", "any", ("any", "سیب", "گل")),
    ("+سیب گل", "all", ("all", "سیب", "گل")),
    ("+سیب گل", "any", ("all", "سیب", ("may", ("any", "گل")))),
    ("+سیب +گل", "any", ("all", "سیب", "گل")),
    ("سیب -گل", "any", ("all", "سیب", ("not", "گل"))),
    ("سیب گل -آب", "any", ("all", ("any", "سیب", "گل"), ("not", "اب"))),
    ("-سیب", "auto", ("not", "سیب")),
    ("-سیب -گل", "all", ("not", ("any", "سیب", "گل"))),
    ("-(سیب گل)", "any", ("not", ("all", "سیب", "گل"))),
    ("سیب یا گل", "all", ("any", "سیب", "گل")),
    ("(سیب گل) یا آب", "all", ("any", ("all", "سیب", "گل"), "اب")),
    ("سیب یا -گل", "all", ("any", "سیب", ("not", "گل"))),
    ("«سیب گل»", "any", ("phrase", "سیب", "گل")),
    ("«سیب»", "any", "سیب"),
    ("«،»", "any", ()),
    ("سیب ()", "all", "سیب"),
    ("كتاب*", "all", "کتاب*"),
    ("سیب،گل", "all", ("all", "سیب", "گل")),
    ("ECOاکو", "all", ("phrase", "eco", "اکو")),
    # function words
    ("سیب از گل", "all", ("all", "سیب", "گل", ("may", "از"))),
    ("سیب از گل", "any", ("any", "سیب", "گل", ("may", "از"))),
    ("از", "all", "از"),
    ("از این", "all", ("all", "از", "این")),
    ("+از سیب", "all", ("all", "از", "سیب")),
    ("«از سیب»", "all", ("phrase", "از", "سیب")),
    ("سیب -از", "all", ("all", "سیب", ("not", "از"))),
    ("است یا سیب", "all", ("any", "سیب", ("may", "است"))),
    ("از یا به", "all", ("any", "از", "به")),
    ("حق مردم", "all", ("all", "حق", "مردم")),
    ("راه هزار", "all", ("all", "راه", "هزار")),
]


@pytest.mark.parametrize(("query", "match", "expected"), SHAPES)
def test_shapes(query, match, expected):
    assert outline(ask(query, match)) == expected


OF_THIS, ALL_OF_THIS = ("any", "از", "این"), ("all", "از", "این")
PHRASE, BOTH, EITHER = ("phrase", "سیب", "گل"), ("all", "سیب", "گل"), ("any", "سیب", "گل")

ORDERS = [
    # query, what answers, what comes first, and next, what is complete
    ("سیب گل", EITHER, [BOTH], BOTH),
    ("سیب گل آب", ("any", "سیب", "گل", "اب"), [], ("all", "سیب", "گل", "اب")),
    ("از سیب", ("any", "سیب", ("may", "از")), [("all", "سیب", ("may", "از"))], ("all", "سیب", ("may", "از"))),
    ("سیب یا گل", None, None, None),
    ("(سیب گل) آب", ("any", EITHER, "اب"), [], ("all", BOTH, "اب")),
    ("سیب گل -آب", ("all", EITHER, ("not", "اب")), [(*BOTH, ("not", "اب"))], (*BOTH, ("not", "اب"))),
    ("+سیب گل", ("all", "سیب", ("may", ("any", "گل"))), [BOTH], BOTH),
    ("«سیب گل»", EITHER, [PHRASE, BOTH], PHRASE),
    ("«سیب گل» آب", ("any", EITHER, "اب"), [PHRASE], ("all", PHRASE, "اب")),
    ("+«سیب گل»", None, None, None),
    ("«سیب» گل", EITHER, ["سیب", BOTH], BOTH),
    ("«سیب گل» «گل آب»", ("any", EITHER, ("any", "گل", "اب")), [("all", PHRASE, ("phrase", "گل", "اب"))], None),
    ("«سیب گل» یا آب", None, None, None),
    ("«از این» سیب", ("any", OF_THIS, "سیب"), [("phrase", "از", "این"), ("all", ALL_OF_THIS, "سیب")], None),
]


@pytest.mark.parametrize(("query", "answers", "tiers", "complete"), ORDERS)
def test_what_comes_first(query, answers, tiers, complete):
    node = ask(query, "auto")
    if answers is None:
        assert outline(node) == outline(ask(query, "any"))
    else:
        assert outline(node.answers) == answers
        assert [*map(outline, node.tiers)] == tiers
        assert outline(node.complete) == (complete or outline(ask(query, "all")))


BESIDE = [
    # query, the rows of words that stand side by side, function words in brackets
    ("سیب", []),
    ("سیب گل آب", ["سیب گل اب"]),
    ("سیب از گل", ["سیب (از) گل"]),
    ("سیب -گل آب شیر", ["اب شیر"]),
    ("سیب +گل آب", []),
    ("سیب «گل آب» شیر", ["سیب گل اب شیر"]),
    ("سیب -«گل آب»", []),
    ("سیب چه گل آب", ["گل اب"]),
    ("(سیب گل) آب", ["سیب گل"]),
    ("سیب یا گل آب شیر", ["اب شیر"]),
    ("سیب، گل", ["سیب گل"]),
    ("ECOاکو سیب", ["eco اکو سیب"]),
    ("سیب title:گل title:آب", ["سیب", "گل اب"][1:]),
]


@pytest.mark.parametrize(("query", "rows"), BESIDE)
@pytest.mark.parametrize("match", ["all", "any", "auto"])
def test_words_that_stand_side_by_side(query, rows, match):
    node = ask(query, match)
    found = [
        " ".join(
            key if content else f"({key})" for key, content in zip(map(outline, row.words), row.content, strict=True)
        )
        for row in getattr(node, "beside", ())
    ]
    assert found == rows


def test_leaves_keep_their_field():
    assert answers("title:سیب").field == "title"
    assert answers("title:سی*").field == "title"
    assert answers("title:«سیب گل»").field == "title"
    assert [word.field for word in answers("title:«سیب گل»").words] == ["title", "title"]


def test_the_written_spelling_weighs_most():
    weights = [weight for _, weight in ask("کتاب\u200cها").terms]
    assert weights[0] == 1.0
    assert all(0 < weight < 1 for weight in weights[1:])


JOINED = [
    # query, what the index holds, the words of the query with the joined terms that answer them
    ("کتاب خانه", {"کتابخانه": 1}, {"کتاب": ["کتابخانه"], "خانه": ["کتابخانه"]}),
    ("نو کتاب خانه", {"کتابخانه": 1}, {"نو": [], "کتاب": ["کتابخانه"], "خانه": ["کتابخانه"]}),
    ("پودر خمیر گل", {"پودرخمیرگل": 1}, {key: ["پودرخمیرگل"] for key in ("پودر", "خمیر", "گل")}),
    ("کتاب خانه", {}, {"کتاب": [], "خانه": []}),
    ("کتاب -خانه", {"کتابخانه": 1}, {"کتاب": []}),
    ("کتاب، خانه", {"کتابخانه": 1}, {"کتاب": [], "خانه": []}),
    ("ما در", {"مادر": 9}, {"ما": [], "در": []}),
    ("این که", {"اینکه": 9}, {"این": ["اینکه"], "که": ["اینکه"]}),
    ("به بود", {"بهبود": 9}, {"به": [], "بود": []}),
    ("به جز", {"بهجز": 9}, {"به": ["بهجز"], "جز": ["بهجز"]}),
    ("تو را", {"ترا": 9}, {"تو": ["ترا"], "را": ["ترا"]}),
]


@pytest.mark.parametrize(("query", "held", "expected"), JOINED)
def test_neighbours_are_answered_by_what_they_make_together(query, held, expected):
    node = answers(query, vocabulary=Vocabulary(**held))
    leaves = [leaf for leaf in node.nodes if isinstance(leaf, Terms)]
    assert {leaf.terms[0][0]: [term for term, _ in leaf.terms if term in held] for leaf in leaves} == expected


SPLIT = [
    # word, what the index holds, the words it is also read as, the likeliest ones
    ("دبیرکل", {"دبیر": 5, "کل": 9}, ("دبیر", "کل")),
    ("دبیرکل", {"دبیرکل": 10, "دبیر": 5, "کل": 9}, ("دبیر", "کل")),
    ("دبیرکل", {"دبیرکل": 11, "دبیر": 5, "کل": 9}, None),
    ("کتاب" * 3 + "باغبان" * 2, {"کتاب" * 3: 5, "باغبان" * 2: 5}, ("کتاب" * 3, "باغبان" * 2)),  # 24 letters
    ("کتاب" * 3 + "باغبان" * 2 + "ک", {"کتاب" * 3: 5, "باغبان" * 2 + "ک": 5}, None),
    # known compounds and names are asked apart however many documents hold them
    ("دستاورد", {"دستاورد": 999, "دست": 5, "اورد": 9}, ("دست", "اورد")),
    ("علیرضا", {"علیرضا": 999, "علی": 5, "رضا": 9}, ("علی", "رضا")),
    ("حمیدرضا", {"حمیدرضا": 999, "حمید": 5, "رضا": 9}, ("حمید", "رضا")),
    ("عبدالله", {"عبدالله": 999, "عبد": 5, "الله": 9}, ("عبد", "الله")),
    ("عکس\u200cالعمل", {"عکسالعمل": 999, "عکس": 5, "العمل": 9}, ("عکس", "العمل")),
    ("دستاوردها", {"دستاوردها": 999, "دست": 5, "اورد": 9}, ("دست", "اورد")),
    ("سوالات", {"سوالات": 999, "سو": 5, "الات": 9}, None),
    ("دستاورد", {"دستاورد": 999, "دست": 5}, None),
    ("جستجو", {"جستوجو": 999, "جست": 5, "و": 999, "جو": 9}, ("جست", "و", "جو")),
    ("آب\u200cوهوا", {"ابوهوا": 999, "اب": 5, "و": 999, "هوا": 9}, ("اب", "و", "هوا")),
    ("بخاطر", {"بهخاطر": 999, "به": 5, "خاطر": 9}, ("به", "خاطر")),
    ("ترا", {"ترا": 999, "تو": 5, "را": 9}, ("تو", "را")),
    ("دبیرکل", {"دبیر": 5}, None),
    ("بازار", {"با": 99, "زار": 1}, None),
    ("مادر", {"ما": 99, "در": 99}, None),
    ("سیب", {"س": 9, "یب": 9}, None),
    ("بازارچه", {"با": 99, "زارچه": 1}, ("با", "زارچه")),
    ("همسال", {"هم": 99, "سال": 9}, ("هم", "سال")),
    ("پودرخمیرپیراشکی", {"پودر": 1, "خمیر": 1, "پیراشکی": 1}, ("پودر", "خمیر", "پیراشکی")),
    ("پودرخمیرپیراشکی", {"پودر": 1, "خمیر": 1}, None),
    ("دانش\u200cآموز", {"دانشاموز": 999, "دانش": 5, "اموز": 1}, ("دانش", "اموز")),
    ("دانش\u200cآموز", {"دانشاموز": 999, "دانش": 5}, None),
    ("1403", {"14": 9, "03": 9}, None),
    ("اینکه", {"اینکه": 999, "این": 999, "که": 999}, ("این", "که")),
    ("سیبگلاب", {"سیب": 9, "گلاب": 5, "سیبگل": 1, "اب": 99}, ("سیب", "گلاب")),
]


@pytest.mark.parametrize(("word", "held", "expected"), SPLIT)
def test_a_rare_word_is_also_read_as_two(word, held, expected):
    node = ask(word, vocabulary=Vocabulary(**held))
    if expected is None:
        assert isinstance(node, Terms)
    else:
        written, apart, *others = node.nodes
        assert isinstance(written, Terms)
        assert outline(apart.node) == ("phrase", *expected)
        assert all(way.weight < 1 for way in (apart, *others))
        assert len({outline(way.node) for way in (apart, *others)}) == 1 + len(others)


def test_a_rare_word_is_cut_in_several_ways_but_few():
    held = {"سیب": 9, "گلاب": 5, "سیبگل": 1, "اب": 99, "سی": 2, "بگلاب": 4, "سیبگلا": 9, "گل": 3}
    _, *ways = ask("سیبگلاب", vocabulary=Vocabulary(**held)).nodes
    assert [outline(way.node)[1:] for way in ways] == [("سیب", "گلاب"), ("سی", "بگلاب"), ("سیبگل", "اب")]


def test_a_phrase_is_also_read_with_other_spacings():
    held = Vocabulary(کتابخانه=3, سیب=3, گلاب=3)
    assert outline(ask("«این کتاب خانه نو»", vocabulary=held)) == (
        "any",
        ("phrase", "این", "کتاب", "خانه", "نو"),
        (0.5, ("phrase", "این", "کتابخانه", "نو")),
    )
    assert outline(ask("«کتاب خانه»", vocabulary=held)) == ("any", ("phrase", "کتاب", "خانه"), (0.5, "کتابخانه"))
    assert outline(ask("«سیبگلاب»", vocabulary=held)) == ("any", "سیبگلاب", (0.5, ("phrase", "سیب", "گلاب")))


def test_what_is_wanted_leaves_out_the_unwanted_and_function_words():
    found = wanted(ask("+سیب از «گل از باغ» -آب نا*", "auto"))
    assert {"سیب", "گل", "از", "باغ"} <= found.terms
    assert "اب" not in found.terms
    assert found.prefixes == ("نا",)
    assert "از" not in wanted(ask("سیب از", "auto")).terms
    assert "از" in wanted(ask("از", "auto")).terms
    assert {"سیب", "گل"} <= wanted(ask("+سیب گل از", "any")).terms
    assert wanted(Nothing()).terms == frozenset()


def test_function_words_have_no_content_words_among_them():
    content = {
        ANALYZER.analyze(word)[0].key for word in ("حق", "مردم", "راه", "هزار", "کار", "خدا", "روز", "تنها", "کرد")
    }
    assert content.isdisjoint(stop_keys())


def test_the_keys_of_function_words_are_those_of_the_analyzer():
    lines = (resources.files("searchkit.query") / "data" / "stopwords.tsv").read_text(encoding="utf-8").splitlines()
    words = [line.split("\t")[0] for line in lines[1:]]
    assert {token.key for word in words for token in ANALYZER.analyze(word)} == stop_keys()


@pytest.mark.parametrize("name", ["stopwords.tsv", "apart.tsv", "compounds.tsv"])
def test_every_row_of_a_table_is_one_fact_with_its_source(name):
    lines = (resources.files("searchkit.query") / "data" / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    assert all(len(row) == 3 and all(row) for row in rows)
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    assert all(len(ANALYZER.analyze(row[0])) == 1 for row in rows)


def test_a_long_word_costs_few_look_ups():
    class Everything(Vocabulary):
        asked = 0

        def frequency(self, term, field=None):
            self.asked += 1
            return 1

    held = Everything()
    ask("شیر" * 300, vocabulary=held)
    assert held.asked < 1_000


QUERIES = st.lists(
    st.sampled_from(["سیب", "گل", "از", "و", "یا", "OR", "+", "-", "(", ")", "«", "»", '"', " ", "آب*", "title:", "،"])
).map("".join)


@given(st.text() | QUERIES, st.sampled_from(["all", "any", "auto"]))
def test_any_text_can_be_asked(text, match):
    node = ask(text, match)
    for part in parts(node):
        outline(part)  # every leaf is one that an engine knows
    assert ask(text, match) == node
    wanted(node)


@given(QUERIES, st.sets(st.sampled_from(["سیب", "گل", "از", "و", "یا", "اب", "title"])))
def test_what_matches_all_matches_any(text, document):
    answers, *others = parts(ask(text, "auto"))
    for other in others:
        assert not holds(other, document) or holds(answers, document)


def parts(node):
    """What answers, and what of it comes first or is complete."""
    if not isinstance(node, Ranked):
        return [node]
    return [node.answers, *node.tiers, *([node.complete] if node.complete else [])]


def holds(node, document):
    """Whether a document with these words (and no order among them) answers a query."""
    match node:
        case Terms():
            return node.terms[0][0] in document
        case Prefix():
            return any(word.startswith(node.text) for word in document)
        case Phrase():
            return all(holds(word, document) for word in node.words)
        case All():
            return all(holds(child, document) for child in node.nodes)
        case Any():
            return any(holds(child, document) for child in node.nodes)
        case Not():
            return not holds(node.node, document)
        case Weighted():
            return holds(node.node, document)
        case _:
            return False


PROGRAM = """
import sys
from searchkit.persian import default_analyzer
from searchkit.query.parse import parse
from searchkit.query.resolve import resolve
from searchkit.query.words import QueryWords
from searchkit.ranking import Ranking
class Empty:
    def frequency(self, term, field=None): return len(term)
print(ascii(resolve(parse("سیب گل از باغ -آب دبیرکل"), QueryWords(default_analyzer(), Empty().frequency), "auto")))
"""


def test_the_answer_does_not_depend_on_the_hash_seed():
    runs = [
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
