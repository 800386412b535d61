"""What a site says of its own words, and what searches make of that."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit import ArgumentError, CursorError, Document, Field, Ranking, SearchIndex, SearchKitError, WordsError
from searchkit.persian import default_analyzer
from searchkit.query import words_in_force
from searchkit.query.own_words import MOST_APPLIED
from searchkit.query.words_file import (
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_ENTRY_WORDS,
    MAX_LINES,
    MAX_OTHERS,
    MAX_TABS,
    parsed,
)

ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
ANALYZER = default_analyzer()
TOP = Path(__file__).parents[1]

TEXTS = {
    "mobile": "خرید موبایل ارزان",
    "two": "خرید تلفن همراه ارزان",
    "one": f"فروش تلفن{ZWNJ}همراه",
    "apart": "همراه با تلفن",
    "phones": f"خرید گوشی{ZWNJ}ها",
    "car": "خودرو نو",
    "pride": "پراید سفید",
    "book": "کتاب خوب",
    "bookish": "زبان کتابی",
    "hello": "سلام بر همه",
    "network": "شبکه 5G آمد",
    "generation": "شبکه نسل پنجم",
    "wifi": "رمز Wi-Fi",
    "wireless": "اینترنت بیسیم",
}
WORDS = """\
# what readers call our things
synonym\tموبایل\tتلفن همراه\tگوشی
synonym\tگوشی\tهندست
oneway\tخودرو\tپراید
protect\tکتابی
stop\tسلام\tاحوال شما

