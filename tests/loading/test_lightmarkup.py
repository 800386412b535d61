"""reStructuredText, AsciiDoc and Org: what a reader sees, without marks; code as it is."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

RST = """=========
باغ انار
=========

:author: مریم رستمی
:date: 1403/02/15
:tags: باغ، میوه

.. توضیحی که دیده نمی\u200cشود
   و ادامه\u200cاش
.. _anchor:
.. contents:: فهرست

در *باغ* **ما** ``__init__`` را ببینید، `راهنما <https://example.ir>`_ و :ref:`فصل دو <two>` [#1]_.
نام a*b*c و snake_case_name و واژه_ می\u200cماند.

بخش دو
------

.. note:: هشدار
   :class: x

   متن هشدار

.. code-block:: python
   :linenos:

   def *f*(): pass

.. image:: secret.png
   :alt: نیست

- یک
#. دو

====  ====
نام   شهر
====  ====
علی   رشت
====  ====

نمونه::

    کد ``همین``

.. [#1] پانوشت زعفران
.. toctree::

   files/one

پایان\\ ها."""
RST_BODY = """باغ انار

در باغ ما __init__ را ببینید، راهنما و فصل دو .
نام a*b*c و snake_case_name و واژه می\u200cماند.

بخش دو

هشدار

متن هشدار

   def *f*(): pass

یک
دو

نام   شهر
علی   رشت

نمونه:

    کد ``همین``

پانوشت زعفران

پایانها."""

ADOC = """// توضیح
= باغ انار
مریم رستمی <m@example.ir>
v1.0, 2024-05-04
:keywords: باغ, میوه
:toc:

[[first]]
در *باغ* __ما__ `__init__` را ببینید، https://example.ir[راهنما] و <<two,فصل دو>>.
image::secret.png[انار سرخ,300]
نام a*b*c و snake_case_name می\u200cماند.footnote:[پانوشت زعفران]

== بخش دو

.عنوان کد
[source,python]
----
def *f*(): pass  # <1>
== نه
----

////
دیده نمی\u200cشود
////
NOTE: هشدار +
include::secret.txt[]

* یک
.. دو
واژه:: معنا

|===
|نام |شهر
2+|علی
|==="""
ADOC_BODY = """باغ انار

در باغ ما __init__ را ببینید، راهنما و فصل دو.
انار سرخ
نام a*b*c و snake_case_name می\u200cماند.پانوشت زعفران

بخش دو

عنوان کد

def *f*(): pass  # <1>
== نه

NOTE: هشدار

یک
دو
واژه: معنا

نام  شهر
علی"""

ORG = """#+TITLE: باغ انار
#+AUTHOR: مریم رستمی
#+DATE: <2024-05-04 Sat>
#+FILETAGS: :باغ:میوه:
#+OPTIONS: toc:nil
# توضیح
* TODO [#A] بخش یک :work:home:
SCHEDULED: <2024-05-04 Sat>
:PROPERTIES:
:ID: secret
:END:
در *باغ* /ما/ =__init__= را ببینید، [[https://example.ir][راهنما]] و [[فصل]].[fn:1]
نام a*b*c و a/b/c می\u200cماند.
** بخش دو
#+BEGIN_SRC python :results none
def *f*(): pass
,* نه
#+END_SRC
#+begin_quote
گفته
#+end_quote
#+BEGIN_COMMENT
دیده نمی\u200cشود
#+END_COMMENT
- [X] یک
1. دو
- واژه :: معنا
| نام | شهر |
|-----+-----|
| علی | رشت |

[fn:1] پانوشت زعفران"""
ORG_BODY = """بخش یک
در باغ ما __init__ را ببینید، راهنما و فصل.
نام a*b*c و a/b/c می\u200cماند.
بخش دو
def *f*(): pass
,* نه
گفته
یک
دو
واژه: معنا
نام شهر
علی رشت

پانوشت زعفران"""


@pytest.mark.parametrize(
    ("name", "content", "body"),
    [("a.rst", RST, RST_BODY), ("a.adoc", ADOC, ADOC_BODY), ("a.asc", ADOC, ADOC_BODY), ("a.org", ORG, ORG_BODY)],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_document_is_read_without_its_marks(load_file, name, content, body, end):
    document = load_file(name, content.replace("\n", end)).only
    assert document.body == body
    assert (document.id, document.title, document.date) == (name, "باغ انار", dt.date(2024, 5, 4))
    assert document.fields == {"author": "مریم رستمی", "tags": ["باغ", "میوه"], "source": name}


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.rst", "متن\n\nبخش\n####\n\nb", "بخش"),
        ("a.rst", "متن بی عنوان", ""),
        ("a.adoc", "باغ انار\n--------\n\nمتن", "باغ انار"),
        ("a.adoc", "متن\n\n== بخش\nb", "بخش"),
        ("a.org", "متن\n* بخش :a:\nb", "بخش"),
        ("a.org", "#+title: a\n#+TITLE: b\nc", "a b"),
    ],
)
def test_the_title_is_the_first_heading(load_file, name, content, title):
    assert load_file(name, content).only.title == title


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.asc", "-----BEGIN PGP SIGNATURE-----\nabc", "a key or a signature, no text"),
        ("a.adoc", "////\nx\n////", "no text in it"),
        ("a.rst", ".. include:: /etc/hostname\n", "no text in it"),
        ("a.rst", ".. raw:: html\n\n   <b>x</b>", "no text in it"),
        ("a.org", '#+INCLUDE: "/etc/hostname"', "no text in it"),
        ("a.adoc", "include::/etc/hostname[]", "no text in it"),
        ("a.org", "", "no text in it"),
        ("a.rst", "a\0b\1c", "binary, not text"),
        ("a.rst", "a\n" * 600_000, "more than 500,000 lines"),
    ],
    ids=lambda value: value[:20],
)
def test_what_gives_nothing_is_told(load_file, name, content, reason):
    assert load_file(name, content).reasons == [reason]


ROWS = [
    "*", "**", "`", "``", "_", "|", "[", "[[", "<<", "\\", ":a:`",
    "image::a[", "https://a[", "=", ".. ", "a_ ", "~", "^",
    " ", "\t", ":a: ", "a* ", " *a", "1. ", "- ",
    ".. a:: ", ".. |a| ", ".. [", ":", "+", "/", "[fn:", "#+a:", "|a", "-",
    "(", "* ", "<", "2+|",
]  # fmt: skip


@pytest.mark.parametrize("name", ["a.rst", "a.adoc", "a.org"])
def test_hostile_lines_end_in_time(load_file, name):  # what is quadratic would take hours
    lines = [
        before + row * (100_000 // len(row)) + after for row in ROWS for before in ("", "x ") for after in ("", "x")
    ]
    assert load_file(name, "متن\n\n" + "\n\n".join(lines)).only.body


@pytest.mark.parametrize(
    "row", ["#+AUTHOR: x", "#+TITLE: x", ":author: x", ":a: b", ".. a::", "====", "----", "* a", "|a"]
)
@pytest.mark.parametrize("name", ["a.rst", "a.adoc", "a.org"])
def test_many_lines_end_in_time(load_file, name, row):  # what is quadratic would take hours
    long = row + "y" * 100 if row[-1] == "x" else row
    loaded = load_file(name, f"متن\n{long}\n" * 20_000)
    assert loaded.documents or loaded.skips
    title = load_file(name, f"{long}\n" * 10_000 + "متن").only.title
    assert len(title) <= 10_000


@given(st.lists(st.sampled_from([*RST.split("\n"), *ADOC.split("\n"), *ORG.split("\n"), *ROWS])))
def test_any_lines_are_a_document_or_none(tmp_path_factory, rows):
    from searchkit.loading import LoadOptions, load  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("marked")
    for name in ("a.rst", "a.adoc", "a.org"):
        (folder / name).write_text("\n".join(rows), encoding="utf-8")
    assert len(list(load(folder, LoadOptions()))) == 3
