"""What are the arrays of an index called? One alias a meaning.

Documents of a segment are numbered from 0 in the order added, those of a snapshot likewise through all its segments.
Arrays handed out are read-only; most are views of a memory-mapped file.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

Numbers = npt.NDArray[np.uint32]
"""Document numbers or positions, as they are kept."""

Documents = npt.NDArray[np.intp]
"""Document numbers, ascending, ready to pick from other arrays."""

Places = npt.NDArray[np.intp]
"""Places in other arrays, ascending."""

Frequencies = npt.NDArray[np.unsignedinteger[Any]]
"""How many times documents hold a term."""

Scores = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

Gathered: TypeAlias = tuple[Int64s, npt.NDArray[Any], Int64s]
"""Postings of several terms: the document of each posting, its frequency, and how many each term has."""
