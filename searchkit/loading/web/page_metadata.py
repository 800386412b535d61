"""What does a web page say of itself? Its metas, Open Graph, JSON-LD and attributes, under the common names."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from urllib.parse import urljoin

from bs4.element import Tag

from searchkit.dates import parse_date
from searchkit.documents import MAX_FIELDS, Json
from searchkit.loading.metadata import one_line

MOST_LINKED_DATA = 1_000_000
"""Characters of JSON-LD in a script; a longer one is passed over."""

_LONGEST_VALUE = MAX_FIELDS + 1  # more is told to be too much, be it title or description
_MOST_SCRIPTS = 20
_MOST_NODES = 2_000
_MOST_TIMES = 50
_DATES = (
    "article:published_time og:published_time datepublished dc.date.issued dcterms.issued dc.date dcterms.date "
    "dcterms.created dc.date.created pubdate publishdate publish_date publish-date published_time parsely-pub-date "
    "sailthru.date citation_publication_date date created"
).split()
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "citation_author", "byl")
_DESCRIPTIONS = ("description", "og:description", "dc.description", "dcterms.description", "twitter:description")
_TAGS = ("keywords", "article:tag", "news_keywords", "og:article:tag", "dc.subject", "parsely-tags")
_SITES = ("og:site_name", "application-name", "twitter:site")
_ARTICLES = re.compile(r"\w*Article|\w*Posting|Report|Review|Recipe|Book|VideoObject|PodcastEpisode|Dataset")
_PAGES = re.compile(r"\w*WebPage|\w*Page")
_BETWEEN_NAMES = re.compile(r"\s[|•·:»«/–—-]+\s|[|»«]")


def values_of(tags: Sequence[Tag]) -> dict[str, Json]:
    """Return what the elements of a page say, as `metadata` reads it, and beside it `og:title`, `headline`, `sites`."""
    metas = _metas(tags)
    linked = _linked_data(tags)
    dates = [*_all(metas, _DATES), one_line(linked.get("datePublished")), *_times(tags)]
    dates = [*filter(None, dates), one_line(linked.get("dateCreated") or linked.get("uploadDate"))]
    authors = [*(name for name in _all(metas, _AUTHORS) if "://" not in name), one_line(linked.get("author"))]
    about = [*_all(metas, _DESCRIPTIONS), one_line(linked.get("description"))]
    keywords: list[Json] = [*_all(metas, _TAGS)]
    labels = linked.get("keywords")
    keywords += labels if isinstance(labels, list) else [labels]
    first = _first(tags)
    return {
        "title": one_line(first["title"].get_text()[:_LONGEST_VALUE]) if "title" in first else "",
        "og:title": _one(metas, ["og:title"]),
        "headline": one_line(linked.get("headline")),
        "sites": [*_all(metas, _SITES)],
        "date": next((date for date in dates if parse_date(date)), next(filter(None, dates), "")),
        "author": next(filter(None, authors), ""),
        "language": _language(first.get("html"), metas, linked),
        "description": next(filter(None, about), ""),
        "tags": keywords,
        "url": _address(tags, first.get("base"), metas) or one_line(linked.get("url")),
    }


def title_of(headings: Sequence[str], values: Mapping[str, Json]) -> str:
    """Return the title of a page, from what it says and the main headings of its text.

    `og:title` is the author's own, unless it is the name of the site: then it is told so, or `<title>` shows it behind
    another name or alone.
    """
    shared, headline, title = (one_line(values[name]) for name in ("og:title", "headline", "title"))
    parts = [part.strip() for part in _BETWEEN_NAMES.split(title)]
    sites = values["sites"] if isinstance(values["sites"], list) else []
    if len(parts) > 1:
        sites = [*sites, *({shared} & {parts[-1]})]
    heading = headings[0] if len(headings) == 1 else next((one for one in headings if one and one in title), "")
    shared, heading, headline = ("" if name in sites else name for name in (shared, heading, headline))
    if heading and shared and not _is_within(heading, shared):
        own = len(parts) > 1 and shared in (title, *parts) and heading not in parts[:-1]
        return shared if own or shared == headline else heading
    return heading or shared or headline or title


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute of an element, or nothing."""
    return str(tag.get(name) or "")[:_LONGEST_VALUE]