synonym\t5G\tنسل پنجم
synonym\tWi-Fi\tبیسیم
"""
PHONES = {"mobile", "two", "one", "phones"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("index")
    with SearchIndex.open(path) as index:
        index.add(Document(id=id_, body=text, fields={"source": "x"}) for id_, text in TEXTS.items())
    return path


@pytest.fixture(scope="module")
def index(folder, tmp_path_factory):
    file = tmp_path_factory.mktemp("words") / "ours.tsv"
    file.write_text(WORDS, encoding="utf-8")
    with SearchIndex.open(folder, words=file) as opened:
        yield opened


@pytest.fixture
def own(folder, tmp_path):
    """A function that opens the index with some own words."""

    def open_with(text, **options):
        file = tmp_path / "own.tsv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return SearchIndex.open(folder, words=file, **options)

    return open_with


def found(index, query, **options):
    return {id_ for id_, _ in index.rank(query, **options)}


ANSWERS = [
    # what is asked, what answers
    ("موبایل", PHONES),
    ("گوشی", PHONES),
    ("تلفن همراه", PHONES | {"apart"}),
    (f"تلفن{ZWNJ}همراه", PHONES),
    ("مُوبايل", PHONES),  # any spelling
    (f"گوشی{ZWNJ}ها", PHONES),  # any form
    ("گوشی ها", PHONES),
    ("هندست", {"phones"}),  # of one row, and not of the rows of what is in it
    ("خودرو", {"car", "pride"}),
    ("پراید", {"pride"}),
    ("5G", {"network", "generation"}),
    ("نسل پنجم", {"network", "generation"}),
    ("wi-fi", {"wifi", "wireless"}),
    ("بی سیم", {"wifi", "wireless"}),
    ("کتابی", {"bookish"}),
    ("كتابي", {"bookish"}),
    ("«کتابی»", {"bookish"}),
    ("کتاب", {"book", "bookish"}),  # who asks for another word finds what its forms are
    ("«موبایل»", {"mobile"}),
    ("«خرید موبایل»", {"mobile", "two", "phones"}),  # first as it is quoted, then as words: but these are no others
    ("+موبایل", PHONES),
    ("گوشی -موبایل", PHONES - {"mobile"}),
    ("خرید -(موبایل یا پراید)", {"two", "phones"}),
    ("title:موبایل", set()),
    ("body:موبایل", PHONES),
    ("موبایل یا خودرو", PHONES | {"car", "pride"}),
    ("موب*", {"mobile"}),
]


@pytest.mark.parametrize(("query", "expected"), ANSWERS)
def test_what_answers(index, query, expected):
    assert found(index, query) == expected


COUNTED = [
    ("خرید موبایل", {"mobile", "two", "phones"}),
    ("فروش گوشی", {"one"}),
    ("فروش خودرو", set()),
    ("سلام خودرو", {"car", "pride"}),
    ("احوال شما خودرو", {"car", "pride"}),
    ("احوال خودرو", set()),
    ("سلام", {"hello"}),  # there is nothing else to go by
    ("زبان کتابی", {"bookish"}),
    ("+سلام خودرو", set()),
]


@pytest.mark.parametrize(("query", "expected"), COUNTED)
def test_a_synonym_counts_as_the_word_where_every_word_must_be_there(index, query, expected):
    assert found(index, query, match="all") == expected
    assert index.search(query).complete == len(expected)


def test_exact_leaves_synonyms_out_and_keeps_the_rest(index):
    assert found(index, "موبایل", exact=True) == {"mobile"}
    assert found(index, "کتابی", exact=True) == {"bookish"}
    assert found(index, "سلام خودرو", match="all", exact=True) == {"car"}


def test_what_was_typed_stands_first(index):
    for query, first in [("موبایل", "mobile"), ("گوشی", "phones"), ("خودرو", "car"), ("نسل پنجم", "generation")]:
        assert index.rank(query)[0][0] == first


def test_the_weight_is_a_number_of_the_ranking(own):
    def score(weight):
        return dict(own(WORDS, ranking=Ranking(synonym=weight)).rank("موبایل")).get("two")

    assert 0 < score(0.2) < score(0.5)
    assert score(0) is None
    with pytest.raises(ArgumentError, match="synonym"):
        Ranking(synonym=-1)


def test_synonyms_are_marked_in_snippets(index):
    marked = {hit.id: hit.snippets[0].html() for hit in index.search("موبایل")}
    assert marked["two"] == "خرید <mark>تلفن</mark> <mark>همراه</mark> ارزان"
    assert marked["phones"] == f"خرید <mark>گوشی{ZWNJ}ها</mark>"


def test_a_word_that_its_site_knows_is_not_rewritten(index, own):
    results = index.search("هندست")  # no document holds it
    assert ([hit.id for hit in results], results.rewritten, results.suggestions) == (["phones"], (), ())
    for words, expected in [("", {"mobile"}), ("synonym\tموبایلل\tنسل پنجم", {"generation"})]:
        with own(words) as opened:
            assert found(opened, "موبایلل") == expected


def test_a_protected_word_is_not_rewritten(own):
    with own("") as without:
        assert without.search("کتایی").rewritten
    with own("protect\tکتایی") as index:
        results = index.search("کتایی")
        assert (results.rewritten, results.suggestions, results.total) == ((), (), 0)


def test_what_is_rewritten_finds_the_synonyms_of_what_was_meant(index):
    assert found(index, "موبایلل") == PHONES


def test_scan_search_and_rank_agree(index):
    ranked = [id_ for id_, _ in index.rank("موبایل")]
    assert [hit.id for hit in index.scan("موبایل")] == ranked == [hit.id for hit in index.search("موبایل")]


def test_scores_are_explained(index):
    results = index.search("خرید موبایل")
    assert [results.explain(hit).score for hit in results] == pytest.approx([hit.score for hit in results])


def test_synonyms_show_nobody_what_he_may_not_see(tmp_path, own):
    words = tmp_path / "w.tsv"
    words.write_text(WORDS, encoding="utf-8")
    with SearchIndex.open(tmp_path / "index", fields={"group": "keyword"}, words=words) as index:
        index.add(Document(id=id_, body=text, fields={"group": id_}) for id_, text in TEXTS.items())
        for group in ("mobile", "phones", "pride"):
            results = index.search("موبایل", where=Field("group") == group, facets=["group"])
            expected = [group] if group in PHONES else []
            assert [hit.id for hit in results] == expected
            assert (results.total, results.complete) == (len(expected), len(expected))
            assert [value for value, _ in results.facets["group"]] == expected


# --- the file

ROWS = [line for line in WORDS.splitlines() if line and not line.startswith("#")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(rows=st.permutations(ROWS), data=st.data())
def test_the_order_of_rows_and_columns_makes_no_difference(index, own, rows, data):
    shuffled = []
    for row in rows:
        kind, *columns = row.split("\t")
        shuffled.append("\t".join([kind, *(columns if kind == "oneway" else data.draw(st.permutations(columns)))]))
    with own("\n".join(shuffled)) as other:
        for query in ("موبایل", "گوشی", "خرید تلفن همراه", "خودرو", "کتابی", "سلام 5G"):
            assert other.rank(query) == index.rank(query)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["synonym", "oneway", "protect", "stop", "x", "#"]),
            st.lists(st.text(st.sampled_from('ابکی های،"- \u200cABx1۲\x00\u202e'), max_size=9), max_size=4),
        ),
        max_size=8,
    )
)
def test_any_text_is_taken_or_refused_with_the_lines(rows):
    data = "\n".join("\t".join([kind, *columns]) for kind, columns in rows).encode()
    problems, said = (), None
    try:
        said = parsed(data, "f", ANALYZER).rows
    except WordsError as error:
        problems = error.problems
    lines = {int(each.split()[1].rstrip(":")) for each in problems}
    assert lines <= set(range(1, len(rows) + 1))
    assert bool(lines) == (said is None)
    assert lines or said == sum(kind in {"synonym", "oneway", "protect", "stop"} for kind, _ in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_of_editors_and_spreadsheets(own, encoding, end):
    rows = ['"# a ""comment"""', "Synonym\tموبایل \t\tگوشی\t\t", '"oneway"\t"خودرو"\tپراید', "\t\t", "   ", "#"]
    with own(end.join(rows).encode(encoding)) as index:
        assert index.info().words == 2
        assert found(index, "گوشی") == {"mobile", "phones"}
        assert found(index, "خودرو") == {"car", "pride"}


