"""How is an index served?"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from searchkit import arguments
from searchkit.errors import ArgumentError

LANGUAGES = ("fa", "en")
"""Those of the page: Persian and English."""

MODES = ("auto", "words", "meaning")
"""What finds documents: words and meaning where the index has vectors, words, or meaning."""

_CONCURRENT = 2  # more only contend for the interpreter: of 200 clients four answer a fifth fewer a second
_LEAST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How an index is served.

    Attributes:
        title: What the site is called, at the top of its pages; nothing for a name of the page's own.
        language: Of the page for those whose browser asks for none of `LANGUAGES`.
        page_size: How many hits a page shows, 1 to 100.
        mode: One of `MODES`, for those who choose none.
        facets: Fields whose values are offered beside the hits; None for the keywords that the index has, hosts and
            years.
        timeout: How many seconds a search may take.
        threads: How many searches are worked on at once; others wait.
        write: What who adds or deletes documents must send as `Authorization: Bearer …`; None: nobody may.
        origins: Sites whose scripts may ask the API (CORS), as `https://example.org`; `*` for any.
        frame_ancestors: Sites that may show the page in a frame, as these.
        public_root: A folder of sources and the http(s) address that shows it to the world. Sources outside of it, and
            all without it, are told to nobody.
        most_query: Code points of a query.
        most_body: Bytes that are taken at once of documents to add.

    Raises:
        ArgumentError: One is outside its range or of another kind.
    """

    title: str = ""
    language: str = "fa"
    page_size: int = 10
    mode: str = "auto"
    facets: tuple[str, ...] | None = None
    timeout: float = 2.0
    threads: int = _CONCURRENT
    write: str | None = None
    origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    public_root: tuple[str | os.PathLike[str], str] | None = None
    most_query: int = 1_000
    most_body: int = 20_000_000

    def __post_init__(self) -> None:
        _check_choice("language", self.language, LANGUAGES)
        _check_choice("mode", self.mode, MODES)
        _set(self, "title", arguments.instance("title", self.title, str).encode("utf-8", "replace").decode())
        arguments.seconds("timeout", self.timeout)
        for name in ("facets", "origins", "frame_ancestors"):
            if name != "facets" or self.facets is not None:
                _set(self, name, tuple(arguments.several(name, getattr(self, name))))
        for each in self.facets or ():
            arguments.instance("a facet", each, str)
        for name, least in (("page_size", 1), ("threads", 1), ("most_query", 1), ("most_body", 1)):
            arguments.number(name, getattr(self, name), least)
        if self.page_size > 100:
            raise ArgumentError(f"page_size is {self.page_size}; give a number up to 100")
        if self.write is not None and not isinstance(self.write, str):
            raise ArgumentError(f"the token to write with is a {type(self.write).__name__}; give a str")
        if self.write is not None and (len(self.write) < _LEAST_TOKEN or not _is_token(self.write)):
            raise ArgumentError(
                f"the token to write with is to have {_LEAST_TOKEN} letters, digits or signs of ASCII at least"
            )
        _check_each("origins", self.origins, lambda each: each == "*" or _is_origin(each))
        _check_each("frame_ancestors", self.frame_ancestors, _is_origin)
        if self.public_root is not None:
            _check_root(self.public_root)


def _check_choice(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ArgumentError(f"{name} is {value!r}; give one of {', '.join(known)}")


def _check_each(name: str, values: tuple[str, ...], fits: Callable[[str], bool]) -> None:
    for each in values:
        if not isinstance(each, str) or not fits(each):
            raise ArgumentError(f"{name} holds {each!r}; give addresses such as https://example.org, without a path")


def _check_root(root: object) -> None:
    match root:
        case (str() | os.PathLike(), str() as address):
            if not _is_address(address):
                raise ArgumentError(f"public_root leads to {address!r}; give an http(s) address")
        case _:
            raise ArgumentError(f"public_root is {arguments.shortened(root)}; give a folder and an http(s) address")


def _set(options: WebOptions, name: str, value: object) -> None:
    object.__setattr__(options, name, value)  # it is frozen for others


def _is_token(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _is_origin(text: Any) -> bool:  # noqa: ANN401 (it is what is found out)
    return (
        _is_address(text) and text.isascii() and not urlsplit(text).path and not any(map(text.__contains__, "?#@;,'"))
    )


def _is_address(text: Any) -> bool:  # noqa: ANN401 (as above)
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except (AttributeError, TypeError, ValueError):
        return False
    return fits and text.isprintable() and " " not in text
