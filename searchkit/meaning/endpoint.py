"""How does a server make vectors? One that answers `POST /embeddings` as that of OpenAI does: Ollama, vLLM, many more.

What is embedded goes to the address that the user names, and nowhere else: redirects are not followed, no proxy is
asked. A key is read from the environment, sent with each request, and neither kept nor shown.
"""

from __future__ import annotations

import json
import os
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from searchkit import arguments
from searchkit.errors import ArgumentError, EmbedderError
from searchkit.meaning.embedder import PROBE, checked
from searchkit.meaning.prompts import prompts_of

if TYPE_CHECKING:
    from searchkit.meaning.embedder import Vectors

EMBEDDER_KEY = "SEARCHKIT_EMBEDDER_KEY"
"""The variable of the environment that holds the key."""

_EXAMPLE = "http://localhost:11434/v1#nomic-embed-text"
_AT_ONCE = 32  # texts
_LONGEST_ANSWER = 1 << 19  # bytes for each text that was asked for; a vector of 4,096 numbers takes 90 KB
_LONGEST_PAUSE = 60.0  # seconds, however long the server says that it wants to be left alone
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_TOLD = 200  # characters of what the server says of an error


class Patience(NamedTuple):
    """How long an answer is waited for.

    Attributes:
        timeout: Seconds for the whole of it.
        attempts: How often it is asked for, from 1, where a server is busy or does not answer.
        pause: Seconds before the second attempt; each further pause is twice as long, up to a minute.
    """

    timeout: float = 120.0
    attempts: int = 6
    pause: float = 0.5


_QUESTION = Patience(timeout=30.0, attempts=2, pause=0.25)
"""For a question somebody waits."""


def embedder(spec: str) -> Endpoint:
    """Return the embedder at an address with a model after a #.

    Raises:
        ArgumentError: It is none.
    """
    address, _, model = spec.partition("#")
    return Endpoint(address, model)


