"""The schema says what the endpoints do."""

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests.core import api_urls


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator(urlconf=api_urls).get_schema(request=None, public=True)


@pytest.fixture
def operation(schema):
    return lambda path, method: schema["paths"][f"/api/v1/{path}"][method]


def parameters(operation, where):
    return {each["name"]: each["schema"] for each in operation["parameters"] if each["in"] == where}


def test_a_list_names_its_parameters(operation):
    assert parameters(operation("facts/", "get"), "query") == {
        "above": {"type": "string", "format": "decimal"},
        "count": {"type": "boolean"},
        "cursor": {"type": "string"},
        "day": {"type": "string", "format": "date"},
        "kind": {"type": "array", "items": {"type": "string", "enum": ["a.made", "b.made"]}},
        "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
        "name": {"type": "string"},
        "order": {
            "type": "string",
            "enum": ["id", "-id", "scope", "-scope", "name", "-name", "subject", "person"],
        },
        "scope": {
            "type": "array",
            "items": {"type": "integer", "format": "int64", "minimum": 1},
        },
        "scoped": {"type": "boolean"},
        "since": {"type": "string", "format": "date-time"},
    }


def test_a_list_is_an_envelope_of_rows(schema, operation):
    answer = operation("facts/", "get")["responses"]["200"]["content"]["application/json"]
    assert answer == {"schema": {"$ref": "#/components/schemas/PaginatedFactList"}}
    envelope = schema["components"]["schemas"]["PaginatedFactList"]
    assert sorted(envelope["properties"]) == [
        "count",
        "count_capped",
        "next",
        "previous",
        "results",
    ]
    rows = {"type": "array", "items": {"$ref": "#/components/schemas/Fact"}}
    assert envelope["properties"]["results"] == rows


@pytest.mark.parametrize(
    ("path", "method", "codes"),
    [
        ("facts/", "get", ["200", "400", "401"]),
        ("groups/", "post", ["201", "400", "401", "403", "409", "422"]),
        ("touch/", "post", ["204", "400", "401", "403", "409", "422"]),
        ("groups/{id}/", "get", ["200", "304", "400", "401", "404"]),
        ("groups/{id}/", "patch", ["200", "400", "401", "403", "404", "409", "412"]),
        ("groups/{id}/", "delete", ["204", "400", "401", "403", "404", "409", "412"]),
    ],
)
def test_every_answer_is_named_and_problems_are_problems(operation, path, method, codes):
    responses = operation(path, method)["responses"]
    assert sorted(responses) == codes
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refusals = [code for code in codes if code >= "400"]
    assert all(responses[code]["content"] == problem for code in refusals)
    assert all(responses[code]["description"] for code in refusals)


def test_conditional_and_repeated_requests_show_their_headers(operation):
    assert parameters(operation("groups/", "post"), "header") == {
        "Idempotency-Key": {"type": "string", "maxLength": 200}
    }
    for method in ("patch", "delete"):
        assert parameters(operation("groups/{id}/", method), "header") == {
            "If-Match": {"type": "string"}
        }
    assert parameters(operation("groups/{id}/", "get"), "header") == {
        "If-None-Match": {"type": "string"}
    }


def test_bodies_are_those_of_the_commands(operation):
    made = operation("groups/", "post")
    body = {"schema": {"$ref": "#/components/schemas/GroupInputRequest"}}
    assert made["requestBody"]["content"] == {"application/json": body}
    shown = {"schema": {"$ref": "#/components/schemas/Group"}}
    assert made["responses"]["201"]["content"] == {"application/json": shown}
    assert "requestBody" not in operation("touch/", "post")
    changed = operation("groups/{id}/", "patch")["requestBody"]["content"]
    assert changed == {
        "application/json": {"schema": {"$ref": "#/components/schemas/PatchedGroupInputRequest"}}
    }


def test_the_schema_is_openapi_3_1(schema):
    assert schema["openapi"] == "3.1.0"
    validate_schema(schema)
