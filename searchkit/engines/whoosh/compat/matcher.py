"""How do Whoosh's own queries walk over postings that are arrays? One matcher for a term."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from searchkit.engines.whoosh._whoosh import matching
from searchkit.engines.whoosh.reading.field import Field


class ArrayMatcher(matching.LeafMatcher):  # type: ignore[misc]
    """The documents of a term, one after another. All postings are one block to Whoosh's block qualities."""

    def __init__(self, field: Field, ordinal: int, term: tuple[str, bytes], format_: Any, scorer: Any = None) -> None:
        self.format = format_
        self.scorer = scorer
        self._term = term
        self._field = field
        self._ordinal = ordinal
        self._array, self._frequencies = field.postings(ordinal)
        self._documents = self._array.tolist()
        self._weights = field.weights(ordinal).tolist()
        self._places: tuple[list[int], list[int]] | None = None
        self._at = 0

    def copy(self) -> ArrayMatcher:
        """Return another matcher at the same place."""
        other = ArrayMatcher(self._field, self._ordinal, self._term, self.format, self.scorer)
        other._at = self._at
        return other

    def is_active(self) -> bool:
        """Tell whether there is a document here."""
        return self._at < len(self._documents)

    def reset(self) -> None:
        """Go back to the first document."""
        self._at = 0

    def id(self) -> int:
        """Return the document's number."""
        return int(self._documents[self._at])

    def all_ids(self) -> Iterator[int]:
        """Return the documents from here on."""
        return iter(self._documents[self._at :])

    def next(self) -> bool:
        """Go on to the next document."""
        if not self.is_active():
            raise matching.ReadTooFar
        self._at += 1
        return True

    def skip_to(self, id: int) -> bool:  # noqa: A002 (Whoosh's name)
        """Go on to the first document that is not before this one."""
        if not self.is_active():
            raise matching.ReadTooFar
        if id > self.id():
            self._at += int(np.searchsorted(self._array[self._at :], id))
        return True

    def skip_to_quality(self, minquality: float) -> int:
        """Leave all postings out if none of them can score more."""
        if self.block_quality() > minquality:
            return 0
        self._at = len(self._documents)
        return 1

    def weight(self) -> float:
        """Return the weight of the term in this document."""
        return float(self._weights[self._at])

    def supports(self, astype: str) -> bool:
        """Tell what `value_as` can give."""
        positions = astype in {"positions", "position_boosts"} and self._field.has_positions
        return positions or astype in {"frequency", "weight"}

    def value(self) -> bytes:
        """Return what Whoosh's own postings would hold here."""
        if self.supports("positions"):
            return bytes(self.format.encode(self._positions()))
        return bytes(self.format.encode(int(self._frequencies[self._at])))

    def value_as(self, astype: str) -> Any:
        """Return what the posting holds in one of Whoosh's forms."""
        match astype:
            case "frequency":
                return int(self._frequencies[self._at])
            case "weight":
                return self.weight()
            case "position_boosts":
                return [(position, 1) for position in self._positions()]
            case "positions":
                return self._positions()
        raise NotImplementedError(f"this index does not keep {astype}")

    def items_as(self, astype: str) -> Iterator[tuple[int, Any]]:
        """Return the documents from here on, each with what it holds in one of Whoosh's forms."""
        while self.is_active():
            yield self.id(), self.value_as(astype)
            self.next()

    def _positions(self) -> list[int]:
        if self._places is None:
            columns = self._field.positions([self._ordinal])
            self._places = columns[0].tolist(), columns[1].tolist()
        starts, positions = self._places
        return positions[starts[self._at] : starts[self._at + 1]]

    def block_min_length(self) -> int:
        """Return the length of the shortest of the documents."""
        return int(self._field.lengths[self._array].min())

    def block_max_length(self) -> int:
        """Return the length of the longest of the documents."""
        return int(self._field.lengths[self._array].max())

    def block_max_weight(self) -> float:
        """Return the greatest weight."""
        return float(max(self._weights))