FAULTS = [
    # a line, what is said of it
    ("synonim\tموبایل\tگوشی", "'synonim' is no kind of line"),
    ("synonym موبایل گوشی", "with tabs between"),
    ("synonym\tموبایل", "synonym has 1"),
    ("synonym", "synonym has 0"),
    ("oneway\tموبایل\t", "oneway has 1"),
    ("protect\t", "protect has 0"),
    ("synonym\tموبایل\t،!", "nothing is left of '،!'"),
    ("stop\t-", "nothing is left"),
    ("synonym\tکتاب\tكتاب" + ZWNJ + "ها", "are the same to a search"),
    ("synonym\tموبایل\tکاج", "«کاج» is protected in line 1"),
    ("oneway\tكاج\tموبایل", "is protected in line 1"),
    ("synonym\tسرو\tسرو" + ZWNJ + "ناز", "is protected in line 2"),
    ("stop\t" + "با " * (MAX_ENTRY_WORDS + 1), f"{MAX_ENTRY_WORDS} is the most"),
    ("stop\t" + "ب" * 300, "300 characters"),
    ("stop" + "\tبا" * (MAX_ENTRIES + 1), f"{MAX_ENTRIES} is the most"),
    ("\ufefffoo", "is no kind of line"),
]


def test_every_fault_is_told_with_its_line(own):
    head = ["protect\tکاج", f"protect\tسرو{ZWNJ}ناز", "# all that follows is wrong"]
    with pytest.raises(WordsError) as raised:
        own("\n".join(head + [line for line, _ in FAULTS]))
    problems = raised.value.problems
    assert len(problems) == len(FAULTS)
    for number, ((_, said), problem) in enumerate(zip(FAULTS, problems, strict=True), len(head) + 1):
        assert problem.startswith(f"line {number}: ")
        assert said in problem
    assert raised.value.source.endswith("own.tsv")
    assert all(problem in str(raised.value) for problem in problems)
    assert isinstance(raised.value, SearchKitError)


def test_who_is_protected_may_be_found_by_another_word(own):
    with own("protect\tکتابی\noneway\tخودرو\tکتابی\n") as index:
        assert found(index, "خودرو") == {"car", "bookish"}


