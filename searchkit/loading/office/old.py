"""Which document is in a container of Office 97-2003? That of Word; of Excel and PowerPoint it says what is to be done.

Encrypted files of today lie in the same container (MS-CFB).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from searchkit.documents import Document
from searchkit.errors import LoadError
from searchkit.loading.office import doc
from searchkit.loading.office.compound import opened_compound
from searchkit.loading.options import LoadOptions

_NEWER = {"Workbook": ".xlsx", "Book": ".xlsx", "PowerPoint Document": ".pptx"}


def read(stream: BinaryIO, name: str, options: LoadOptions) -> Iterator[Document]:
    """Yield the document of a file of Word; what is in a file says whether it is one.

    Raises:
        LoadError: It is another, encrypted or damaged.
    """
    container = opened_compound(stream, name, options)
    if "EncryptedPackage" in container:
        raise LoadError(name, "encrypted")
    if doc.MAIN in container:
        yield doc.document(container, name)
        return
    newer = next((suffix for main, suffix in _NEWER.items() if main in container), "")
    advice = f"; save it as {newer}" if newer else ""
    raise LoadError(name, f"a file of Office 97-2003 or the like, which is not read{advice}")
