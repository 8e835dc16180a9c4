"""The description of the API that is committed is the one that runs."""

import json
from typing import Any

from scripts.write_openapi import PATH, text

from matchmaker.db.webhooks import WebhookEvent
from matchmaker_api.problem_catalogue import PROBLEMS

UPDATE = (
    "The API is not as api/openapi.json says. If the change is meant, run: .venv/bin/python scripts/write_openapi.py\n"
    "A change that breaks clients (a field or route that goes, a new required one, another type) needs /api/v2: see\n"
    "“Versions” in docs/api.md."
)


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_the_committed_description_is_the_one_that_runs() -> None:
    assert PATH.read_text(encoding="utf-8") == text(), UPDATE


def test_every_operation_says_what_it_needs_and_which_problems_it_meets() -> None:
    document = json.loads(text())
    for operation in operations(document):
        problems = {status: one for status, one in operation["responses"].items() if int(status) >= 400}
        assert {"500", "503"} <= set(problems), operation["operationId"]
        if operation["security"]:
            assert {"401", "403", "429"} <= set(problems), operation["operationId"]
            assert ("Scope: `" in operation["description"]) != ("Roles: `" in operation["description"])
        for status, one in problems.items():
            assert one["content"]["application/problem+json"]["example"]["status"] == int(status)


def test_every_message_of_a_webhook_is_described() -> None:
    document = json.loads(text())
    assert set(document["webhooks"]) == set(WebhookEvent)
    for event, path in document["webhooks"].items():
        names = {one["name"]: one["required"] for one in path["post"]["parameters"]}
        assert names == {"webhook-id": True, "webhook-timestamp": True, "webhook-signature": True}
        schema = path["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        assert document["components"]["schemas"][schema]["properties"]["type"]["const"] == event
        assert path["post"]["security"] == [], "signed, and without a key of ours"


def test_every_body_has_an_example() -> None:
    document = json.loads(text())
    for operation in operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            name = body["schema"]["$ref"].rsplit("/", 1)[-1]
            assert document["components"]["schemas"][name]["examples"], operation["operationId"]


def test_every_problem_that_is_described_has_a_page() -> None:
    for operation in operations(json.loads(text())):
        for status, one in operation["responses"].items():
            if int(status) >= 400:
                code = one["content"]["application/problem+json"]["example"]["type"].removeprefix("/problems/")
                assert PROBLEMS[code].status == int(status)
