"""Which own words of a site are in force, now that their file has changed?"""

from __future__ import annotations

import logging
import stat
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from searchkit.errors import WordsError
from searchkit.persian import Analyzer
from searchkit.query.own_words import OwnWords
from searchkit.query.words_file import MAX_BYTES, parsed

_SETTLED = 2_000_000_000  # nanoseconds after which another change surely gives a file another time

Stamp: TypeAlias = tuple[int, ...]
"""What tells states of a file apart: when it and its entry were changed, in nanoseconds, and more.

Empty for one that is to be read again, as another change may come before the clock of the file system goes on.
"""


@dataclass(frozen=True, slots=True)
class InForce:
    """What a file was when it was read, and the words that are in force since; None for none.

    Attributes:
        stamp: Of the file.
        words: What it says, or said before somebody made a mistake in it.
        digest: Of what was read last.
        mistake: Why nothing is in force, where the file is faulty and was so from the first.
    """

    stamp: Stamp | None = None
    words: OwnWords | None = None
    digest: str = ""
    mistake: WordsError | None = None

    def told(self) -> OwnWords | None:
        """Return the words that are in force.

        Raises:
            WordsError: The file is faulty; each search has an error of its own, as they run side by side.
        """
        if self.mistake is not None:
            raise WordsError(self.mistake.source, self.mistake.problems)
        return self.words


def renewed(path: Path, stamp: Stamp | None, analyzer: Analyzer, before: InForce, *, required: bool) -> InForce:
    """Return what is in force now that a file has changed, or is first read.

    What was in force stays so where the file has become faulty, which is logged: a search does not fail for that. What
    is faulty from the first is not read again before it changes, either.

    Args:
        path: The file.
        stamp: Of the file as it is; None where there is none.
        analyzer: That of queries.
        before: What was in force.
        required: Whether it must be there.
    """
    if stamp is None and not required:
        return InForce()
    settled: Stamp | None = stamp if _settled(stamp) else ()
    digest = ""
    try:
        data = _read(path)
        digest = sha256(data).hexdigest()
        if digest != before.digest:
            return InForce(settled, parsed(data, str(path), analyzer), digest)
    except OSError as error:  # which may pass, though nothing of the file has changed
        problem = WordsError(str(path), [f"it cannot be read ({error.strerror or error}); mend that"])
        return _kept(before, problem, stamp if before.words else (), digest)
    except WordsError as error:
        return _kept(before, error, settled, digest)
    return InForce(settled, before.words, digest, before.mistake)


def _read(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: It cannot be read.
        WordsError: It is no file, or too big.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
        raise WordsError(str(path), ["it is no ordinary file, which can be read again; give one"])
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise WordsError(str(path), [f"it has more than {MAX_BYTES:,} bytes, which is the most; give a shorter one"])
    return data


def _settled(stamp: Stamp | None) -> bool:
    """Tell whether a file that has this stamp would get another one by the next change."""
    return stamp is None or not 0 <= time.time_ns() - max(stamp[:2]) < _SETTLED


def _kept(before: InForce, problem: WordsError, stamp: Stamp | None, digest: str) -> InForce:
    """Return what is in force though there is a problem: what was before; without that, nothing is."""
    if before.words is None:
        return InForce(stamp, None, digest, problem.with_traceback(None))
    logging.getLogger("searchkit").warning("%s\nthe words that were in force before stay so", problem)
    return InForce(stamp, before.words, digest)
