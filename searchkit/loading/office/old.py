"""What is to be done with the files of Word, Excel and PowerPoint from before 2007, and with encrypted ones of today?

Both are containers of the same kind (MS-CFB), which nothing here reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.formats import suffix_of
from searchkit.loading.options import LoadOptions

_NEWER = {".xls": ".xlsx", ".ppt": ".pptx", ".pps": ".pptx"}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LOOKED_AT = 1_000_000


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:  # noqa: ARG001 (as every format)
    """Say what to do.

    Raises:
        LoadError: Always.
    """
    if _ENCRYPTED in stream.read(_LOOKED_AT):
        raise LoadError(name, "encrypted")
    newer = _NEWER.get(suffix_of(name), ".docx")
    raise LoadError(name, f"a file of Office 97-2003, which is not read; save it as {newer}")
