"""Made-up requests against the running API: whatever is sent, it answers as its description says, and never faults.

``make test`` sends a few to each operation, ``make fuzz`` 2,000.
"""

import os
from collections import Counter
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ensure_resource_availability, positive_data_acceptance

from matchmaker.domain.access import Role
from matchmaker.review.drafts import send, start_amending, start_draft
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.e2e.staff import Staff, staff
from tests.integration.cases import CHOICES, TYPED

__all__ = ["staff"]

EXAMPLES = int(os.environ.get("MATCHMAKER_FUZZ", "15"))

# That a text has words, that a code is a municipality's, a cursor one of ours, a day not past: no schema can say it,
# and requests of such kinds are rightly refused. All other checks hold.
EXCLUDED = [positive_data_acceptance]

QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": (Phase.explicit, Phase.generate)}


@pytest.fixture(scope="module")
def key(workspace: Workspace) -> str:
    return new_key(workspace, client="fuzz")


@pytest.fixture(scope="module")
def schema(server: str) -> Any:
    return schemathesis.openapi.from_url(f"{server}/openapi.json")


def test_the_description_holds_for_made_up_requests(schema: Any, key: str) -> None:
    operations = [one for one in operations_of(schema) if scheme_of(one) in {"apiKey", None}]
    assert len(operations) == 23
    statuses: Counter[int] = Counter()
    for operation in operations:

        @settings(max_examples=EXAMPLES, **QUIET)
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            answer = case.call_and_validate(headers=bearing(key), excluded_checks=EXCLUDED)
            statuses[answer.status_code] += 1

        holds()
    assert statuses[200] > len(operations) and statuses[201] and not statuses[401], "the key was sent"


