"""A tiny embedder that is the same everywhere: the trigrams of a text, hashed into a few numbers."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from searchkit.errors import EmbedderError
from searchkit.meaning.embedder import checked


class Trigrams:
    """Texts mean the same to it as far as they have the same three letters in a row.

    Args:
        dimensions: How many numbers a vector has.
        name: What it is called.
        salt: Another one is another model.
    """

    def __init__(self, dimensions: int = 64, name: str = "trigrams", salt: str = "") -> None:
        self.name = name
        self.dimensions = dimensions
        self.salt = salt
        self.embedded: list[str] = []  # what it was given of documents
        self.asked: list[str] = []  # and of questions

    def documents(self, texts: list[str]) -> np.ndarray:
        self.embedded += texts
        return self._vectors(texts)

    def queries(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return self._vectors(texts)

    def _vectors(self, texts: list[str]) -> np.ndarray:
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(found, texts, strict=True):
            padded = f" {text} "
            for at in range(len(padded) - 2):
                row[crc32((self.salt + padded[at : at + 3]).encode("utf-8", "replace")) % self.dimensions] += 1
            row[0] += not row.any()
        return checked(found, len(texts), self.dimensions)


class MayBeAway:
    """Stands before an embedder, and lets it be asked or not; it counts how often it was asked for questions."""

    is_away = False
    why = "it is away"
    times = 0

    def queries(self, texts: list[str]) -> np.ndarray:
        self.times += 1
        if self.is_away:
            raise EmbedderError(self.why)
        return super().queries(texts)
