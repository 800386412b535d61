"""The API does what its OpenAPI document says: asked by Schemathesis, which makes requests from it, right and wrong."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from served import DOCUMENTS, TOKEN

from searchkit import SearchIndex
from searchkit.web import WebOptions, app

pytestmark = pytest.mark.thorough

OPERATIONS = [
    "GET /search",
    "GET /suggest",
    "GET /similar/{id}",
    "GET /documents/{id}",
    "GET /health",
    "POST /documents",
    "DELETE /documents/{id}",
]

TAKE_NOTHING_WRONG = {"GET /health", "GET /documents/{id}"}
CASES = [
    (label, mode)
    for label in OPERATIONS
    for mode in GenerationMode
    if not (label in TAKE_NOTHING_WRONG and mode is GenerationMode.NEGATIVE)
]

# What is right by its form may still be wrong: a field that the index has not, a cursor that is none.
NOT_CHECKED = [positive_data_acceptance]


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    with SearchIndex.open(tmp_path_factory.mktemp("api") / "index", fields={"section": "keyword"}) as index:
        index.add(DOCUMENTS)
        schema = schemathesis.openapi.from_asgi("/api/openapi.json", app(index, WebOptions(write=TOKEN)))
        yield {operation.label: operation for operation in (each.ok() for each in schema.get_all_operations())}


def ask(operation, mode, number, of):
    changes = operation.method in {"post", "delete"}

    @seed(number)
    @settings(max_examples=of, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case):
        headers = {"Authorization": f"Bearer {TOKEN}"} if changes else {}
        case.call_and_validate(headers=headers, excluded_checks=NOT_CHECKED)

    asked()


def test_all_of_it_is_asked(operations):
    assert sorted(operations) == sorted(OPERATIONS)


@pytest.mark.parametrize(("label", "mode"), CASES)
def test_the_api_does_as_it_says(operations, label, mode):
    ask(operations[label], mode, 1, 20)


@pytest.mark.soak
@pytest.mark.parametrize(("label", "mode"), CASES)
def test_the_api_does_as_it_says_for_long(operations, label, mode, seed):
    ask(operations[label], mode, seed, 200)
