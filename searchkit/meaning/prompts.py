"""What does a model want to stand before a text, so that it knows a question from what may answer it?

Each family is told by the name of a model; the texts are those of the card that its makers give with it. A model that
is in none of them is given texts as they are.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Prompts(NamedTuple):
    """What stands before a question, and before what is to be found."""

    query: str = ""
    document: str = ""


_SEARCH = "Represent this sentence for searching relevant passages: "
_INSTRUCT = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "

_FAMILIES = [
    (re.compile(pattern), prompts)
    for pattern, prompts in (
        (r"\be5-.*instruct", Prompts(_INSTRUCT)),  # huggingface.co/intfloat/multilingual-e5-large-instruct
        (r"\be5-", Prompts("query: ", "passage: ")),  # huggingface.co/intfloat/multilingual-e5-small
        (r"nomic-embed-text", Prompts("search_query: ", "search_document: ")),  # …/nomic-ai/nomic-embed-text-v1.5
        (r"embeddinggemma", Prompts("task: search result | query: ", "title: none | text: ")),  # …/google/
        (r"qwen3-embedding", Prompts(_INSTRUCT)),  # …/Qwen/Qwen3-Embedding-0.6B
        (r"mxbai-embed", Prompts(_SEARCH)),  # …/mixedbread-ai/mxbai-embed-large-v1
        (r"\bbge-.*-en\b", Prompts(_SEARCH)),  # …/BAAI/bge-base-en-v1.5; bge-m3 wants none
        (r"arctic-embed.*(?:v2|2\.0)|arctic-embed2", Prompts("query: ")),  # …/Snowflake/snowflake-arctic-embed-l-v2.0
        (r"arctic-embed", Prompts(_SEARCH)),  # …/Snowflake/snowflake-arctic-embed-m
    )
]


def prompts_of(model: str) -> Prompts:
    """Return what a model wants, by its name.

    >>> prompts_of("intfloat/multilingual-e5-small"), prompts_of("BAAI/bge-m3")
    (Prompts(query='query: ', document='passage: '), Prompts(query='', document=''))
    """
    name = model[:200].lower()
    return next((prompts for pattern, prompts in _FAMILIES if pattern.search(name)), Prompts())
