"""Narrowing: what conditions, orders, facets and one hit a value give is what a loop over all documents gives."""

from __future__ import annotations

import datetime as dt
import operator
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from searchkit import (
    Document,
    Ranking,
    SearchIndex,
)
from searchkit.persian.text.fold import fold
from searchkit.query.conditions import AllOf, AnyOf, Compared, Exists, NoneOf, OneOf

FIELDS = {"section": "keyword", "tags": "keywords", "price": "number", "published": "date"}
ZWNJ = "\u200c"

# documents, and what a loop over them says

WORDS = ["باغ", "آب", "کتاب", "چای"]
NAMES = ["ورزش", "كتاب" + ZWNJ + "ها", "کتابها", "علمي", "علمی", "حقوق  زن", "حقوق زن", "۱۲", "12", "A-b", "a-B"]
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31))
MOMENTS = st.builds(dt.datetime.combine, DAYS, st.times(timezones=st.sampled_from([None, dt.UTC])))
PRICES = st.none() | st.integers(-3, 5) | st.sampled_from([0.5, -2.5, 1e300, 2**53, "۴", "1,200", ""])


def written(date):
    """A date as documents have it in their fields."""
    jalali = JalaliDate(date)
    return [date.isoformat(), f"{jalali.year}/{jalali.month}/{jalali.day}", ""][date.toordinal() % 3]


@st.composite
def documents(draw):
    found = []
    for number in range(draw(st.integers(1, 14))):
        fields = {
            "section": draw(st.none() | st.sampled_from(NAMES)),
            "tags": draw(st.lists(st.sampled_from(NAMES), max_size=3)),
            "price": draw(PRICES),
            "published": draw(st.none() | DAYS.map(written)),
        }
        body = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)))
        url = draw(st.sampled_from([None, "https://a.org/1", "http://B.org:80/x?y", "/there"]))
        kept = {name: value for name, value in fields.items() if value is not None}
        found.append(Document(str(number), body, url=url, date=draw(st.none() | DAYS | MOMENTS), fields=kept))
    return found


def folded(value):
    return " ".join(fold(str(value)).replace(ZWNJ, "").split())


def day_of(value):
    """A date without its time zone."""
    if isinstance(value, str):
        if value.count("/"):
            return JalaliDate(*map(int, value.split("/"))).to_gregorian()
        return dt.date.fromisoformat(value)
    return value


def clock(value):
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return dt.datetime.combine(value, dt.time.min)


def values(document, name):
    """What a document has in a field, as it is compared."""
    if name == "id":
        return [document.id]
    if name == "host":
        return [] if not (document.url or "").startswith("http") else ["a.org" if "a.org" in document.url else "b.org"]
    value = document.date if name == "date" else document.fields.get(name)
    if value in (None, "", []):
        return []
    if name == "price":
        return [float({"۴": 4, "1,200": 1200}.get(value, value))]
    if name in {"date", "published"}:
        return [clock(day_of(value))]
    return list(dict.fromkeys(folded(each) for each in (value if isinstance(value, list) else [value])))


def span(value):
    """The first moment that a date of a condition means, and the one after the last."""
    if isinstance(value, dt.datetime):
        return clock(value), clock(value) + dt.timedelta(microseconds=1)
    if isinstance(value, dt.date):
        return clock(value), clock(value) + dt.timedelta(1)
    parts = [int(part) for part in value.replace("-", "/").split("/")]
    year, month = parts[0], (parts[1:] or [0])[0]
    make = dt.date if year > 1600 else lambda *day: JalaliDate(*day).to_gregorian()
    last = (year + (month or 12) // 12, (month or 12) % 12 + 1, 1)
    return clock(make(year, month or 1, 1)), clock(make(*last))


HOLDS = {
    "==": lambda value, low, high: low <= value < high,
    ">=": lambda value, low, _: value >= low,
    ">": lambda value, _, high: value >= high,
    "<=": lambda value, _, high: value < high,
    "<": lambda value, low, _: value < low,
}
SIGNS = {"==": operator.eq, ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}


def fulfils(document, asked):
    match asked:
        case AllOf():
            return all(fulfils(document, part) for part in asked.parts)
        case AnyOf():
            return any(fulfils(document, part) for part in asked.parts)
        case NoneOf():
            return not fulfils(document, asked.part)
        case Exists():
            return bool(values(document, asked.name))
        case OneOf():
            return any(fulfils(document, Compared(asked.name, "==", value)) for value in asked.values)
    has = values(document, asked.name)
    if asked.name in {"date", "published"}:
        return any(HOLDS[asked.sign](value, *span(asked.value)) for value in has)
    if asked.name == "price":
        return any(SIGNS[asked.sign](value, asked.value) for value in has)
    return (asked.value if asked.name == "id" else folded(asked.value)) in has


TIMES = DAYS | MOMENTS | st.sampled_from(["1403", "1402/12", "1399/01", "2024", "2024-02", "2023-12"])
PRICED = st.integers(-4, 6) | st.floats(-3, 6, allow_nan=False)
LEAVES = st.one_of(
    st.builds(Compared, st.sampled_from(["section", "tags"]), st.just("=="), st.sampled_from([*NAMES, "نیست"])),
    st.builds(Compared, st.just("price"), st.sampled_from([*SIGNS]), PRICED),
    st.builds(Compared, st.sampled_from(["date", "published"]), st.sampled_from([*SIGNS]), TIMES),
    st.builds(Compared, st.just("host"), st.just("=="), st.sampled_from(["a.org", "A.ORG", "c.org"])),
    st.builds(Exists, st.sampled_from([*FIELDS, "date", "host", "id"])),
    st.builds(OneOf, st.just("id"), st.lists(st.sampled_from([str(number) for number in range(16)])).map(tuple)),
    st.builds(OneOf, st.sampled_from(["tags", "section"]), st.lists(st.sampled_from(NAMES), max_size=3).map(tuple)),
    st.builds(OneOf, st.just("price"), st.lists(PRICED, max_size=3).map(tuple)),
    st.builds(OneOf, st.just("date"), st.lists(TIMES, max_size=2).map(tuple)),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(operator.and_, inner, inner) | st.builds(operator.or_, inner, inner) | st.builds(operator.inv, inner)
    ),
    max_leaves=5,
)
QUERIES = st.sampled_from(
    ["باغ", "باغ آب", "آب کتاب چای", "چای باغ", "کتاب -چای", '"باغ آب"', "چای یا کتاب", "ک*", "نیست"]
)
SORTS = st.sampled_from(["score", *(sign + name for sign in ("", "-") for name in ("price", "date", "published"))])
UNIQUE = st.sampled_from(["host", "section", "price"])
LIMITS = st.tuples(st.integers(0, 5), st.integers(0, 4))
FACETS = ["section", "tags", "price", "host", "year", "month", "date.day", "published.year", "published.month"]


