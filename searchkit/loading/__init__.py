"""Here is a path or a stream: which documents are in it?

`discover` walks the folders, `recognize` says in which format a file is, `read_source` reads it, `read_sources` reads
many, and `load` does all of it. What cannot be read comes out as a `Skip` that says why; the rest goes on. Each format
is a module of its own and is imported when a file needs it.
"""

from searchkit.loading.discovery import discover, exists
from searchkit.loading.options import LoadOptions, source_name
from searchkit.loading.reading import load, read_source, recognize
from searchkit.loading.sources import LEAST_WORK, read_sources

__all__ = [
    "LEAST_WORK",
    "LoadOptions",
    "discover",
    "exists",
    "load",
    "read_source",
    "read_sources",
    "recognize",
    "source_name",
]