@pytest.mark.parametrize("role", [Role.ADVISER, Role.STEWARD, Role.ADMINISTRATOR])
def test_the_description_holds_for_each_role_of_staff(staff: Staff, role: Role) -> None:
    schema = schemathesis.openapi.from_url(f"{staff.address}/openapi.json")
    operations = [one for one in operations_of(schema) if scheme_of(one) == "personalToken"]
    assert len(operations) == 84
    closed = {name_of(one) for one in operations if role not in one.definition.raw["x-roles"]}
    statuses: Counter[int] = Counter()
    refused: set[str] = set()
    for operation in operations:

        @settings(max_examples=max(EXAMPLES // 5, 3), **QUIET)
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            answer = case.call_and_validate(headers=bearing(staff.tokens[role]), excluded_checks=EXCLUDED)
            statuses[answer.status_code] += 1
            if answer.status_code == 403:
                refused.add(name_of(case.operation))

        holds()
    assert statuses[200] and not statuses[401], "the token was sent"
    assert refused == closed, "to each role what is not its own, and nothing else"


def test_the_description_holds_for_who_holds_a_private_link(schema: Any, workspace: Workspace) -> None:
    """Each request with a link of its own: some of what can be done makes another link take its place."""
    operations = [one for one in operations_of(schema) if scheme_of(one) == "privateLink"]
    assert len(operations) == 16
    statuses: Counter[int] = Counter()
    for operation in operations:

        @settings(max_examples=max(EXAMPLES // 5, 3), **QUIET)
        @given(case=operation.as_strategy(), is_sent=booleans())
        def holds(case: schemathesis.Case, is_sent: bool) -> None:
            secret = start_draft(workspace.database, "main", TYPED)
            if is_sent:
                send(workspace.database, secret, CHOICES, 10)
                start_amending(workspace.database, secret)
            answer = case.call_and_validate(headers=bearing(secret), excluded_checks=EXCLUDED)
            statuses[answer.status_code] += 1

        holds()
    assert statuses[200] > len(operations) // 2 and not statuses[401], "the secret was sent"


def test_the_description_holds_for_who_holds_a_groups_link(staff: Staff) -> None:
    schema = schemathesis.openapi.from_url(f"{staff.address}/openapi.json")
    operations = [one for one in operations_of(schema) if scheme_of(one) == "groupLink"]
    assert len(operations) == 15
    statuses: Counter[int] = Counter()
    for operation in operations:

        @settings(max_examples=max(EXAMPLES // 5, 3), **QUIET)
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            answer = case.call_and_validate(headers=bearing(staff.group_link), excluded_checks=EXCLUDED)
            statuses[answer.status_code] += 1

        holds()
    assert statuses[200] > len(operations) // 2 and not statuses[401], "the secret was sent"


def name_of(operation: Any) -> str:
    return str(operation.definition.raw["operationId"])


def operations_of(schema: Any) -> list[Any]:
    return [found.ok() for found in schema.get_all_operations()]


def scheme_of(operation: Any) -> str | None:
    """What it needs: an API key, a personal token, a private link's secret, or nothing."""
    return next((name for one in operation.definition.raw["security"] for name in one), None)


def test_the_description_holds_for_chains_of_requests(schema: Any, key: str) -> None:
    """What one request made is read, amended and withdrawn by the next ones, along the description's links."""
    statuses: Counter[int] = Counter()
    portals = schema.exclude(path_regex=r"^/api/v1/(catalogue|access|desk|by-link|by-group-link)")

    class Chain(portals.as_state_machine()):  # type: ignore[misc]  # made at run time
        def before_call(self, case: schemathesis.Case) -> None:
            case.headers["Authorization"] = f"Bearer {key}"

        def validate_response(self, response: Any, case: schemathesis.Case, **kwargs: Any) -> None:
            if "Authorization" in response.request.headers:  # some are sent without, to see that they are refused
                statuses[response.status_code] += 1
            # A challenge that has just been made has no list that somebody approved; everything else of it is there.
            unapproved = response.status_code == 404 and case.operation.path.endswith("/shortlist")
            excluded = [*EXCLUDED, ensure_resource_availability] if unapproved else EXCLUDED
            case.validate_response(response, excluded_checks=excluded, recorder=self.recorder, **kwargs)

    Chain.run(settings=settings(max_examples=max(EXAMPLES // 5, 3), stateful_step_count=8, **QUIET))
    assert statuses[200] and not statuses[401], "the key was sent"


def test_the_description_holds_for_chains_at_the_desk(staff: Staff) -> None:
    """All that can be done with a case in any order, along the links: each chain has a case of its own, and acts on it
    as it has seen it last.
    """
    statuses: Counter[int] = Counter()
    acted: set[str] = set()
    token = bearing(staff.tokens[Role.ADVISER])
    desk = schemathesis.openapi.from_url(f"{staff.address}/openapi.json").include(path_regex=r"^/api/v1/desk/")
    desk.config.generation.update(modes=[GenerationMode.POSITIVE])  # of wrong requests each operation gets its own
    desk.config.phases.stateful.inference.algorithms = []  # the description's own links, and no guessed ones

    class Chain(desk.as_state_machine()):  # type: ignore[misc]  # made at run time
        def setup(self) -> None:
            super().setup()
            self.own = {"case_id": staff.send(), "collaborator_id": "urban-water-engineering"}
            read = httpx2.get(f"{staff.address}/api/v1/desk/cases/{self.own['case_id']}", headers=token, timeout=60)
            self.seen = read.headers["etag"]

        def before_call(self, case: schemathesis.Case) -> None:
            case.headers.update(token)
            case.path_parameters |= {name: value for name, value in self.own.items() if name in case.path_parameters}
            if case.operation.headers.get("If-Match"):
                case.headers["If-Match"] = self.seen
            # What other chains left is not to lead elsewhere: neither their cases nor their keys.
            if case.operation.path.endswith("/cases"):
                case.query = {"q": self.own["case_id"]}
            if "Idempotency-Key" in case.headers:
                case.headers["Idempotency-Key"] = f"{self.own['case_id']}-{case.headers['Idempotency-Key'][:200]}"

        def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
            return {"timeout": 60}  # the first map is worked out, on a busy machine

        def validate_response(self, response: Any, case: schemathesis.Case, **_: Any) -> None:
            (self.seen,) = response.headers.get("etag", [self.seen])
            statuses[response.status_code] += 1
            if response.status_code == 200 and "If-Match" in case.headers:
                acted.add(case.operation.definition.raw["operationId"])
            case.validate_response(response, excluded_checks=EXCLUDED, recorder=self.recorder)

    Chain.run(settings=settings(max_examples=max(EXAMPLES // 5, 20), stateful_step_count=12, **QUIET))
    assert len(acted) > 2 and not statuses[401] and not statuses[403], "the token was sent, and acts were done"
