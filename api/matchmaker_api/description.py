"""The OpenAPI description: what the framework reads from the routes, and what the policy and the problems add."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from matchmaker.domain.access import Role
from matchmaker_api.problem_catalogue import PROBLEMS, problem_type
from matchmaker_api.security.policy import ROUTES, Link, Rule

MEDIA_TYPE = "application/problem+json"
SCHEME = "apiKey"
TOKEN_SCHEME = "personalToken"  # noqa: S105  # the name of a way to show who one is
LINK_SCHEMES = {Link.CHALLENGE: "privateLink", Link.GROUP: "groupLink"}

REQUEST_ID_HEADER = {
    "description": "The request's id: the caller's own, else one of ours. It stands in the server's log.",
    "schema": {"type": "string"},
}
RATE_HEADERS = {
    name: {"description": description, "schema": {"type": "string"}}
    for name, description in (
        ("RateLimit-Policy", "The quota q in a window of w seconds."),
        ("RateLimit", "What remains, r, and the seconds t until more does."),
    )
}

# Which problems an operation can meet, beside those that its rule brings: by status the codes, the first as example.
ALWAYS = {500: ["fault"], 503: ["not-ready", "setup", "storage"]}
WITH_BODY = {
    400: ["invalid-json", "too-deep"],
    413: ["content-too-large"],
    415: ["unsupported-media-type"],
    422: ["invalid-challenge", "invalid-description", "invalid-request"],
}
WITH_KEY = {
    401: ["no-key", "invalid-key", "expired-key", "revoked-key"],
    403: ["missing-scope", "other-municipality"],
    429: ["too-many-requests"],
}
WITH_LINK = {
    401: ["no-key", "invalid-link"],
    403: ["forbidden"],
    404: ["not-found"],
    429: ["too-many-requests"],
}
OF_OPERATIONS: dict[str, dict[int, list[str]]] = {
    "create_challenge": {422: ["invalid-challenge", "idempotency-key-reused"]},
    "amend_challenge": {
        409: ["illegal-act", "stale-case"],
        412: ["precondition-failed"],
        428: ["precondition-required"],
    },
    "withdraw_challenge": {409: ["illegal-act", "stale-case"]},
    "answer_question": {
        409: ["other-question", "illegal-act", "stale-case"],
        422: ["invalid-challenge", "idempotency-key-reused", "invalid-request"],
    },
    "read_shortlist": {404: ["not-approved-yet", "not-found"]},
    "list_challenges": {422: ["invalid-cursor", "invalid-request"]},
    "list_public_challenges": {422: ["invalid-cursor", "invalid-request"]},
    "list_collaborators": {422: ["invalid-cursor", "invalid-request"]},
    "list_events": {422: ["invalid-cursor", "invalid-request"]},
    "list_deliveries": {422: ["invalid-cursor", "invalid-request"]},
    "rotate_secret": {409: ["inactive-endpoint"], 422: ["invalid-request"]},
    "add_endpoint": {422: ["invalid-endpoint", "refused-target", "invalid-request"]},
    "correct_catalogue_group": {412: ["precondition-failed"], 428: ["precondition-required"]},
    "list_group_works": {422: ["invalid-cursor", "invalid-request"]},
    "list_own_works": {422: ["invalid-cursor", "invalid-request"]},
    "list_suggested_links": {422: ["invalid-cursor", "invalid-request"]},
    "add_work": {422: ["invalid-challenge", "idempotency-key-reused", "invalid-request"]},
    "add_own_work": {422: ["invalid-challenge", "idempotency-key-reused", "invalid-request"]},
    "merge_group": {422: ["invalid-challenge", "idempotency-key-reused", "invalid-request"]},
    "split_group": {422: ["invalid-challenge", "idempotency-key-reused", "invalid-request"]},
    "export_table": {422: ["invalid-request"]},
    "blank_table": {422: ["invalid-request"]},
    "list_catalogue_groups": {422: ["invalid-cursor", "invalid-request"]},
    "send_import": {400: ["bad-request"], 422: ["invalid-challenge", "idempotency-key-reused", "invalid-request"]},
    "list_import_lines": {422: ["invalid-cursor", "invalid-request"]},
    "approve_import": {409: ["import-state"]},
    "resume_import": {409: ["import-state"]},
    "undo_import": {409: ["import-state"]},
    "replay_delivery": {409: ["cannot-replay"]},
    "make_key": {422: ["invalid-challenge", "invalid-request"]},
    "end_account": {409: ["own-account"]},
    "amend_linked_challenge": {
        409: ["illegal-act", "stale-case"],
        412: ["precondition-failed"],
        422: ["invalid-description", "personal-data", "invalid-challenge", "invalid-request"],
        428: ["precondition-required"],
    },
    "withdraw_linked_challenge": {409: ["illegal-act", "stale-case"]},
    "answer_linked_question": {
        409: ["other-question", "illegal-act", "stale-case"],
        422: ["invalid-challenge", "idempotency-key-reused", "invalid-request"],
    },
    "read_linked_shortlist": {404: ["not-approved-yet", "not-found"]},
    "admit_other": {409: ["illegal-act", "stale-case"]},
    "refuse_other": {409: ["stale-case"]},
    "begin_draft": {429: ["too-many-requests"]},
    "write_draft": {412: ["precondition-failed"], 428: ["precondition-required"]},
    "send_draft": {
        409: ["illegal-act", "stale-case"],
        422: ["invalid-description", "personal-data", "invalid-challenge", "invalid-request"],
    },
    "join_challenge": {409: ["illegal-act"], 422: ["invalid-description", "invalid-request"]},
    "correct_own_texts": {
        412: ["precondition-failed"],
        422: ["invalid-description", "invalid-request"],
        428: ["precondition-required"],
    },
    "list_access_acts": {422: ["invalid-cursor", "invalid-request"]},
    "list_client_deliveries": {422: ["invalid-cursor", "invalid-request"]},
    "replay_client_delivery": {409: ["cannot-replay"]},
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of the application, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    document = FastAPI.openapi(app)
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key: Authorization: Bearer mm_<id>_<secret>",
        },
        TOKEN_SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal token of staff: Authorization: Bearer mmp_<id>_<secret>",
        },
        LINK_SCHEMES[Link.CHALLENGE]: {
            "type": "http",
            "scheme": "bearer",
            "description": "A private link's secret, what stands behind /challenges/: Authorization: Bearer <secret>",
        },
        LINK_SCHEMES[Link.GROUP]: {
            "type": "http",
            "scheme": "bearer",
            "description": "The secret of a group's link, what stands behind /groups/: Authorization: Bearer <secret>",
        },
    }
    for name in ("HTTPValidationError", "ValidationError"):  # the framework's own, which is never answered
        components["schemas"].pop(name, None)
    components["schemas"] |= _problem_schemas()
    for operation, rule in _operations(document):
        _describe_operation(operation, rule)
    for message in document["webhooks"].values():
        message["post"]["security"] = []  # a signature, no key
    app.openapi_schema = document
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Rule]]:
    """Each operation with its rule; the framework gives an operation the name of its function."""
    rules = {route.partition(".")[2]: rule for route, rule in ROUTES.items()}
    for path in document["paths"].values():
        for operation in path.values():
            yield operation, rules[operation["operationId"]]


def _describe_operation(operation: dict[str, Any], rule: Rule) -> None:
    needs_key = Role.PUBLIC not in rule.roles
    operation["security"] = [{_scheme(rule): []}] if needs_key else []
    if rule.is_for_programs or rule.link:
        roles = sorted(one.value for one in rule.roles)
        named = ", ".join(f"`{one}`" for one in roles)
        operation["description"] = f"{operation.get('description', '')}\n\nRoles: {named}.".strip()
        operation["x-roles"] = roles
    if rule.scope is not None:
        operation["description"] = f"{operation.get('description', '')}\n\nScope: `{rule.scope}`.".strip()
        operation["x-scope"] = rule.scope.value
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    for response in responses.values():
        response.setdefault("headers", {}).update({"X-Request-ID": REQUEST_ID_HEADER})
        if needs_key:
            response["headers"].update(RATE_HEADERS)
    for status, codes in sorted(_problems(operation, rule).items()):
        responses[str(status)] = _problem_response(codes)


def _scheme(rule: Rule) -> str:
    if rule.link:
        return LINK_SCHEMES[rule.link]
    return TOKEN_SCHEME if rule.is_for_programs else SCHEME


def _problems(operation: dict[str, Any], rule: Rule) -> dict[int, list[str]]:
    found: dict[int, list[str]] = dict(ALWAYS)
    if Role.PUBLIC not in rule.roles:
        found |= WITH_KEY
    if rule.is_for_programs:
        found[403] = ["forbidden"]
    if rule.link:
        found |= WITH_LINK
    if "requestBody" in operation:
        found |= WITH_BODY
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    if "path" in places:
        found[404] = ["not-found"]
    if places - {"path"}:
        found.setdefault(422, ["invalid-request"])
    if "desk" in operation.get("tags", ()):
        found |= _problems_at_the_desk({parameter["name"] for parameter in operation.get("parameters", [])})
    return found | OF_OPERATIONS.get(operation["operationId"], {})


def _problems_at_the_desk(parameters: set[str]) -> dict[int, list[str]]:
    """What follows from what an operation of the desk is sent."""
    further: dict[int, list[str]] = {}
    if "If-Match" in parameters:
        further |= {409: ["illegal-act"], 412: ["precondition-failed"], 428: ["precondition-required"]}
    if "Idempotency-Key" in parameters:
        further[422] = ["invalid-challenge", "idempotency-key-reused", "invalid-request"]
    if "after" in parameters:
        further[422] = ["invalid-cursor", "invalid-request"]
    return further


def _problem_response(codes: list[str]) -> dict[str, Any]:
    kinds = [PROBLEMS[code] for code in codes]
    return {
        "description": " ".join(f"`{code}`: {kind.title}" for code, kind in zip(codes, kinds, strict=True)),
        "headers": {"X-Request-ID": REQUEST_ID_HEADER},
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {
                    "type": problem_type(codes[0]),
                    "title": kinds[0].title,
                    "status": kinds[0].status.value,
                    "detail": kinds[0].remedy,
                },
            }
        },
    }


def _problem_schemas() -> dict[str, Any]:
    from matchmaker_api.errors import Problem

    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}
