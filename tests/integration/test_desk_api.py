"""The desk over the API, as its pages do it: from the queue to a sent list, nobody overwritten, nothing done twice."""

import pytest
from sqlalchemy import select

from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.case_records import ParticipantRole
from matchmaker.domain.case import Case
from matchmaker.pipeline import Matcher
from matchmaker.review import drafts, joining
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.integration.cases import CHOICES, TYPED, kinds, read, send
from tests.integration.desk_api import API, Adviser, adviser, case, http, other, place, staff

__all__ = ["adviser", "case", "http", "other", "place", "staff"]

ROUTE = {"route": "research_group", "message": "Börja med den första."}
ACCEPTED = {"decision": "accepted"}


def test_a_challenge_becomes_a_list_that_the_municipality_reads_as_it_was_seen(
    place: Workspace, adviser: Adviser, case: Case
) -> None:
    portal = bearing(new_key(place))
    shown = f"/api/v1/challenges/{case.id}/shortlist"
    seen = adviser.read(case.id)
    first, second, third = seen.names[:3]
    seen = seen.done("PUT", f"candidates/{first}/decision", ACCEPTED)
    seen = seen.done("PUT", f"candidates/{second}/decision", ACCEPTED)
    rejected = {"decision": "rejected", "reason": "no_capacity", "comment": "Bara för skrivbordet"}
    seen = seen.done("PUT", f"candidates/{third}/decision", rejected)
    seen = seen.done("PUT", f"candidates/{second}/place", {"to": 1})
    assert (seen.case["state"], seen.case["owner"]) == ("in_review", adviser.label)
    preview = adviser.ask("POST", f"cases/{case.id}/approval/preview", ROUTE)
    looked = preview.json()
    assert [one["collaborator"] for one in looked["suggestions"]] == [second, first]
    assert looked["can_approve"] and looked["undecided"] == len(seen.names) - 3
    assert kinds(place, case.id)[-1] == "move", "looking changes nothing"
    approved = seen.act("POST", "approval", ROUTE, **{"If-Match": preview.headers["etag"]})
    assert approved.json()["state"] == "approved"
    assert adviser.http.get(shown, headers=portal).status_code == 404, "nothing leaves before its time"
    seen = adviser.read(case.id).done("POST", "approval/withdrawal")
    assert seen.case["approval"] is None
    seen.done("POST", "approval", ROUTE).done("POST", "approval/release")
    sent = adviser.http.get(shown, headers=portal)
    assert [one["collaborator"] for one in sent.json()["suggestions"]] == [second, first]
    assert sent.json()["message"] == ROUTE["message"] and "Bara för skrivbordet" not in sent.text
    late = adviser.read(case.id).act("POST", "approval/withdrawal")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/illegal-act")
    revised = adviser.read(case.id).done("POST", "revision")
    assert revised.case["state"] == "in_review"
    assert adviser.http.get(shown, headers=portal).json() == sent.json(), "the sent one stays"


def test_nobody_is_overwritten_and_what_the_other_did_is_told(
    place: Workspace, adviser: Adviser, other: Adviser, case: Case
) -> None:
    mine, theirs = adviser.read(case.id), other.read(case.id)
    who = mine.names[0]
    theirs.done("PUT", f"candidates/{who}/decision", ACCEPTED)
    rejected = {"decision": "rejected", "reason": "off_topic"}
    for etag, status in ((mine.etag, 412), ('"0"', 412), ("W/" + mine.etag, 412), ("*", 428), ("", 428)):
        answer = mine.act("PUT", f"candidates/{who}/decision", rejected, **{"If-Match": etag})
        assert answer.status_code == status, etag
    unseen = adviser.ask("PUT", f"cases/{case.id}/candidates/{who}/decision", rejected)
    assert (unseen.status_code, unseen.json()["type"]) == (428, "/problems/precondition-required")
    assert mine.act("PUT", "candidates/nursing").status_code == 412, "what searches first is guarded, too"
    assert read(place, case.id).candidates[0].decision == "accepted"
    news = adviser.ask("GET", f"cases/{case.id}/presence?seen={mine.case['revision']}").json()
    assert news["others"] == [other.label]
    assert [(one["actor"], one["kind"]) for one in news["missed"]] == [(other.label, "decide")]
    assert "was accepted." in news["missed"][0]["text"]
    both = f"{mine.etag}, {adviser.read(case.id).etag}"
    assert mine.act("PUT", f"candidates/{who}/decision", rejected, **{"If-Match": both}).status_code == 200


