"""Which text stands on the pages of a PDF? A program of its own, so that what is hostile takes neither time nor memory.

It reads a PDF from standard input, and writes a line of JSON for what the file says of itself, for each page, and for
each one that was left out.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from searchkit.loading.pdf.paper import Glyph, lines
from searchkit.loading.pdf.visual import logical, plain_letters

MEMORY = 512 << 20
"""Bytes of memory."""

SECONDS = 60
"""Seconds of the processor for a file."""

PAGE_SECONDS = 5
"""Seconds of the processor for a page, and for the tables of the file."""

MOST_PAGES = 5_000
"""Pages of a file."""

MOST_OF_PAGES = 5_000_000
"""Characters of all lines together."""

READINGS = (logical, partial(logical, mirrored=False), plain_letters)
"""How the glyphs of a line become its text. Some programs name of a bracket that was turned round, in a line from right
to left, the one that it was made from, and some write from left to right what is read from right to left."""

_MOST_SLOW = 2  # pages that take too long, after which the file is left


class _TooLong(BaseException):  # which no `except Exception` of a library keeps
    pass


def main() -> None:
    """Read standard input, write standard output."""
    _bound_memory()
    data = sys.stdin.buffer.read()
    try:
        with _Clock():
            pages, facts = _opened(data)
        _say(facts=facts)
        _all(pages)
    except _TooLong:
        _say(reason=f"its tables take more than {PAGE_SECONDS} seconds")
    except MemoryError:
        _say(reason=_memory())
    except Exception as error:  # noqa: BLE001 (whatever a damaged file makes the library do)
        _say(reason=_why(error))


def _all(pages: Iterator[Callable[[], list[Glyph]]]) -> None:
    slow = characters = number = 0
    begun = time.process_time()
    while True:
        number += 1
        reason = ""
        try:
            with _Clock():
                page = next(pages, None)
                texts = _texts(lines(page())) if page is not None else []
        except _TooLong:
            slow += 1
            reason = f"takes more than {PAGE_SECONDS} seconds"
        except MemoryError:
            slow += 1
            reason = _memory()
        except RecursionError:
            reason = "nested too deep"
        except Exception as error:  # noqa: BLE001 (as above)
            reason = _why(error)
        if reason:
            _say(page=number, reason=reason)
        elif page is None:
            return
        else:
            characters += len(texts[0])
            _say(page=number, texts=texts)
        if slow >= _MOST_SLOW or number >= MOST_PAGES or characters > MOST_OF_PAGES or _past(begun):
            _say(page=number, reason="what comes after it")
            return


def _texts(found: list[list[str]]) -> list[str]:
    """Return the text in each way in which a program may have meant it: see `READINGS`."""
    texts: list[str] = []
    for read in READINGS:
        written = (" ".join(read(line).replace("\0", "\ufffd").split()) for line in found)
        texts.append("\n".join(line for line in written if line))
    return texts


def _past(begun: float) -> bool:
    return time.process_time() - begun > SECONDS


def _opened(data: bytes) -> tuple[Iterator[Callable[[], list[Glyph]]], dict[str, str]]:
    """Return what reads each page, and what the file says of itself."""
    from pdfminer.pdfdocument import PDFDocument  # noqa: PLC0415 (after memory is bounded)
    from pdfminer.pdfinterp import PDFResourceManager  # noqa: PLC0415
    from pdfminer.pdfpage import PDFPage  # noqa: PLC0415
    from pdfminer.pdfparser import PDFParser  # noqa: PLC0415

    from searchkit.loading.pdf.glyphs import glyphs  # noqa: PLC0415 (which imports the library)

    document = PDFDocument(PDFParser(io.BytesIO(data)), caching=True)
    manager = PDFResourceManager(caching=True)
    reading = (lambda page=page: glyphs(manager, page) for page in PDFPage.create_pages(document))
    return reading, _facts(document)


def _facts(document: Any) -> dict[str, str]:  # noqa: ANN401
    from pdfminer.pdftypes import resolve1  # noqa: PLC0415
    from pdfminer.utils import decode_text  # noqa: PLC0415

    known: dict[str, str] = {}
    for info in [*document.info, {"Lang": document.catalog.get("Lang")}]:
        for key in ("Title", "Author", "Subject", "Keywords", "CreationDate", "Lang"):
            value = resolve1(info.get(key))
            if isinstance(value, bytes):
                utf8 = value.startswith(b"\xef\xbb\xbf")
                known.setdefault(key, value[3:].decode("utf-8", "replace") if utf8 else decode_text(value[:100_000]))
    return known


def _why(error: Exception) -> str:
    name = type(error).__name__
    if "Password" in name or "Encryption" in name:
        return "encrypted"
    return str(error) if name == "TooMany" else f"damaged ({name}: {str(error)[:100]})"


def _memory() -> str:
    return f"takes more than {MEMORY >> 20} MB of memory"


def _say(**what: Any) -> None:  # noqa: ANN401 (values of JSON)
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _bound_memory() -> None:
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS))


class _Clock:
    """Ends what takes longer than a page may, where the system can do so."""

    def __enter__(self) -> None:
        self._set(PAGE_SECONDS)

    def __exit__(self, *_: object) -> None:
        self._set(0)

    @staticmethod
    def _set(seconds: int) -> None:
        import signal  # noqa: PLC0415

        def ring(*_: object) -> None:
            raise _TooLong

        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGVTALRM, ring)
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


if __name__ == "__main__":
    main()