HUGE = [
    (b"#" * (MAX_BYTES + 1), "bytes"),
    (b"\n" * MAX_LINES, "lines"),
    (b"stop\tx" + b"\t" * MAX_TABS, "tabs"),
    ("\n".join(f"synonym\tx\ty{n}" for n in range(MAX_OTHERS + 1)).encode(), f"more than {MAX_OTHERS}"),
    ("stop\tسلام\n".encode() + b"\xff\xfe\n", "line 2: this is no UTF-8"),
]


@pytest.mark.parametrize(("data", "said"), HUGE)
def test_what_is_too_much_or_no_text_is_refused(own, data, said):
    with pytest.raises(WordsError, match=said):
        own(data)


def test_of_very_many_faults_some_are_told(own):
    with pytest.raises(WordsError, match="and 400 more"):
        own("x\n" * 500)


def facts(text):
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_sample_is_what_the_readme_shows():
    sample = (TOP / "samples" / "words.tsv").read_text(encoding="utf-8")
    assert parsed(sample.encode(), "words.tsv", ANALYZER).rows == len(facts(sample))
    (shown,) = re.findall(r"(?ms)^```\n(# each of these.*?)^```$", (TOP / "README.md").read_text(encoding="utf-8"))
    assert facts(shown) == facts(sample)


def test_a_query_takes_a_bounded_number_of_other_words():
    rows = [f"synonym\tw{n}\t" + "\t".join(f"x{n}y{m}" for m in range(MAX_ENTRIES - 1)) for n in range(64)]
    own = parsed("\n".join(rows).encode(), "f", ANALYZER)
    for count, most in [(1, MAX_ENTRIES - 1), (64, MOST_APPLIED)]:
        text = " ".join(f"w{n}" for n in range(count))
        told = own.told(text, ANALYZER.analyze(text))
        assert sum(len(entries) for _, entries in told.others) == most


def test_a_file_that_is_none(folder, tmp_path):
    for path in (tmp_path / "none.tsv", tmp_path):
        with pytest.raises(WordsError):
            SearchIndex.open(folder, words=path)
    with pytest.raises(ArgumentError):
        SearchIndex.open(folder, words=7)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_waited_for(folder, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WordsError, match="no ordinary file"):
        SearchIndex.open(folder, words=tmp_path / "pipe")


# --- while a site runs


@pytest.fixture
def running(tmp_path):
    """An index without own words, and the file that it would read them from."""
    with SearchIndex.open(tmp_path / "index") as index:
        index.add(Document(id=id_, body=text) for id_, text in TEXTS.items())
        yield index, tmp_path / "index" / "words.tsv"


def test_a_running_site_finds_what_the_file_says_now(running):
    index, file = running
    for text, expected in [
        (None, {"mobile"}),
        ("synonym\tموبایل\tگوشی", {"mobile", "phones"}),
        ("synonym\tموبایل\tکتاب", {"mobile", "book", "bookish"}),  # as long as before, and at once
        ("", {"mobile"}),
        ("oneway\tموبایل\tپراید", {"mobile", "pride"}),
        (None, {"mobile"}),
    ]:
        if text is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(text, encoding="utf-8")
        assert found(index, "موبایل") == expected
        assert index.info().words == bool(text)


def test_a_mistake_leaves_in_force_what_was(running, caplog):
    index, file = running
    file.write_text("synonym\tموبایل\tگوشی", encoding="utf-8")
    assert found(index, "موبایل") == {"mobile", "phones"}
    file.write_text("synonym\tموبایل\tگوشی\nsynonym\tخودرو", encoding="utf-8")
    with caplog.at_level(logging.WARNING, "searchkit"):
        for _ in range(3):
            assert found(index, "موبایل") == {"mobile", "phones"}
    assert len(caplog.records) == 1
    assert "line 2: synonym has 1" in caplog.text
    file.write_text("synonym\tخودرو\tپراید", encoding="utf-8")
    assert found(index, "موبایل") == {"mobile"}


def test_a_mistake_in_the_folder_hinders_no_writer(running):
    index, file = running
    file.write_text("what is this", encoding="utf-8")
    with pytest.raises(WordsError, match="line 1"):
        index.search("موبایل")
    with SearchIndex.open(file.parent) as another:
        assert another.add([Document(id="new", body="موبایل")]).added == 1
        with pytest.raises(WordsError):
            another.info()
    file.unlink()
    assert found(index, "موبایل") == {"mobile", "new"}


