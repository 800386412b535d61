"""Whoosh itself: its modules, each loaded when first asked for, without the warnings of its own source.

    from searchkit.engines.whoosh._whoosh import fields, query

is `from whoosh import fields, query`. Nothing else in searchkit imports Whoosh: a search needs none of it, it is slow
to load, and when it is first compiled Python tells of invalid escapes in it.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """Import a module of Whoosh (PEP 562); of a package's modules, `codec_base` is `whoosh.codec.base`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module("whoosh." + name.replace("_", "."))
    except ModuleNotFoundError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
