"""An embedder that says what a table says, so that it is known how near each text comes."""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, sin

import numpy as np

from searchkit.meaning.embedder import checked

DIMENSIONS = 3


class Tabled:
    """Makes vectors of angles; questions all have the angle 0, so that a text comes as near as the cosine of its own.

    Args:
        angles: Of texts, from 0 to pi. What is not among them has a right angle with all that is.
    """

    name = "tabled"
    dimensions = DIMENSIONS

    def __init__(self, angles: Mapping[str, float]) -> None:
        self.angles = angles
        self.asked: list[str] = []

    def documents(self, texts: list[str]) -> np.ndarray:
        found = [self._vector(self.angles.get(text)) for text in texts]
        return checked(found, len(texts), DIMENSIONS)

    def queries(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return checked([self._vector(0)] * len(texts), len(texts), DIMENSIONS)

    @staticmethod
    def _vector(angle: float | None) -> list[float]:
        return [0, 0, 1] if angle is None else [cos(angle), sin(angle), 0]
