"""Which results were worked out lately? Kept in memory up to a number of bytes, for many threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from searchkit.engines.whoosh.searching.matches import Matches, Packed

_OVERHEAD = 700  # of an entry, besides its arrays: key, objects, places in the dictionary


class Cache:
    """Results by key; those not asked for the longest go first when there are more than `capacity` bytes of them."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._entries: OrderedDict[Hashable, Packed] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Matches | None:
        """Return the result of this key, or None if it is not kept."""
        with self._lock:
            kept = self._entries.get(key)
            if kept is None:
                return None
            self._entries.move_to_end(key)
        return kept.unpacked()

    def put(self, key: Hashable, made: Matches) -> None:
        """Keep a result."""
        packed = made.packed()
        with self._lock:
            if key not in self._entries:
                self._entries[key] = packed
                self.size += packed.nbytes + _OVERHEAD
            while self.size > self.capacity:
                _, oldest = self._entries.popitem(last=False)
                self.size -= oldest.nbytes + _OVERHEAD