def test_an_old_file_is_read_once(running, monkeypatch):
    index, file = running
    file.write_text("synonym\tموبایل\tگوشی", encoding="utf-8")
    os.utime(file, (1, 1))
    assert found(index, "موبایل") == {"mobile", "phones"}
    monkeypatch.setattr(words_in_force.time, "time_ns", lambda: 2**63)  # long after
    assert found(index, "موبایل") == {"mobile", "phones"}
    monkeypatch.setattr(words_in_force, "renewed", None)
    assert found(index, "موبایل") == {"mobile", "phones"}


def test_a_faulty_file_is_read_once_until_it_changes(running, monkeypatch):
    index, file = running
    read = []
    monkeypatch.setattr(words_in_force, "parsed", lambda *args: read.append(args[0]) or parsed(*args))
    file.write_text("what is this\nsynonym\tموبایل", encoding="utf-8")
    errors = []
    for after in range(6):
        monkeypatch.setattr(words_in_force.time, "time_ns", lambda: 2**63 if after > 2 else 0)  # noqa: B023
        with pytest.raises(WordsError) as raised:
            index.search("موبایل") if after % 2 else index.info()
        errors.append(raised.value)
    assert len(read) == 1
    assert len({str(error) for error in errors}) == 1
    assert "line 2" in str(errors[0])
    assert len(set(map(id, errors))) == 6  # searches run side by side
    monkeypatch.setattr(words_in_force, "renewed", None)
    with pytest.raises(WordsError):
        index.search("موبایل")
    monkeypatch.undo()
    file.write_text("synonym\tموبایل\tگوشی", encoding="utf-8")
    assert found(index, "موبایل") == {"mobile", "phones"}


def test_what_hindered_reading_may_pass(running, monkeypatch):
    index, file = running
    file.write_text("synonym\tموبایل\tگوشی", encoding="utf-8")
    os.utime(file, (1, 1))
    monkeypatch.setattr(words_in_force.time, "time_ns", lambda: 2**63)
    with monkeypatch.context() as patch:
        patch.setattr(words_in_force, "_read", lambda _: os.open(file / "no folder", 0))
        with pytest.raises(WordsError, match="cannot be read"):
            index.search("موبایل")
    assert found(index, "موبایل") == {"mobile", "phones"}


def test_while_one_search_reads_the_file_others_go_on_with_what_there_is(running, monkeypatch):
    index, file = running
    file.write_text("synonym\tموبایل\tگوشی", encoding="utf-8")
    assert found(index, "موبایل") == {"mobile", "phones"}
    file.write_text("synonym\tموبایل\tپراید", encoding="utf-8")
    reading, go_on, renewed = Event(), Event(), words_in_force.renewed

    def slow(*args, **options):
        reading.set()
        assert go_on.wait(30)
        return renewed(*args, **options)

    monkeypatch.setattr(words_in_force, "renewed", slow)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(found, index, "موبایل")
        assert reading.wait(30)
        assert found(index, "موبایل") == {"mobile", "phones"}
        go_on.set()
        assert first.result(30) == {"mobile", "pride"}


def test_a_cursor_does_not_go_on_in_another_order(running):
    index, file = running
    file.write_text("synonym\tموبایل\tگوشی", encoding="utf-8")
    cursor = index.search("موبایل", limit=1).cursor
    assert len(index.search("موبایل", limit=1, cursor=cursor)) == 1
    file.write_text("synonym\tگوشی\tموبایل\tپراید", encoding="utf-8")
    with pytest.raises(CursorError):
        index.search("موبایل", limit=1, cursor=cursor)


def test_the_file_stays_with_the_index(running, tmp_path):
    index, file = running
    file.write_text("synonym\tموبایل\tگوشی", encoding="utf-8")
    index.snapshot(tmp_path / "copy")
    with SearchIndex.open(tmp_path / "copy") as copy:
        assert found(copy, "موبایل") == {"mobile", "phones"}
    with SearchIndex.open(file.parent, fresh=True) as fresh:
        fresh.add([Document(id="1", body="گوشی")])
        fresh.optimize()
        assert found(fresh, "موبایل") == {"1"}
    assert file.read_text(encoding="utf-8") == "synonym\tموبایل\tگوشی"


