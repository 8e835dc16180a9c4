"""Made-up requests against the running API: whatever is sent, it answers as its description says, and never faults.

``make test`` sends a few to each operation, ``make fuzz`` 2,000.
"""

import os
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ensure_resource_availability, positive_data_acceptance

from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key

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
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 22
    statuses: Counter[int] = Counter()
    for operation in operations:

        @settings(max_examples=EXAMPLES, **QUIET)
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            answer = case.call_and_validate(headers=bearing(key), excluded_checks=EXCLUDED)
            statuses[answer.status_code] += 1

        holds()
    assert statuses[200] > len(operations) and statuses[201] and not statuses[401], "the key was sent"


def test_the_description_holds_for_chains_of_requests(schema: Any, key: str) -> None:
    """What one request made is read, amended and withdrawn by the next ones, along the description's links."""
    statuses: Counter[int] = Counter()

    class Chain(schema.as_state_machine()):  # type: ignore[misc]  # made at run time
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
