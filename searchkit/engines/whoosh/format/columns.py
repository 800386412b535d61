"""How is one value a document kept, to be read without what else is stored? As an array, or as bytes and their starts.

    column/NAME           numbers, one a document; or bytes one after another, with
    column/NAME_starts    where those of each document begin (one more than there are documents)

`about["columns"]` has the kind of each: `int`, `float`, `bool` or `bytes`, and the value of documents that have none.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.format.sections import SectionFile, SectionWriter
from searchkit.errors import DocumentError

Kept = npt.NDArray[Any] | Sequence[bytes]

_TYPES: dict[str, type[np.generic]] = {"int": np.int64, "uint": np.uint64, "float": np.float64, "bool": np.bool_}


class ByteColumn(Sequence[bytes]):
    """Bytes of each document."""

    def __init__(self, blob: npt.NDArray[np.uint8], starts: npt.NDArray[Any]) -> None:
        self._blob = blob.data
        self._starts = starts.data  # see `Vocabulary`

    def __len__(self) -> int:
        return max(len(self._starts) - 1, 0)

    @overload
    def __getitem__(self, number: int) -> bytes: ...
    @overload
    def __getitem__(self, number: slice) -> list[bytes]: ...
    def __getitem__(self, number: int | slice) -> bytes | list[bytes]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        return bytes(self._blob[self._starts[number] : self._starts[number + 1]])

    def __iter__(self) -> Iterator[bytes]:
        blob = bytes(self._blob)
        return (blob[start:end] for start, end in pairwise(self._starts.tolist()))


def write_column(out: SectionWriter, name: str, values: Sequence[Any]) -> str:
    """Write a column with a value for each document, and return its kind.

    Raises:
        DocumentError: The values are of no kind that a column can have.
    """
    kind = _kind(name, values)
    if kind != "bytes":
        out.append(f"column/{name}", np.array(values, _TYPES[kind]))
        return kind
    out.append(f"column/{name}", b"".join(values))
    ends = np.fromiter(map(len, values), np.int64, len(values)).cumsum()
    narrow = np.uint32 if not len(ends) or ends[-1] < 1 << 32 else np.uint64
    out.append(f"column/{name}_starts", np.concatenate((np.zeros(1, np.int64), ends)).astype(narrow))
    return kind


def _kind(name: str, values: Sequence[Any]) -> str:
    kinds = set(map(type, values))
    if kinds <= {bytes}:
        return "bytes"
    if kinds <= {bool, np.bool_}:
        return "bool"
    if all(issubclass(kind, int | np.integer) for kind in kinds):
        if max(values) < 1 << 63:
            return "int"
        if min(values) >= 0:
            return "uint"
    if all(issubclass(kind, int | float | np.number) for kind in kinds):
        return "float"
    names = ", ".join(sorted(kind.__name__ for kind in kinds))
    raise DocumentError(f"the column {name!r} would hold {names}; a column holds bytes or numbers, make it stored")


def column_fits(file: SectionFile, name: str, kind: str, default: object, documents: int) -> bool:
    """Tell whether there is a column of this kind for so many documents, by dtypes and sizes alone.

    Raises:
        LookupError, TypeError, ValueError: There is no such kind, or the value of documents that have none is no value.
    """
    value = from_json(default)
    if type(value) not in {bytes, int, float, bool} or isinstance(value, bytes) != (kind == "bytes"):
        raise TypeError(name)
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
        raise ValueError(name)
    of_kind, size = file.shape(f"column/{name}")
    if kind != "bytes":
        return (of_kind, size) == (np.dtype(_TYPES[kind]).newbyteorder("<").str, documents)
    of_starts, starts = file.shape(f"column/{name}_starts")
    return of_kind in {"", "|u1"} and of_starts in {"<u4", "<u8"} and starts == documents + 1


def read_column(file: SectionFile, name: str, kind: str) -> Kept:
    """Return a column of a segment file."""
    data = file[f"column/{name}"]
    if kind != "bytes":
        return data
    starts = file[f"column/{name}_starts"]
    if starts[0] != 0 or int(starts[-1]) != len(data) or (starts[1:] < starts[:-1]).any():
        raise file.corrupt(f"the column {name} does not fit")
    return ByteColumn(data, starts)


def as_json(value: object) -> object:
    """Return the value of documents that have none as JSON."""
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def from_json(value: Any) -> object:
    """Return the value that `as_json` was given."""
    return base64.b64decode(value["bytes"], validate=True) if isinstance(value, dict) else value
