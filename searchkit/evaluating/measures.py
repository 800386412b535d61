"""How good is the order of answers, in the measures of the field? trec_eval's own code works them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, TypeAlias

from searchkit import arguments
from searchkit.errors import ArgumentError, MissingExtraError

Qrels: TypeAlias = Mapping[str, Mapping[str, int]]
"""How relevant documents are: topic to document to relevance, 0 or below for not at all."""

Run: TypeAlias = Mapping[str, Sequence[str]]
"""The ids that each topic was answered with, best first."""

MEASURES = ("nDCG@10", "AP", "RR", "R@100")

_WHOLE = {"nDCG": "ndcg", "AP": "map", "MAP": "map", "RR": "recip_rank", "MRR": "recip_rank"}
_WHOLE |= {"Rprec": "Rprec", "Bpref": "bpref"}
_CUT = {"nDCG": "ndcg_cut", "AP": "map_cut", "MAP": "map_cut", "P": "P", "R": "recall", "Success": "success"}
_CUT_BY_US = frozenset({"RR", "MRR"})  # trec_eval looks for the first that is relevant all the way down
_KNOWN = "nDCG, AP (or MAP), RR (or MRR), Rprec, Bpref, and nDCG@k, AP@k, RR@k, P@k, R@k and Success@k, such as nDCG@10"
_NAME = re.compile(r"([A-Za-z]+)(?:@([1-9][0-9]{0,4}))?")


class _Measure(NamedTuple):
    """A measure as it was named, trec_eval's name for it, and among how many of the answers it is taken."""

    name: str
    trec: str
    cutoff: int | None
    depth: int

    @property
    def key(self) -> str:
        """The name that results come by."""
        return self.trec.replace(".", "_")


class Measures:
    """Measures by the names that papers call them.

    Args:
        names: Such as nDCG@10; each is given once in what `of` returns.

    Attributes:
        names: These.
        deepest: The largest number after an @, 0 without one.

    Raises:
        ArgumentError: There is no such measure, or none is named.
        MissingExtraError: The package that works them out is not installed.
    """

    def __init__(self, names: Iterable[str] = MEASURES) -> None:
        found = dict.fromkeys(arguments.instance("a measure", name, str) for name in arguments.several("names", names))
        if not found:
            raise ArgumentError(f"no measure is named; give one of {_KNOWN}")
        self._measures = [_measure(name) for name in found]
        self.names = tuple(found)
        self.deepest = max(measure.cutoff or 0 for measure in self._measures)
        try:
            # An extra, which types are checked without as well.
            from pytrec_eval import RelevanceEvaluator  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
        except ModuleNotFoundError:
            raise MissingExtraError("the measures", "pytrec-eval-terrier", "eval") from None
        self._evaluator = RelevanceEvaluator

    def of(self, run: Run, qrels: Qrels) -> dict[str, dict[str, float]]:
        """Return each measure of each topic that has judgments; one without answers gets 0."""
        found: dict[str, dict[str, float]] = {topic: {} for topic in qrels}
        judged = {topic: dict(documents) for topic, documents in qrels.items()}
        for depth, some in groupby(sorted(self._measures, key=_depth), _depth):
            measures = list(some)
            evaluator = self._evaluator(judged, {measure.trec for measure in measures})
            values = evaluator.evaluate({topic: _scored(run.get(topic, ()), depth) for topic in qrels})
            for topic in qrels:
                for measure in measures:
                    found[topic][measure.name] = float(values.get(topic, {}).get(measure.key, 0.0))
        return {topic: {name: values[name] for name in self.names} for topic, values in found.items()}


def _measure(name: str) -> _Measure:
    match = _NAME.fullmatch(name)
    short, cutoff = (match[1], match[2]) if match else ("", None)
    if cutoff is None and short in _WHOLE:
        return _Measure(name, _WHOLE[short], None, 0)
    if cutoff is not None and short in _CUT:
        return _Measure(name, f"{_CUT[short]}.{cutoff}", int(cutoff), 0)
    if cutoff is not None and short in _CUT_BY_US:
        return _Measure(name, _WHOLE[short], int(cutoff), int(cutoff))
    raise ArgumentError(f"there is no measure {arguments.shortened(name)}; give one of {_KNOWN}")


def _depth(measure: _Measure) -> int:
    return measure.depth


def _scored(ids: Sequence[str], depth: int) -> dict[str, float]:
    """Return the ids, the first `depth` of them unless that is 0, with their ranks from below as scores.

    trec_eval orders by scores alone, as numbers of 32 bits, and equals by ids; whole numbers as small as these differ.
    """
    some = ids[:depth] if depth else ids
    return {id_: float(len(some) - place) for place, id_ in enumerate(some)}
