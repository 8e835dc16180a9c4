"""What an adviser looks up over the API: evidence, load, anyone of the catalogue, blind round, both lists, map."""

import pytest
from sqlalchemy import select

from matchmaker.db.case_models import JudgmentRow
from matchmaker.domain.case import Case
from matchmaker.review.intake import submit_challenge
from matchmaker.workspace import Workspace
from tests.integration.cases import TYPED, send
from tests.integration.desk_api import Adviser, adviser, case, http, other, place, staff

__all__ = ["adviser", "case", "http", "other", "place", "staff"]

ROUTE = {"route": "research_group", "message": "Börja med den första."}
ACCEPTED = {"decision": "accepted"}


def test_somebody_is_found_put_on_the_list_and_taken_off_again(place: Workspace, adviser: Adviser, case: Case) -> None:
    seen = adviser.read(case.id)
    found = adviser.ask("GET", f"cases/{case.id}/found?q=nursing").json()["items"]
    assert found[0]["id"] == "nursing" and found[0]["confidence"] is None
    added = seen.done("PUT", "candidates/nursing")
    assert added.case["candidates"][-1]["decision"] == "accepted"
    assert added.case["candidates"][-1]["origin"] == "adviser"
    assert added.case["undoable"]["kind"] == "add"
    stray = added.act("POST", "undoing", {"event": added.case["undoable"]["event"] + 1})
    assert stray.status_code == 404
    undone = added.done("POST", "undoing", {"event": added.case["undoable"]["event"]})
    assert undone.names == seen.names
    more = undone.done("POST", "further-candidates", {"like": seen.names[0]})
    assert {one["origin"] for one in more.case["candidates"][len(seen.names) :]} == {"more"}
    assert more.act("PUT", "candidates/nobody-at-all").status_code == 404


def test_candidates_come_with_evidence_load_and_what_speaks_against_them(adviser: Adviser, case: Case) -> None:
    seen = adviser.read(case.id)
    first = seen.names[0]
    tied = seen.done("POST", f"candidates/{first}/ties", {"kind": "supplier", "comment": "Ramavtal"})
    listed = adviser.ask("GET", f"cases/{case.id}/candidates").json()
    one = listed["items"][0]
    assert one["suggestion"]["collaborator"] == first and one["suggestion"]["evidence"][0]["sentence"]
    assert one["meaning"] + one["words"] == pytest.approx(1) and one["hindrances"] == []
    (tie,) = one["ties"]
    assert (tie["kind"], tie["comment"], tie["municipality"]) == ("supplier", "Ramavtal", "2580")
    accepted = tied.done("PUT", f"candidates/{first}/decision", ACCEPTED)
    preview = adviser.ask("POST", f"cases/{case.id}/approval/preview", ROUTE).json()
    assert [(one["collaborator"], len(one["ties"])) for one in preview["warnings"]] == [(first, 1)]
    accepted.done("DELETE", f"ties/{tie['id']}")
    assert adviser.ask("GET", f"cases/{case.id}/candidates").json()["items"][0]["ties"] == []


def test_grades_are_blind_only_before_the_case_was_read(place: Workspace, adviser: Adviser) -> None:
    unread, opened = (send(place)[1].id for _ in range(2))
    adviser.read(opened)
    for case_id, blind in ((unread, True), (opened, False)):
        path = f"cases/{case_id}/blind-round"
        shown = adviser.ask("GET", path).json()
        assert shown["seen"] is not blind and not shown["graded"]
        assert {(one["rank"], one["confidence"]) for one in shown["items"]} == {(None, None)}
        who = [one["collaborator"] for one in shown["items"]]
        some = adviser.ask("PUT", f"{path}/grades", {"grades": {who[0]: 1, "nobody": 1}})
        pointers = [one["pointer"] for one in some.json()["errors"]]
        assert pointers == [*(f"/grades/{one}" for one in who[1:]), "/grades"]
        assert adviser.ask("PUT", f"{path}/grades", {"grades": dict.fromkeys(who, 2)}).json() == {"all_kept": True}
        with place.database.reading() as session:
            rows = session.scalars(select(JudgmentRow).where(JudgmentRow.challenge_id == case_id)).all()
        assert {(one.grade, one.blind) for one in rows} == {(2, blind)} and len(rows) == len(who)
        told = adviser.ask("GET", path).json()
        assert told["graded"] and [one["rank"] for one in told["items"]] == sorted(one["rank"] for one in told["items"])
        again = adviser.ask("PUT", f"{path}/grades", {"grades": dict.fromkeys(who, 0)}).json()
        assert again == {"all_kept": not blind}, "what was graded blind stays as it was"


def test_both_lists_are_compared_and_the_challenge_is_on_the_map(adviser: Adviser, case: Case) -> None:
    seen = adviser.read(case.id)
    seen.done("PUT", f"candidates/{seen.names[1]}/decision", ACCEPTED)
    rows = adviser.ask("GET", f"cases/{case.id}/comparison").json()["items"]
    first = rows[0]
    assert (first["collaborator"], first["system_rank"], first["final_rank"]) == (seen.names[1], 2, 1)
    drawn = adviser.ask("GET", f"cases/{case.id}/map").json()
    near = [one["nearness"] for one in drawn["items"]]
    assert near == sorted(near, reverse=True) and drawn["total"] >= len(near) > 20


def test_a_challenge_that_was_never_matched_is_matched_when_it_is_read(place: Workspace, adviser: Adviser) -> None:
    sent = submit_challenge(
        place.database,
        text=str(TYPED["problem"]),
        title=None,
        language="sv",
        municipality="2580",
        collection="main",
        answer_days=10,
    )
    seen = adviser.read(sent.id)
    assert seen.case["state"] == "matched" and seen.names
