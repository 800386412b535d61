"""Here is a path or a stream: which documents are in it?

`discover` walks the folders, `read_source` reads one file, `read_sources` many, and `load` does all of it. What cannot
be read comes out as a `Skip` that says why; the rest goes on. Each format is a module of its own and is imported when a
file needs it.
"""

from searchkit.loading.discovery import discover, exists
from searchkit.loading.options import LoadOptions, source_name
from searchkit.loading.reading import load, read_source
from searchkit.loading.sources import read_sources

__all__ = ["LoadOptions", "discover", "exists", "load", "read_source", "read_sources", "source_name"]
