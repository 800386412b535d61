"""What is done with some documents at once, here or in another process? Their texts are encoded, their values packed.

The result depends on the chunk alone, so an index is the same however many processes work at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import zstandard

from searchkit.engines.whoosh.stored import BLOCK, LEVEL, pack

Ints = npt.NDArray[np.int32]

_REMEMBERED = 1 << 20


class Encoder(Protocol):
    """Texts to numbers of terms; `searchkit.persian.encoder.Encoder` is one."""

    terms: list[str]

    def encode_all(self, texts: list[str]) -> tuple[Ints, Ints, Ints, Ints]:
        """Return the numbers of the terms, their positions, and how many terms and positions each text has."""


@dataclass(slots=True)
class Chunk:
    """Some documents in a row.

    Attributes:
        texts: Of each field that is encoded in bulk, the text of each document ("" where it has none).
        values: What is to be stored of each document.
        size: How many characters the texts have.
    """

    texts: dict[str, list[str]]
    values: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, slots=True)
class Encoded:
    """The texts of one field: the terms that occur, and the numbers of terms as places in that list."""

    terms: list[str]
    numbers: Ints
    positions: Ints
    counts: Ints
    lengths: Ints


@dataclass(frozen=True, slots=True)
class Worked:
    """What has become of a chunk."""

    fields: dict[str, Encoded]
    blocks: list[tuple[bytes, int]]


class Worker:
    """Works chunks; keeps what its encoders have learnt.

    Args:
        analyzers: Of each field that is encoded in bulk; each has `encoder()`.
    """

    def __init__(self, analyzers: dict[str, Any]) -> None:
        self._analyzers = analyzers
        self._encoders: dict[Any, Encoder] = {}

    def work(self, chunk: Chunk) -> Worked:
        """Encode and pack a chunk."""
        fields = {name: self._encoded(self._encoder(name), texts) for name, texts in chunk.texts.items()}
        return Worked(fields, list(_blocks(chunk.values)))

    def _encoder(self, name: str) -> Encoder:
        analyzer = self._analyzers[name]
        encoder = self._encoders.get(analyzer)
        if encoder is None or len(encoder.terms) > _REMEMBERED:
            encoder = self._encoders[analyzer] = analyzer.encoder()
        return encoder

    @staticmethod
    def _encoded(encoder: Encoder, texts: list[str]) -> Encoded:
        numbers, positions, counts, lengths = encoder.encode_all(texts)
        used = np.flatnonzero(np.bincount(numbers, minlength=1))
        places = np.zeros(len(encoder.terms) + 1, np.int32)
        places[used] = np.arange(len(used), dtype=np.int32)
        terms = [encoder.terms[number] for number in used.tolist()] if len(numbers) else []
        return Encoded(terms, places[numbers], positions, counts, lengths)


def _blocks(values: list[dict[str, Any]]) -> list[tuple[bytes, int]]:
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    blocks, lines, size = [], [], 0
    for place, each in enumerate(values, 1):
        lines.append(pack(each))
        size += len(lines[-1])
        if size >= BLOCK or place == len(values):
            blocks.append((compressor.compress(b"\n".join(lines)), len(lines)))
            lines, size = [], 0
    return blocks


_worker: list[Worker] = []


def start(analyzers: dict[str, Any]) -> None:
    """Make this process one that works chunks."""
    _worker[:] = [Worker(analyzers)]


def work(chunk: Chunk) -> Worked:
    """Work a chunk in a process that was started so."""
    return _worker[0].work(chunk)
