"""Which words carry no content of their own, so that a document may miss them?"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from searchkit.persian import Analyzer


@cache
def stop_keys(analyzer: Analyzer) -> frozenset[str]:
    """Return the keys of the function words in `data/stopwords.tsv`, as this analyzer makes them."""
    table = (files("searchkit.query") / "data" / "stopwords.tsv").read_text(encoding="utf-8")
    words = [row.split("\t")[0] for row in table.splitlines()[1:]]
    return frozenset(token.key for word in words for token in analyzer.analyze(word))
