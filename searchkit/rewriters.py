"""Which words may a query be rewritten to? Those of a commit: gathered when first needed, and added to later."""

from __future__ import annotations

from itertools import chain
from threading import Lock

from searchkit.engines.base import Reader
from searchkit.query.rewriting.forms import WrittenForms
from searchkit.query.rewriting.rewriter import Rewriter


class Rewriters:
    """Makes the rewriter for a commit. Safe to share between threads.

    Words are gathered part by part, and those of a part that was there before are not looked at again. A word that only
    deleted documents hold is among them; whoever rewrites makes sure that what it finds is found.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._parts: frozenset[str] = frozenset()
        self._forms = WrittenForms.of(())
        self._rewriter = Rewriter(self._forms)

    def of(self, reader: Reader) -> Rewriter:
        """Return the rewriter for what a reader reads."""
        with self._guard:
            parts = frozenset(reader.parts)
            if parts != self._parts:
                if not parts > self._parts:
                    self._parts, self._forms = frozenset(), WrittenForms.of(())
                new = chain.from_iterable(map(reader.words, sorted(parts - self._parts)))
                self._forms = self._forms.extended(new) if self._parts else WrittenForms.of(new)
                self._parts, self._rewriter = parts, Rewriter(self._forms.with_variants())
            return self._rewriter
