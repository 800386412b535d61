"""What of a document are searches narrowed by? Terms and numbers of the fields that an index was given, and a host."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from searchkit.documents import Document, host_of
from searchkit.engines.whoosh.format.values import kept_name, term
from searchkit.errors import FieldsMismatchError
from searchkit.query.fields import keyword, value_of


def narrowed_by(document: Document, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a row, by the names that fields have in an index.

    Args:
        document: Whose they are.
        fields: The kinds of the fields that the index was given.

    Raises:
        DocumentError: A value does not fit its kind.
    """
    values = {kept_name(name): _kept(value_of(document, name, kind)) for name, kind in fields.items()}
    host = keyword(host_of(document.url) or "") if document.url else None
    return values if host is None else {**values, "host": term(*host)}


def _kept(value: Any) -> Any:
    return [term(*each) for each in value] if isinstance(value, list) else value


def other_fields(path: Path, has: Mapping[str, str], given: Mapping[str, str]) -> FieldsMismatchError:
    """Return the error that says that an index has other fields than it is opened with."""
    told = [", ".join(f"{name} ({kind})" for name, kind in each.items()) or "none" for each in (has, given)]
    return FieldsMismatchError(
        f"the index at {path} has the fields {told[0]}, and not {told[1]}; name none to keep those, or make "
        "it anew from all documents: searchkit index PATH --rebuild, in Python fresh=True"
    )
