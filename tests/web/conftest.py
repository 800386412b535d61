"""A small index, and clients of sites that serve it."""

from __future__ import annotations

import pytest
from served import DOCUMENTS, TOKEN
from starlette.testclient import TestClient

from searchkit import SearchIndex
from searchkit.web import WebOptions, app


@pytest.fixture
def index(tmp_path):
    with SearchIndex.open(tmp_path / "index", fields={"section": "keyword"}) as made:
        made.add(DOCUMENTS)
        yield made


@pytest.fixture
def client(index):
    """Asks a site that may be written to."""
    return TestClient(app(index, WebOptions(write=TOKEN)), raise_server_exceptions=False)


@pytest.fixture
def serving(index):
    """Return a client of the index, served with options."""

    def start(**options):
        return TestClient(app(index, WebOptions(**options)), raise_server_exceptions=False)

    return start