# --- from the command line


def run(*args, cwd):
    command = [sys.executable, "-m", "searchkit", *args]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=cwd, timeout=60, check=False)


@pytest.fixture
def site(running, tmp_path):
    return running[1].parent, tmp_path


def ids(ran):
    assert ran.returncode == 0, ran.stderr
    return {hit["id"] for hit in json.loads(ran.stdout)["hits"]}


def test_the_command_line_takes_a_file(site):
    folder, here = site
    (here / "ours.tsv").write_text(WORDS, encoding="utf-8")
    asked = ["search", "--json", "--index", str(folder), "موبایل"]
    assert ids(run(*asked, cwd=here)) == {"mobile"}
    assert ids(run(*asked, "--words", "ours.tsv", cwd=here)) == PHONES
    conf = here / "conf"
    conf.mkdir()
    (conf / "searchkit.toml").write_text('words = "../ours.tsv"\n', encoding="utf-8")  # beside the file
    assert ids(run("--config", "conf/searchkit.toml", *asked, cwd=here)) == PHONES
    (folder / "words.tsv").write_text("synonym\tموبایل\tپراید", encoding="utf-8")
    assert ids(run(*asked, cwd=here)) == {"mobile", "pride"}
    told = run("info", "--index", str(folder), cwd=here).stdout
    assert "words       1" in told.splitlines()
    assert (
        json.loads(run("info", "--json", "--index", str(folder), "--words", "ours.tsv", cwd=here).stdout)["words"] == 7
    )


@pytest.mark.parametrize("command", ["repair", "backup"])
def test_a_copy_of_the_index_has_the_words_in_its_folder(site, command):
    folder, here = site
    assert run(command, "plain", "--index", str(folder), cwd=here).returncode == 0
    assert not (here / "plain" / "words.tsv").exists()
    (folder / "words.tsv").write_text("synonym\tموبایل\tپراید", encoding="utf-8")
    assert run(command, "copy", "--index", str(folder), cwd=here).returncode == 0
    assert (here / "copy" / "words.tsv").read_bytes() == (folder / "words.tsv").read_bytes()
    assert ids(run("search", "--json", "--index", "copy", "موبایل", cwd=here)) == {"mobile", "pride"}


def test_what_is_repaired_keeps_the_words_that_are_there(site):
    folder, here = site
    (folder / "words.tsv").write_text("synonym\tموبایل\tپراید", encoding="utf-8")
    (here / "new").mkdir()
    (here / "new" / "words.tsv").write_text("synonym\tموبایل\tگوشی", encoding="utf-8")
    assert run("repair", "new", "--index", str(folder), cwd=here).returncode == 0
    assert ids(run("search", "--json", "--index", "new", "موبایل", cwd=here)) == {"mobile", "phones"}


def test_a_faulty_file_is_copied_as_it_is(site):
    folder, here = site
    (folder / "words.tsv").write_text("what is this", encoding="utf-8")
    for command in ("repair", "backup"):
        assert run(command, command, "--index", str(folder), cwd=here).returncode == 0
        assert (here / command / "words.tsv").read_text(encoding="utf-8") == "what is this"


def test_the_command_line_tells_each_fault(site):
    folder, here = site
    (here / "bad.tsv").write_text("synonim\tx\ty\nstop\tسلام\nsynonym\tx\n", encoding="utf-8")
    for command in (["search", "موبایل"], ["info"]):
        ran = run(*command, "--index", str(folder), "--words", "bad.tsv", cwd=here)
        assert (ran.returncode, ran.stdout) == (1, "")
        lines = ran.stderr.splitlines()
        assert [line[:17] for line in lines[:2]] == ["bad.tsv: line 1: ", "bad.tsv: line 3: "]
        assert lines[2].startswith("Error: bad.tsv cannot be used")
        assert len(lines) == 3
