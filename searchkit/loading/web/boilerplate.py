"""Which elements of a page are not what a reader came for? What is not shown, and what its tag, role or name tells."""

from __future__ import annotations

import re
from itertools import islice

from bs4.element import Tag

from searchkit.loading.web.page_metadata import attribute

_UNSEEN = ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "audio", "video")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDING_NAMES = frozenset({"sr-only", "screen-reader-text", "visually-hidden", "visuallyhidden", "mw-editsection"})
_ANCHORS = frozenset({"headerlink", "header-anchor", "hash-link", "anchorjs-link", "heading-anchor", "anchor-link"})
_AROUND = ("nav", "aside", "footer", "button", "select", "textarea", "datalist", "dialog")
_AROUND_ROLES = frozenset({"navigation", "banner", "complementary", "contentinfo", "search", "menu", "menubar"})

_NAMED = ("div", "section", "ul", "ol", "li", "dl", "form", "center", "header")
_TITLE = 15  # characters
_MOST_TWINS = 10  # elements beside a hidden one that are looked at
_LONGEST_NAMES = 300  # characters of a class or an id
_TOPICS = re.compile(r"(?<!\S)(?:category|tag|tax|term)[-_]\S*+")  # of posts, in the classes that WordPress gives them
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# A class or an id is a name with what it is the name of before it and its kind behind it, as `post-comments-list`. A
# word in front may say that only something else is meant, as `with-sidebar`. Pieces end at a hyphen or underscore and
# are few, so that the time is linear in the length, which is bounded.
_NAMES = re.compile(
    r"""(?<!\S)
    (?:
        (?!(?:with|without|has|have|no|not|show|hide|is|in|on|below|above|before|after|under|card|quote|blockquote)[-_])
        [a-z0-9]+[-_]+
    ){0,5}
    (?:
        comments? | commentlist | respond | disqus | utterances | giscus | nazarat
        | share | sharing | sharedaddy | sharethis | addtoany | addthis | social
        | related | recommended | recommendations? | mortabet | popular | trending | most-?(?:read|viewed|popular)
        | [a-z]*sidebar | [a-z]*footer | colophon | masthead | (?:site|location)-header | navigation | navbar | topbar
        | breadcrumbs? | pagination | pager | newsletter | subscribe | cookies? | gdpr | consent | modal | popup
        | ads | advert[a-z]* | adsense | sponsor(?:ed|s)? | outbrain | taboola | tabligh[a-z]*
        | no-?print | print-none | hidden-print | nosnippet | noindex
    )
    (?:[-_]+(?:area|bar|block|box|buttons?|container|content|form|group|icons?|inner|items?|links?|list|media|module
        |news|outer|panel|posts?|section|stories|thread|title|widget|wrap[a-z]*|articles?|[0-9a-f]*[0-9])){0,5}
    (?:--\S*)?(?!\S)""",
    re.VERBOSE,
)
# The classes of the sections of a document, whose id is made of a heading: one may be of cookies, or of sharing.
_SECTION = re.compile(r"(?:section|sect\d|level\d|\s)*")
_CONTENT = re.compile(
    r"""(?<!\S)(?:(?:article|entry|main|news|page|post|single|site|story)[-_]?)?(?:body|content|main|text)
    (?:[-_]?(?:area|inner|wrap(?:per)?))?(?!\S)""",
    re.VERBOSE,
)


def is_unseen(tag: Tag) -> bool:
    """Tell whether an element is not shown, or is there for programs or the hand. What a tab opens counts as shown."""
    if tag.name in _UNSEEN or (tag.name == "a" and _is_anchor(tag)):
        return True
    if not _HIDING_NAMES.isdisjoint(attribute(tag, "class").split()):
        return True
    if _is_hidden(tag):
        return not (_is_behind_a_tab(tag) or _has_a_shown_twin(tag))
    return attribute(tag, "aria-hidden").lower() == "true" and not _is_behind_a_tab(tag)


def is_around(tag: Tag, length: int) -> bool:
    """Tell whether an element says by its tag or role that it stands around the text.

    Args:
        tag: The element.
        length: How many characters of text it holds. A button may be the title of what it opens, as of an answer.
    """
    if tag.name == "footer" and tag.parent and tag.parent.name == "blockquote":
        return False
    if tag.name == "button" and length >= _TITLE and (tag.has_attr("aria-expanded") or tag.has_attr("aria-controls")):
        return False
    return tag.name in _AROUND or attribute(tag, "role").lower() in _AROUND_ROLES


def is_named_around(tag: Tag) -> bool:
    """Tell whether the class or id of a block is a name of what stands around texts: comments, shares, sidebars."""
    if tag.name not in _NAMED:
        return False
    names = attribute(tag, "class")[:_LONGEST_NAMES]
    if not (names or tag.name == "section") or not _SECTION.fullmatch(names):
        names += " " + attribute(tag, "id")[:_LONGEST_NAMES]
    return len(names) > 1 and _NAMES.search(_HUMP.sub("-", _TOPICS.sub("", names)).lower()) is not None


def is_named_content(tag: Tag) -> bool:
    """Tell whether the class or id of an element is a name of the content of a page."""
    return _CONTENT.search(_names(tag)) is not None


def _names(tag: Tag) -> str:
    return f"{attribute(tag, 'class')[:_LONGEST_NAMES]} {attribute(tag, 'id')[:_LONGEST_NAMES]}".lower()


def _is_hidden(tag: Tag) -> bool:
    if tag.has_attr("hidden"):
        return attribute(tag, "hidden").lower() != "until-found"
    return _HIDING.search(attribute(tag, "style")) is not None


def _is_behind_a_tab(tag: Tag) -> bool:
    """Tell whether a hidden element is a part of the text that a reader opens by its title."""
    role = attribute(tag, "role").lower()
    return role == "tabpanel" or (role == "region" and tag.has_attr("aria-labelledby"))


def _has_a_shown_twin(tag: Tag) -> bool:
    """Tell whether a hidden block stands beside one of the same class that is shown, as panes and slides do."""
    names = attribute(tag, "class")
    if not names or tag.parent is None or tag.name not in _NAMED:
        return False
    beside = islice((child for child in tag.parent.contents if isinstance(child, Tag)), _MOST_TWINS)
    twins = (child for child in beside if child.name == tag.name and attribute(child, "class") == names)
    return any(not _is_hidden(twin) for twin in twins)


def _is_anchor(tag: Tag) -> bool:
    """Tell whether a link is the sign beside a heading, ¶ or # or nothing, that leads to the heading itself."""
    address = attribute(tag, "href")
    if "#" not in address:
        return False
    words = "".join(map(str, tag.contents)) if len(tag.contents) <= 1 else "words"
    if len(words) <= 3 and not any(map(str.isalnum, words)):
        return address.startswith("#") or bool(words)
    return bool(_ANCHORS.intersection(attribute(tag, "class").split())) and _has_neighbours(tag)


def _has_neighbours(tag: Tag) -> bool:
    """Tell whether something stands beside an element; a link may also hold all of its heading."""
    beside = tag.parent.contents if tag.parent else ()
    return any(isinstance(child, Tag) or not str(child).isspace() for child in beside if child is not tag)