class Endpoint:
    """The embedder that a server has. Any number of threads may use it; each request has its own connection.

    Args:
        address: What comes before `/embeddings`, as `http://localhost:11434/v1`.
        model: What the server calls the model. By its name it is known what it wants before a text, see `prompts`.
        patience: How long the vectors of documents are waited for.

    Raises:
        ArgumentError: The address is none, or holds a name, a password or a query; or there is no model.
    """

    def __init__(self, address: str, model: str, patience: Patience | None = None) -> None:
        self._parts = _parts(address)
        if not model.strip() or not model.isprintable():
            raise ArgumentError(f"the embedder's address has no model; give one after a #, as in {_EXAMPLE}")
        self._model = model
        self._address = self._parts.geturl()
        self._patience = patience or Patience()
        self._prompts = prompts_of(model)
        self._dimensions = 0
        self.name = f"endpoint#{model}"  # wherever it is: another model gives another vector of `PROBE`

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has; the server is asked once.

        Raises:
            EmbedderError: It does not answer.
        """
        if not self._dimensions:
            self._ask([PROBE], self._patience)
        return self._dimensions

    def documents(self, texts: list[str]) -> Vectors:
        """Return the vectors of texts that are to be found.

        Raises:
            EmbedderError: The server does not answer, or something else than vectors.
        """
        return self._embedded([self._prompts.document + text for text in texts], self._patience)

    def queries(self, texts: list[str]) -> Vectors:
        """Return the vectors of questions; the same is raised."""
        return self._embedded([self._prompts.query + text for text in texts], _QUESTION)

    def _embedded(self, texts: list[str], patience: Patience) -> Vectors:
        import numpy as np  # noqa: PLC0415 (a search by words may have no use for it)

        found = [self._ask(texts[at : at + _AT_ONCE], patience) for at in range(0, len(texts), _AT_ONCE)]
        return np.concatenate(found) if found else checked([], 0, self.dimensions)

    def _ask(self, texts: list[str], patience: Patience) -> Vectors:
        body = json.dumps({"model": self._model, "input": texts}).encode("ascii")
        for attempt in range(1, patience.attempts + 1):
            last = attempt == patience.attempts
            status, reason, wait = self._once(body, patience.timeout, _LONGEST_ANSWER * len(texts))
            if status == 200:
                return self._read(reason, len(texts))
            if last or (status and status not in _PASSING):
                break
            time.sleep(min(max(patience.pause * 2 ** (attempt - 1), wait), _LONGEST_PAUSE))
        raise self._failed(f"answered {status}: {_told(reason)}" if status else f"does not answer: {_told(reason)}")

    def _once(self, body: bytes, timeout: float, most: int) -> tuple[int, bytes, float]:
        """Ask once; return the status, what was answered, and how long the server wants not to be asked.

        The status is 0 where there is no answer.
        """
        until = time.monotonic() + timeout
        connection = self._connection(timeout)
        try:
            connection.request("POST", f"{self._parts.path}/embeddings", body, self._headers())
            response = connection.getresponse()
            pause = response.getheader("Retry-After", "").strip()
            return response.status, self._whole(response, until, most), float(pause) if pause.isdecimal() else 0.0
        except ssl.SSLCertVerificationError as error:
            raise self._failed(f"has a certificate that cannot be trusted: {error.verify_message}") from None
        except (OSError, HTTPException) as error:
            return 0, (str(error) or type(error).__name__).encode("utf-8", "replace"), 0.0
        finally:
            connection.close()

    def _connection(self, timeout: float) -> HTTPConnection:
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        return kind(self._parts.hostname or "", self._parts.port, timeout=timeout)

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        key = os.environ.get(EMBEDDER_KEY, "")
        if not key.isascii() or not key.isprintable():
            raise EmbedderError(f"{EMBEDDER_KEY} holds a character that no key has; set it to the key alone")
        return headers | {"Authorization": f"Bearer {key}"} if key else headers

    def _whole(self, response: HTTPResponse, until: float, most: int) -> bytes:
        """Return what is answered, up to so many bytes and a time."""
        read = bytearray()
        while piece := response.read1(1 << 16):
            read += piece
            if len(read) > most:
                raise self._failed(f"answers more than {most:,} bytes")
            if time.monotonic() > until:
                raise TimeoutError("timed out")
        if response.length:
            raise HTTPException("the answer is cut off")
        return bytes(read)

    def _read(self, answer: bytes, count: int) -> Vectors:
        try:
            rows = json.loads(answer)["data"]
            given = [row.get("index", at) for at, row in enumerate(rows)]
            vectors = [row["embedding"] for row in rows]
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise self._failed("answers something else than vectors; is this the address before /embeddings?") from None
        if len(rows) != count or any(isinstance(at, bool) or not isinstance(at, int) for at in given):
            raise self._failed(f"answers {len(rows)} vectors where {count} were asked for")
        if sorted(given) != list(range(count)):
            raise self._failed("answers vectors of which nobody can say to which texts they belong")
        try:
            dimensions = self._dimensions or len(vectors[0])
            found = checked([vectors[given.index(at)] for at in range(count)], count, dimensions)
        except (EmbedderError, TypeError) as error:
            raise self._failed(f"answers what are no vectors: {error}") from None
        self._dimensions = dimensions
        return found

    def _failed(self, what: str) -> EmbedderError:
        return EmbedderError(f"the embedder at {self._address} ({self._model}) {what}")


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(arguments.instance("an address", address, str))
        port = parts.port
    except ValueError:
        raise ArgumentError(f"that is no address of an embedder; give one as {_EXAMPLE}") from None
    if parts.username is not None or parts.password is not None or parts.query:
        raise ArgumentError(
            f"the address of an embedder holds a password or a query; put its key into {EMBEDDER_KEY} instead"
        )
    fit = address.isascii() and address.isprintable() and " " not in address
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or not fit:
        raise ArgumentError(f"that is no address of an embedder; give one as {_EXAMPLE}")
    return parts._replace(path=parts.path.rstrip("/").removesuffix("/embeddings"), fragment="")


def _told(answer: bytes) -> str:
    """Return what a server says went wrong, in a line, without the key if it is in there."""
    told: Any = answer.decode("utf-8", "replace")
    try:
        told = json.loads(told)
        told = told.get("error", told)
        told = told.get("message", told)
    except (ValueError, RecursionError, AttributeError):
        pass
    line = " ".join(str(told).split())
    key = os.environ.get(EMBEDDER_KEY)
    return (line.replace(key, "***") if key else line)[:_TOLD] or "nothing"