def _is_within(heading: str, shared: str) -> bool:
    """Tell whether one is a part of the other; a title for sharing may be cut short, or hold the site's name."""
    return heading in shared or shared.rstrip("….") in heading


def _first(tags: Sequence[Tag]) -> dict[str, Tag]:
    first: dict[str, Tag] = {}
    for tag in tags:
        first.setdefault(tag.name, tag)
    return first


def _metas(tags: Sequence[Tag]) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for tag in tags:
        if tag.name == "meta":
            names = ("property", "name", "itemprop", "http-equiv")
            key = next(filter(None, (attribute(tag, name) for name in names)), "").lower()
            metas.setdefault(key, []).append(one_line(attribute(tag, "content")))
    return metas


def _all(metas: Mapping[str, list[str]], names: Sequence[str]) -> Iterator[str]:
    return (value for name in names for value in metas.get(name, ()) if value)


def _one(metas: Mapping[str, list[str]], names: Sequence[str]) -> str:
    return next(_all(metas, names), "")


def _language(root: Tag | None, metas: Mapping[str, list[str]], linked: Mapping[str, Json]) -> str:
    said = (attribute(root, "lang") or attribute(root, "xml:lang")) if root else ""
    return said or _one(metas, ["content-language", "og:locale", "dc.language"]) or one_line(linked.get("inLanguage"))


def _address(tags: Sequence[Tag], base: Tag | None, metas: Mapping[str, list[str]]) -> str:
    links = (tag for tag in tags if tag.name == "link")
    canonical = next((link for link in links if "canonical" in attribute(link, "rel").split()), None)
    address = attribute(canonical, "href") if canonical else _one(metas, ["og:url"])
    try:
        return urljoin(attribute(base, "href") if base else "", address.strip())
    except ValueError:
        return ""


def _times(tags: Sequence[Tag]) -> list[str]:
    times = list(islice((tag for tag in tags if tag.name == "time"), _MOST_TIMES))
    published = [time for time in times if time.has_attr("pubdate") or "Published" in attribute(time, "itemprop")]
    ordered = [time for time in (*published, *times) if time.has_attr("datetime")]
    return [attribute(time, "datetime") for time in ordered[:1]]


def _linked_data(tags: Sequence[Tag]) -> dict[str, Json]:
    """Return what JSON-LD says of the article, or else the page, if it speaks of one alone."""
    nodes = list(islice(_nodes(tags), _MOST_NODES))
    named = {name: node for node in nodes if isinstance(name := node.get("@id"), str) and node.get("name")}
    known: dict[str, Json] = {}
    for kind in (_PAGES, _ARTICLES):
        found = [node for node in nodes if any(kind.fullmatch(one) for one in _kinds(node))]
        about = {one_line(node.get("headline") or node.get("name") or node.get("url")): node for node in found}
        if len(about) == 1:
            known |= found[0]
    author = known.get("author")
    people = author if isinstance(author, list) else [author]
    known["author"] = [_named(person, named) for person in people]
    return known


def _named(value: Json, named: Mapping[str, dict[str, Json]]) -> Json:
    reference = value.get("@id") if isinstance(value, dict) and not value.get("name") else None
    return named[reference] if isinstance(reference, str) and reference in named else value


def _kinds(node: Mapping[str, Json]) -> list[str]:
    kind = node.get("@type")
    return [one for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)]


def _nodes(tags: Sequence[Tag]) -> Iterator[dict[str, Json]]:
    scripts = (tag for tag in tags if tag.name == "script" and "ld+json" in attribute(tag, "type").lower())
    for script in islice(scripts, _MOST_SCRIPTS):
        text = "".join(part for part in script.contents if isinstance(part, str))
        if len(text) > MOST_LINKED_DATA:
            continue
        try:
            stack: list[Json] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while stack:
            node = stack.pop()
            if isinstance(node, list):
                stack += reversed(node)
            elif isinstance(node, dict):
                yield {key: _readable(value) for key, value in node.items()}
                stack += [node[key] for key in ("@graph", "mainEntity", "author") if key in node]


def _readable(value: Json) -> Json:
    """Read the entities that some programs write into the texts of JSON."""
    match value:
        case str():
            return html.unescape(value)
        case list():
            return [html.unescape(item) if isinstance(item, str) else item for item in value]
        case _:
            return value
