"""The description's links, followed to the letter: they lead from the queue to a list that the municipality reads."""

import json
from typing import Any

from httpx2 import Response
from scripts.write_openapi import PATH

from matchmaker.domain.case import Case
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.integration.desk_api import Adviser, adviser, case, http, place, staff

__all__ = ["adviser", "case", "http", "place", "staff"]

DESCRIBED: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
}


def value_of(expression: Any, body: Any, answer: Response) -> Any:
    """What a runtime expression of OpenAPI stands for (section 4.8.20.4), after a request with a body."""
    if isinstance(expression, dict):
        return {name: value_of(one, body, answer) for name, one in expression.items()}
    if expression == "$request.body":
        return body
    if expression.startswith("$response.header."):
        return answer.headers[expression.removeprefix("$response.header.")]
    value: Any = answer.json()
    for part in expression.removeprefix("$response.body#/").split("/"):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


class Walk:
    """Somebody who knows the description, and nothing else."""

    def __init__(self, adviser: Adviser, start: str) -> None:
        self.adviser, self.at = adviser, start
        method, path, _ = OPERATIONS[start]
        self.body: Any = None
        self.answer = adviser.ask(method, path)

    def follow(self, operation: str, body: Any = None) -> "Walk":
        link = OPERATIONS[self.at][2]["responses"][str(self.answer.status_code)]["links"][operation]
        method, path, _ = OPERATIONS[link["operationId"]]
        headers = {}
        for name, expression in link["parameters"].items():
            value = value_of(expression, self.body, self.answer)
            if name.startswith("header."):
                headers[name.removeprefix("header.")] = value
            path = path.replace(f"{{{name}}}", str(value))
        given = value_of(link["requestBody"], self.body, self.answer) if "requestBody" in link else body
        self.at, self.body = operation, given
        self.answer = self.adviser.ask(method, path, given, **headers)
        assert self.answer.status_code == 200, (operation, self.answer.text)
        return self


def test_they_lead_from_the_queue_to_a_list_that_is_sent(place: Workspace, adviser: Adviser, case: Case) -> None:
    walk = Walk(adviser, "list_cases").follow("read_case")
    case_id = walk.answer.json()["id"]
    assert case_id == case.id
    walk.follow("decide_candidate", {"decision": "accepted"}).follow("read_case")
    walk.follow("move_candidate", {"to": 2}).follow("read_case").follow("undo_act").follow("read_case")
    walk.follow("register_tie", {"kind": "supplier"}).follow("read_case")
    walk.follow("write_note", {"note": "Ring kommunen."}).follow("read_case")
    walk.follow("ask_municipality", {"question": "Var?"}).follow("read_case").follow("resume_review")
    walk.follow("read_case").follow("preview_approval", {"route": "research_group", "message": "Börja här."})
    walk.follow("approve_list").follow("read_case").follow("release_list")
    sent = adviser.http.get(f"/api/v1/challenges/{case_id}/shortlist", headers=bearing(new_key(place)))
    assert sent.status_code == 200 and sent.json()["message"] == "Börja här." and len(sent.json()["suggestions"]) == 1


def test_every_link_names_an_operation_and_its_parameters() -> None:
    links = [
        link
        for _, _, operation in OPERATIONS.values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert len(links) > 30
    for link in links:
        known = {f"{one['in']}.{one['name']}" for one in OPERATIONS[link["operationId"]][2]["parameters"]}
        assert {name if "." in name else f"path.{name}" for name in link["parameters"]} <= known, link