def in_order(found, sort):
    """Sort (document, score) pairs, which come in the order of scores."""
    if sort == "score":
        return found
    name, down = sort.lstrip("-"), sort.startswith("-")
    having = [pair for pair in found if values(pair[0], name)]
    having.sort(key=lambda pair: values(pair[0], name)[0], reverse=down)  # stable either way
    return having + [pair for pair in found if not values(pair[0], name)]


def counts(found, facet):
    """Count the values of a facet, each as most of the documents found write it."""
    name, _, part = {"year": "date.year", "month": "date.month"}.get(facet, facet).partition(".")
    if part:
        shape = {"year": "{0}", "month": "{0}/{1:02}", "day": "{0}/{1:02}/{2:02}"}[part]
        jalali = (JalaliDate(value) for document in found for value in values(document, name))
        totals = Counter(shape.format(day.year, day.month, day.day) for day in jalali)
    elif name in {"section", "tags"}:
        ways = {}
        for document in found:
            value = document.fields.get(name)
            listed = value if isinstance(value, list) else [] if value is None else [value]
            firsts = {folded(each): " ".join(each.split()) for each in reversed(listed)}
            for key, way in firsts.items():
                ways.setdefault(key, Counter())[way] += 1
        totals = {min(of, key=lambda way, of=of: (-of[way], way)): of.total() for of in ways.values()}
    else:
        totals = Counter(value for document in found for value in values(document, name))
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))


def firsts(found, name):
    seen, shown = set(), []
    for document, score in found:
        has = values(document, name)
        if not has or has[0] not in seen:
            shown.append((document, score))
        seen.update(has)
    return shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("searchkit.engines.whoosh.writing.merging._GROWTH", 0)  # each addition is a segment
        yield tmp_path_factory.mktemp("narrowing")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given_=documents(),
    cuts=st.sets(st.integers(0, 14), max_size=4),
    gone=st.sets(st.integers(0, 13), max_size=4),
    query=QUERIES,
    match=st.sampled_from(["auto", "any", "all"]),
    ranking=st.sampled_from([Ranking(beside=0), Ranking(beside=0), Ranking(), Ranking(candidates=2)]),
    asked=st.lists(st.tuples(CONDITIONS, SORTS, st.none() | UNIQUE, LIMITS), min_size=3, max_size=6),
)
def test_a_narrowed_search_gives_what_a_loop_gives(folder, given_, cuts, gone, query, match, ranking, asked):  # noqa: PLR0917
    with SearchIndex.open(folder / "law", fresh=True, fields=FIELDS, ranking=ranking) as index:
        for low, high in pairwise(sorted({0, 14, *cuts})):
            report = index.add(given_[low:high])
            assert report.skipped == ()
        index.delete(str(number) for number in gone)
        by_id = {document.id: document for document in given_}
        every = [(by_id[id_], score) for id_, score in index.rank(query, limit=50, match=match, exact=True)]
        complete = {
            id_ for id_, _ in index.rank(query, limit=50, match="all" if match == "auto" else match, exact=True)
        }
        for condition, sort, unique, (limit, offset) in asked * 2:  # the second time from memory
            # What words side by side score depends on all that are looked through, and so on the condition.
            where = AllOf(()) if ranking.beside else condition
            kept = in_order([pair for pair in every if fulfils(pair[0], where)], sort)
            shown = kept if unique is None else firsts(kept, unique)
            options = {"match": match, "where": where, "sort": sort, "unique_by": unique, "exact": True}
            results = index.search(query, limit=limit, offset=offset, facets=FACETS, snippets=0, **options)
            page = shown[offset : offset + limit]
            assert [(hit.document, hit.score) for hit in results] == page
            assert (results.total, results.hidden) == (len(shown), len(kept) - len(shown))
            assert results.facets == {facet: counts([document for document, _ in kept], facet) for facet in FACETS}
            assert results.complete == sum(document.id in complete for document, _ in shown)
            assert index.rank(query, limit=limit, offset=offset, **options) == [(doc.id, score) for doc, score in page]
            if unique is None:
                scanned = index.scan(query, match=match, where=where, sort=sort, exact=True)
                assert [(hit.document, hit.score) for hit in scanned] == shown
            everything = index.search("", where=where, limit=50, snippets=0)
            alive = [document for document in given_ if int(document.id) not in gone]
            assert {hit.id for hit in everything} == {each.id for each in alive if fulfils(each, where)}
