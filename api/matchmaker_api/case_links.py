"""What of an answer leads on to the next request: the queue to a case, a case to all that can be done with it."""

from typing import Any

_ETAG = {"ETag": {"description": "The case's version; for If-Match.", "schema": {"type": "string"}}}
_CASE = {"case_id": "$response.body#/id"}
_SEEN = {**_CASE, "header.If-Match": "$response.header.ETag"}
_FIRST = {"collaborator_id": "$response.body#/candidates/0/collaborator"}

_READS = ("list_candidates", "read_presence", "preview_approval", "write_note")
_ACTS = (
    *("fetch_further_candidates", "set_case_owner", "set_case_route", "ask_municipality", "resume_review"),
    *("close_case", "reopen_case", "approve_list", "withdraw_approval", "release_list", "revise_list"),
)
_ON_THE_FIRST = ("decide_candidate", "move_candidate", "register_tie")


def _links(operations: tuple[str, ...], parameters: dict[str, str]) -> dict[str, Any]:
    return {one: {"operationId": one, "parameters": parameters} for one in operations}


Answers = dict[int | str, dict[str, Any]]

LISTED: Answers = {200: {"links": _links(("read_case",), {"case_id": "$response.body#/items/0/id"})}}
READ: Answers = {
    200: {
        "headers": _ETAG,
        "links": {
            **_links(_READS, _CASE),
            **_links(_ACTS, _SEEN),
            **_links(_ON_THE_FIRST, {**_SEEN, **_FIRST}),
            "undo_act": {
                "operationId": "undo_act",
                "parameters": _SEEN,
                "requestBody": {"event": "$response.body#/undoable/event"},
            },
        },
    }
}
PREVIEWED: Answers = {
    200: {
        "headers": _ETAG,
        "links": {
            "approve_list": {
                "operationId": "approve_list",
                "parameters": {"case_id": "$response.body#/case", "header.If-Match": "$response.header.ETag"},
                "requestBody": "$request.body",
            }
        },
    }
}
"""What was looked at is what is approved."""
ACTED: Answers = {200: {"headers": _ETAG, "links": _links(("read_case",), _CASE)}}
"""Every act answers with the case as it is then."""