def test_who_is_overtaken_while_the_catalogue_is_searched_is_told(
    place: Workspace, adviser: Adviser, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, searched = adviser.read(case.id), Workspace.matcher

    def overtaken(workspace: Workspace, *args: str) -> Matcher:
        Desk(place.database, "adviser-2").note(case.id, "Under tiden.")
        return searched(workspace, *args)

    monkeypatch.setattr(Workspace, "matcher", overtaken)
    answer = seen.act("PUT", "candidates/nursing")
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/precondition-failed")
    assert "nursing" not in {one.id for one in read(place, case.id).candidates}


def test_what_was_not_seen_is_not_approved(place: Workspace, adviser: Adviser, other: Adviser, case: Case) -> None:
    seen = adviser.read(case.id)
    seen.done("PUT", f"candidates/{seen.names[0]}/decision", ACCEPTED)
    preview = adviser.ask("POST", f"cases/{case.id}/approval/preview", ROUTE)
    other.read(case.id).done("PUT", f"candidates/{seen.names[1]}/decision", ACCEPTED)
    for etag in (preview.headers["etag"], "*"):
        assert seen.act("POST", "approval", ROUTE, **{"If-Match": etag}).status_code in {412, 428}
    assert read(place, case.id).state == "in_review"


def test_a_request_that_is_sent_twice_is_done_once(place: Workspace, adviser: Adviser, case: Case) -> None:
    seen = adviser.read(case.id)
    note, question = {"note": "Ring kommunen."}, {"question": "Gäller det dagvatten?"}
    for path, body, kind in (("notes", note, "note"), ("questions", question, "ask")):
        first = seen.act("POST", path, body, **{"Idempotency-Key": f"{case.id}-{path}"})
        again = seen.act("POST", path, body, **{"Idempotency-Key": f"{case.id}-{path}"})
        assert (first.status_code, again.json()) == (200, first.json())
        assert (again.headers["idempotent-replayed"], again.headers["etag"]) == ("true", first.headers["etag"])
        assert kinds(place, case.id).count(kind) == 1
        seen = adviser.read(case.id)
    reused = seen.act("POST", "notes", {"note": "Ett annat"}, **{"Idempotency-Key": f"{case.id}-notes"})
    assert (reused.status_code, reused.json()["type"]) == (422, "/problems/idempotency-key-reused")
    failed = seen.act("POST", "questions", {"question": " "}, **{"Idempotency-Key": f"{case.id}-blank"})
    assert failed.status_code == 422
    written = seen.act("POST", "questions", question, **{"Idempotency-Key": f"{case.id}-blank"})
    assert written.status_code == 200, "what failed may be sent again with its key"


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("PUT", "candidates/{first}/decision", {"decision": "rejected"}, "/reason"),
        ("PUT", "candidates/{first}/decision", {"decision": "rejected", "reason": "other"}, "/comment"),
        ("PUT", "candidates/{first}/decision", {"decision": "perhaps"}, "/decision"),
        ("PUT", "candidates/{first}/place", {"to": 0}, "/to"),
        ("POST", "candidates/{first}/ties", {"kind": "other", "everywhere": True}, "/comment"),
        ("POST", "candidates/{first}/ties", {"kind": "supplier", "comment": "x" * 301}, "/comment"),
        ("PUT", "owner", {"owner": "adviser-9"}, "/owner"),
        ("POST", "notes", {"note": "  "}, "/note"),
        ("POST", "questions", {"question": "x" * 6_001}, "/question"),
        ("POST", "closing", {"reason": "other", "route": "not_for_us"}, "/message"),
        ("POST", "closing", {"reason": "done"}, "/route"),
        ("POST", "approval", {"route": "not_for_us"}, "/message"),
        ("POST", "approval", {"message": "Ingen fanns."}, "/route"),
    ],
)
def test_what_is_wrong_is_pointed_at_in_the_readers_language(
    place: Workspace, adviser: Adviser, case: Case, method: str, path: str, body: object, pointer: str
) -> None:
    seen = adviser.read(case.id)
    path = path.format(first=seen.names[0])
    english, swedish = (seen.act(method, path, body, **{"Accept-Language": one}) for one in ("en", "sv"))
    for answer, language in ((english, "en"), (swedish, "sv")):
        assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert english.json()["errors"][0]["detail"] != swedish.json()["errors"][0]["detail"]
    assert read(place, case.id).revision == case.revision


