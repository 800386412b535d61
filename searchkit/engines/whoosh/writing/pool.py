"""Where is a batch inverted? In this process or in another one, which sends each term of its vocabularies once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from searchkit.engines.whoosh.writing.batches import EncoderOf, InvertedBatch, Inverter, Row
from searchkit.engines.whoosh.writing.encoding import TermList
from searchkit.engines.whoosh.writing.inversion import Inverted
from searchkit.processes import Processes


class InverterPool:
    """This process and others that invert batches for it.

    Args:
        schema: Whoosh's.
        encoder_of: Makes the encoder of an indexed field; a function of a module.
        jobs: How many processes work, this one included.
    """

    def __init__(self, schema: Any, encoder_of: EncoderOf, jobs: int) -> None:
        self._here = Inverter(schema, encoder_of)
        self._processes: Processes[Sequence[Row], InvertedBatch] = Processes(
            self._here.invert, _invert, jobs, _start, (schema, encoder_of)
        )
        self._vocabularies: dict[tuple[int, int | None], TermList] = {}

    def invert(self, rows: Sequence[Row]) -> Iterator[InvertedBatch]:
        """Invert a batch or have it inverted, and yield those that are done, in order."""
        return map(self._received, self._processes.do(rows))

    def rest(self) -> Iterator[InvertedBatch]:
        """Wait for the batches that are under way and yield them, in order."""
        return map(self._received, self._processes.rest())

    def close(self) -> None:
        """End the other processes, and let go of what this one has learnt."""
        self._processes.close()
        self._here.forget()

    def _received(self, batch: InvertedBatch) -> InvertedBatch:
        return replace(batch, fields={name: self._joined(inverted) for name, inverted in batch.fields.items()})

    def _joined(self, inverted: Inverted) -> Inverted:
        """Return the same with all terms that the other process has sent so far."""
        sent = inverted.vocabulary
        if not sent.process:
            return inverted
        place = sent.process, sent.key
        if not sent.first:
            self._vocabularies[place] = TermList(key=sent.key)
        known = self._vocabularies[place]
        known.terms += sent.terms
        return replace(inverted, vocabulary=known)


_inverter: list[Inverter] = []
_sent: dict[int, tuple[TermList, int]] = {}


def _start(schema: Any, encoder_of: EncoderOf) -> None:
    _inverter.append(Inverter(schema, encoder_of))


def _invert(rows: Sequence[Row]) -> InvertedBatch:
    batch = _inverter[0].invert(rows)
    return replace(batch, fields={name: _news(inverted) for name, inverted in batch.fields.items()})


def _news(inverted: Inverted) -> Inverted:
    """Return the same with those terms alone that have not been sent."""
    vocabulary = inverted.vocabulary
    if vocabulary.key is None:
        return inverted
    before, count = _sent.get(vocabulary.key, (vocabulary, 0))
    first = count if before is vocabulary else 0
    _sent[vocabulary.key] = vocabulary, len(vocabulary.terms)
    return replace(inverted, vocabulary=TermList(vocabulary.terms[first:], vocabulary.key, os.getpid(), first))
