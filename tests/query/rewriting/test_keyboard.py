"""What was typed on another layout is known again, and what was typed on the right one is left alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit.query
from searchkit.persian.text.fold import rows
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.keyboard import meant_keys, neighbours, retyped

HELD = "سلام دنیا ایران کتاب گل چای و نان آب ژاپن پدر مسئول لطفا موقت google iran orange r l م".split()
FORMS = WrittenForms.of((word.replace("آ", "ا").replace("ئ", "ی"), 2) for word in HELD)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sghl", "سلام"),
        ("sghl nkdh", "سلام دنیا"),
        ("SGHL", "سلام"),
        (";jhf", "کتاب"),
        ("'g", "گل"),
        ("]hd", "چای"),
        ("khk , Hf", "نان و آب"),
        ("Ch\\k", "ژاپن"),
        ("Chmk", "ژاپن"),
        ("mnv", "پدر"),
        ("\\nv", "پدر"),
        ("`nv", "پدر"),
        ("lsS,g", "مسئول"),
        ("lsm,g", "مسئول"),
        ("gxthR", "لطفاً"),
        ("l,rj", "موقت"),
        ("hdvhk google", "ایران google"),
        ("لخخلمث", "google"),
        ("\u0651قشد", "Iran"),
        ("خقشدلث", "orange"),
        ("کتاب لخخلمث", "کتاب google"),
        ("l sghl", "م سلام"),
    ],
)
def test_keys_of_another_layout_are_known_again(typed, meant):
    first, *_ = meant_keys(typed, FORMS)
    assert (first.text, first.step) == (meant, "keyboard")


@pytest.mark.parametrize(
    "typed",
    [
        "google",
        "سلام",
        "Google Iran",
        "sghl dgsg",
        "r",
        "x",
        "l",
        "L.R.",
        "1403",
        "",
        " ",
        ",",
        "؟",
        "\ud800",
        "\U0001f600",
    ],
    ids=ascii,
)
def test_what_is_held_or_would_not_be_is_left_alone(typed):
    assert meant_keys(typed, FORMS) == []


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("sghl", ["سلام"]),
        ("m", ["پ", "ئ"]),
        ("پ", ["m", "\\"]),
        ("سلام google", ["sghl google", "سلام لخخلمث"]),
        ("12 3.5", []),
        ("", []),
        ("\U0001f600", []),
    ],
)
def test_all_layouts_are_tried_each_text_once(typed, others):
    assert retyped(typed) == others


@given(st.text("ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدو", min_size=1))
def test_retyping_twice_gives_what_was_typed(text):
    assert all(text in retyped(other) for other in retyped(text) if any(map(str.isalpha, other)))


@given(st.text(max_size=30))
def test_any_text_is_taken_and_keeps_its_blanks(text):
    others = retyped(text)
    assert len(set(others)) == len(others) <= 6
    assert text not in others
    assert all(len(other.split()) == len(text.split()) for other in others)
    assert all(candidate.text in others for candidate in meant_keys(text, FORMS))


def test_a_long_text_is_taken():
    assert meant_keys("sghl " * 2000, FORMS)[0].text == "سلام " * 2000


def test_a_key_gives_one_character_on_a_layout():
    table = rows("keys.tsv", Path(searchkit.query.__file__).parent / "data")
    assert [place for place, count in Counter((key, layout) for key, layout, *_ in table).items() if count > 1] == []
    assert all(len(key) == 1 and len(character) in {1, 4} and source for key, _, character, source in table)


@pytest.mark.parametrize(
    ("left", "right", "touch"),
    [
        ("س", "ش", True),
        ("س", "ی", True),
        ("س", "ص", True),
        ("س", "ط", True),
        ("ک", "گ", True),
        ("س", "ب", False),
        ("د", "پ", True),
        ("a", "s", True),
        ("a", "x", False),
        ("a", "ش", False),
    ],
)
def test_which_keys_touch(left, right, touch):
    assert ((left, right) in set(neighbours())) == touch == ((right, left) in set(neighbours()))
