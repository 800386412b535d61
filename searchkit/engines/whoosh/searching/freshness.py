"""How much does the age of a document leave of its score?"""

from __future__ import annotations

import datetime as dt

import numpy as np

from searchkit.documents import DAY, moment
from searchkit.engines.whoosh.format.types import Scores
from searchkit.engines.whoosh.reading.snapshot import Snapshot
from searchkit.engines.whoosh.searching.filters import has_value, values_of
from searchkit.ranking import Ranking

_LEAST = 1e-6  # a document that scores 0 is none that answers


def freshness(snapshot: Snapshot, ranking: Ranking) -> Scores:
    """Return what each document's score is multiplied by, from `1 - ranking.freshness` to 1.

    The share of `ranking.freshness` is halved by each `ranking.half_life` days that a document is older than the newest
    whose date has come. What is dated later is as fresh as that; what has no date has nothing of it.

    Args:
        snapshot: The documents.
        ranking: Its `half_life` is above 0.
    """
    dates = values_of(snapshot, "date")
    dated = has_value(dates)
    now = moment(dt.datetime.now())  # noqa: DTZ005 (dates are what a clock shows)
    come = dated & (dates <= now)
    if snapshot.deleted is not None:
        come &= ~snapshot.deleted
    newest = dates.max(where=come, initial=0)
    halvings = (newest - dates).clip(0) / (ranking.half_life * DAY)
    fresh = np.where(dated, np.exp2(-halvings), 0)
    return np.maximum(1 - ranking.freshness * (1 - fresh), _LEAST).astype(np.float32)
