"""What the tests of loading share: write a file, load it."""

from __future__ import annotations

import pytest

from searchkit.documents import Document, Skip
from searchkit.loading import LoadOptions, load


class Loaded:
    """What came out of loading, sorted into documents and skips."""

    def __init__(self, found):
        found = list(found)
        self.documents = [item for item in found if isinstance(item, Document)]
        self.skips = [item for item in found if isinstance(item, Skip)]
        assert len(self.documents) + len(self.skips) == len(found)

    @property
    def only(self):
        assert len(self.documents) == 1, (self.documents, self.skips)
        assert not self.skips
        return self.documents[0]

    @property
    def reasons(self):
        return [skip.reason for skip in self.skips]


@pytest.fixture
def load_file(tmp_path, monkeypatch):
    """Write a file into an empty folder and load it by its relative name."""
    monkeypatch.chdir(tmp_path)

    def loading(name, content, **options):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
        return Loaded(load([name], LoadOptions(**options)))

    return loading


@pytest.fixture
def load_paths():
    return lambda *paths, **options: Loaded(load(paths, LoadOptions(**options)))
