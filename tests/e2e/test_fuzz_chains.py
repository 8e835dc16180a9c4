"""Chains of staff's requests along the description's links, each with what the one before it answered."""

import itertools
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.specs.openapi.checks import negative_data_rejection

from matchmaker.domain.access import Role
from matchmaker.domain.import_job import JobState
from tests.e2e.keys import bearing
from tests.e2e.staff import Staff, staff
from tests.e2e.test_fuzz import EXAMPLES, EXCLUDED, QUIET, name_of
from tests.waiting import becomes

__all__ = ["staff"]

TABLE = "Id;Grupp-id:n;Titel (svenska);Text (svenska);År\n"
NEW_KEY = {"client": "fuzz", "scopes": ["events:read"], "municipalities": ["2580"], "days": 1}
WORKS = {
    *("list_catalogue_groups", "read_catalogue_group", "retire_group", "reinstate_group", "list_group_works"),
    *("add_work", "unlink_work", "hide_work", "show_work", "pin_work", "unpin_work"),
}
IMPORTS = {
    *("send_import", "read_import", "list_import_lines", "approve_import", "stop_import", "resume_import"),
    "undo_import",
}
KEYS = {"make_key", "read_key", "revoke_key"}
A_ROUND = 15
"""Of so many made-up requests to an operation a third are chains, drawn together."""

PUT_RIGHT = [*EXCLUDED, negative_data_rejection]
"""That wrong bodies are refused is not asked of chains: what they begin with is put right before it is sent."""

IMPORTING = {"send_import", "approve_import", "resume_import", "undo_import"}


class Staffs:
    """A chain's requests as somebody of staff; mixed into what schemathesis makes of the description."""

    address: str
    headers: dict[str, str]
    done: Counter[str]
    numbers = itertools.count()

    def before_call(self, case: schemathesis.Case) -> None:
        match name_of(case.operation):
            case "list_catalogue_groups":
                case.query = {"q": "energi"}
            case "make_key":
                case.body = NEW_KEY
            case "add_work":
                case.body = {"title": f"Verk {next(self.numbers)}"}

    def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
        sent: dict[str, Any] = {"headers": self.headers}
        if name_of(case.operation) != "send_import":
            return sent
        line = f"w{next(self.numbers)};energy-engineering;Vätgas;Elektrolys.;2023\n"
        return {**sent, "data": {"source": "table"}, "files": {"file": ("works.csv", TABLE + line, "text/csv")}}

    def after_call(self, response: Any, case: schemathesis.Case) -> None:
        super().after_call(response, case)  # type: ignore[misc]  # the other class has it
        if response.status_code < 300:
            self.done[name_of(case.operation)] += 1
            if name_of(case.operation) in IMPORTING:
                assert becomes(lambda: self.rests(response.json()["id"]))

    def rests(self, identifier: str) -> bool:
        """Whether an import waits for somebody's word."""
        got = httpx2.get(f"{self.address}/api/v1/catalogue/imports/{identifier}", headers=self.headers)
        return not JobState(got.json()["state"]).is_waiting_for_program

    def validate_response(self, response: Any, case: schemathesis.Case, **kwargs: Any) -> None:
        sent = {"headers": kwargs["headers"]}  # not the file, which the checks need not know of
        recorder = self.recorder  # type: ignore[attr-defined]  # the other class has it
        case.validate_response(response, excluded_checks=PUT_RIGHT, recorder=recorder, transport_kwargs=sent)


@pytest.mark.parametrize(
    ("role", "operations", "walked"),
    [
        (Role.STEWARD, WORKS, {"hide_work", "pin_work", "unlink_work", "reinstate_group"}),
        (Role.STEWARD, IMPORTS, {"list_import_lines", "approve_import"}),
        (Role.ADMINISTRATOR, KEYS, {"read_key", "revoke_key"}),
    ],
    ids=["works", "imports", "keys"],
)
def test_the_description_holds_for_chains_of_staffs_requests(
    staff: Staff, role: Role, operations: set[str], walked: set[str]
) -> None:
    """A group's works are hidden, pinned and shown again; a file is looked at, imported and taken back; a key is
    made, read and revoked. What a chain begins with is as it should be, so that there is something to go on with:
    what is made of it when it is not, test_fuzz.py sees.
    """
    schema = schemathesis.openapi.from_url(f"{staff.address}/openapi.json")
    own = schema.include(operation_id=sorted(operations))
    told: Counter[str] = Counter()

    class Chain(Staffs, own.as_state_machine()):  # type: ignore[misc]  # made at run time
        address, headers, done = staff.address, bearing(staff.tokens[role]), told

    for _ in range(max(EXAMPLES // A_ROUND, 2)):
        # What is answered depends on what was done before, so that a chain cannot always be begun a second time as it
        # was the first: that ends a round, and is no failure. What breaks the description is.
        with suppress(FlakyStrategyDefinition):
            Chain.run(settings=settings(max_examples=A_ROUND // 3, stateful_step_count=10, **QUIET))
    assert set(told) & walked, told
