"""How does a model of sentence-transformers make vectors? The package is heavy and no extra brings it.

pip install sentence-transformers
searchkit embed --embedder sentence-transformers:intfloat/multilingual-e5-small
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from searchkit.errors import ArgumentError, EmbedderError
from searchkit.meaning.embedder import checked
from searchkit.meaning.prompts import Prompts, prompts_of

if TYPE_CHECKING:
    from searchkit.meaning.embedder import Vectors


def embedder(spec: str) -> SentenceTransformers:
    """Return the embedder of `sentence-transformers:MODEL`; see `SentenceTransformers` for what is raised."""
    return SentenceTransformers(spec.partition(":")[2])


class SentenceTransformers:
    """A model that sentence-transformers loads: a folder, or a name, which it may fetch from Hugging Face.

    Args:
        model: The folder or name.

    Raises:
        ArgumentError: There is none.
        EmbedderError: The package is not installed, or the model cannot be loaded.
    """

    def __init__(self, model: str) -> None:
        if not model.strip():
            raise ArgumentError("sentence-transformers has no model; give one: sentence-transformers:MODEL")
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (seconds, and gigabytes)
        except ImportError as error:
            raise EmbedderError(
                f"the models of sentence-transformers need {error.name or 'a package'}, which is not installed: "
                "pip install sentence-transformers"
            ) from None
        try:
            self._model = SentenceTransformer(model)
            self.dimensions = int(self._model.get_sentence_embedding_dimension())
        except Exception as error:  # whatever its many packages raise
            raise EmbedderError(f"the model {model} cannot be loaded: {error}") from error
        self.name = f"sentence-transformers:{model}"
        self._prompts = _prompts(getattr(self._model, "prompts", None) or {}, model)
        self._lock = Lock()

    def documents(self, texts: list[str]) -> Vectors:
        """Return the vectors of texts that are to be found."""
        return self._embedded(texts, self._prompts.document)

    def queries(self, texts: list[str]) -> Vectors:
        """Return the vectors of questions."""
        return self._embedded(texts, self._prompts.query)

    def _embedded(self, texts: list[str], prompt: str) -> Vectors:
        if not texts:
            return checked([], 0, self.dimensions)
        with self._lock:
            found = self._model.encode(
                [prompt + text for text in texts], normalize_embeddings=True, show_progress_bar=False, prompt=""
            )
        return checked(found, len(texts), self.dimensions)


def _prompts(own: dict[str, str], model: str) -> Prompts:
    """Return what the model says that it wants, or, where it says nothing, what its family does."""
    if not any(own.values()):
        return prompts_of(model)
    return Prompts(own.get("query", ""), own.get("document") or own.get("passage", ""))