def test_a_municipality_is_let_in_and_taken_out(place: Workspace, adviser: Adviser, case: Case) -> None:
    token = drafts.start_draft(place.database, "main", {**TYPED, "municipality": "2582"})
    joining.join(place.database, token, case.id, ParticipantRole.CO_OWNER, CHOICES)
    elsewhere = adviser.read(send(place)[1].id)
    seen = adviser.read(case.id)
    (asking,) = seen.case["participants"]
    assert adviser.ask("POST", f"cases/{case.id}/approval/preview", ROUTE).json()["asking"] == ["2582"]
    bait = elsewhere.act("PUT", f"participants/{asking['id']}", {"admitted": True})
    assert bait.status_code == 404, "it asks to join another case"
    seen = seen.done("PUT", f"participants/{asking['id']}", {"admitted": True})
    readers = adviser.ask("POST", f"cases/{case.id}/approval/preview", ROUTE).json()["readers"]
    assert readers == [{"municipality": "2582", "role": "co_owner"}]
    seen = seen.done("PUT", f"participants/{asking['id']}", {"admitted": False})
    assert seen.case["participants"][0]["standing"] == "refused"
    assert seen.case["participants"][0]["contact_email"] == "", "no contact is kept of one that is refused"


def test_a_case_waits_for_its_answer_is_closed_and_opened_again(adviser: Adviser, case: Case) -> None:
    seen = adviser.read(case.id).done("POST", "questions", {"question": "Gäller det dagvatten?"})
    assert seen.case["state"] == "waiting_for_officer" and "resume" in seen.case["can"]
    seen = seen.done("POST", "resumption").done("PUT", "route", {"route": "student_work"})
    seen = seen.done("PUT", "owner", {"owner": "adviser-2"})
    assert (seen.case["route"], seen.case["owner"]) == ("student_work", "adviser-2")
    seen = seen.done("POST", "closing", {"reason": "other", "route": "business_support", "message": "Hör med ALMI."})
    assert seen.case["state"] == "closed" and seen.case["can"] == ["reopen"]
    refused = seen.act("POST", "questions", {"question": "En till?"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/illegal-act")
    seen = seen.done("POST", "reopening")
    assert (seen.case["state"], seen.case["closing_reason"]) == ("in_review", None)
    events, path = [], f"{API}/cases/{case.id}/events?limit=3"
    while path:
        page = adviser.ask("GET", path).json()
        events += [one["kind"] for one in page["items"]]
        path = page["next"]
    assert events == ["reopen", "close", "owner", "route", "resume", "ask", "match", "submit"]
    letters = adviser.ask("GET", f"cases/{case.id}/letters").json()
    assert {one["kind"] for one in letters["items"]} >= {"question", "closed"} and not letters["is_stopped"]


def test_a_draft_is_no_case_and_a_case_that_is_not_there_is_not_found(place: Workspace, adviser: Adviser) -> None:
    drafts.start_draft(place.database, "main", dict(TYPED))
    with place.database.reading() as session:
        draft = session.scalars(select(ChallengeRow.id).where(ChallengeRow.state == "draft")).first()
    for case_id in (draft, "nothing"):
        for path in ("", "/candidates", "/letters", "/events", "/presence?seen=1", "/comparison", "/map"):
            assert adviser.ask("GET", f"cases/{case_id}{path}").status_code == 404, path
        for path in ("/found?q=vatten", "/blind-round"):
            assert adviser.ask("GET", f"cases/{case_id}{path}").status_code == 404, path
        answer = adviser.ask("POST", f"cases/{case_id}/notes", {"note": "Hej"})
        assert answer.status_code == 404
        assert adviser.ask("POST", f"cases/{case_id}/approval", ROUTE, **{"If-Match": '"1"'}).status_code == 404


def test_a_steward_reads_no_case_and_changes_none(staff: dict[str, Adviser], place: Workspace, case: Case) -> None:
    steward = staff["steward-1"]
    assert steward.ask("GET", f"cases/{case.id}").status_code == 403
    refused = steward.ask("POST", f"cases/{case.id}/notes", {"note": "Hej"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    key = bearing(new_key(place, municipalities=None))["Authorization"]
    assert steward.ask("GET", f"cases/{case.id}", Authorization=key).status_code == 401
    assert read(place, case.id).revision == case.revision
