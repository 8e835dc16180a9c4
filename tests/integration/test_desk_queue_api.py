"""The desk's queue over the API: paged by places, counted, and given owners many at once."""

from datetime import date, timedelta

from sqlalchemy import update

from matchmaker.db.case_models import ChallengeRow
from matchmaker.domain.days import local_day
from matchmaker.workspace import Workspace
from tests.integration.cases import read, send
from tests.integration.desk_api import API, Adviser, adviser, case, http, other, place, staff

__all__ = ["adviser", "case", "http", "other", "place", "staff"]


def promised(place: Workspace, case_id: str, day: date) -> None:
    with place.database.transaction() as session:
        session.execute(update(ChallengeRow).where(ChallengeRow.id == case_id).values(promised_on=day))


def test_the_queue_is_gone_through_by_its_cursor_overdue_first(place: Workspace, adviser: Adviser) -> None:
    sent = [send(place, municipality="2582")[1].id for _ in range(5)]
    today = local_day()
    for case_id, days in zip(sent, (3, -1, 3, 1, -5), strict=True):
        promised(place, case_id, today + timedelta(days=days))
    found, path = [], f"{API}/cases?municipality=2582&limit=2"
    while path:
        page = adviser.ask("GET", path).json()
        assert page["total"] == len(sent)
        found += [one["id"] for one in page["items"]]
        path = page["next"]
    assert found == [sent[4], sent[1], sent[3], sent[0], sent[2]]
    late = adviser.ask("GET", "cases?municipality=2582&overdue=true").json()["items"]
    assert [(one["id"], one["is_overdue"]) for one in late] == [(sent[4], True), (sent[1], True)]
    first = adviser.ask("GET", "cases?municipality=2582&limit=2").json()
    adviser.read(sent[4]).done("POST", "closing", {"reason": "done", "route": "not_for_us"})
    rest = adviser.ask("GET", first["next"]).json()["items"]
    assert [one["id"] for one in rest] == [sent[3], sent[0]], "what went meanwhile moves nothing past the cursor"
    closed = adviser.ask("GET", "cases?state=closed&municipality=2582").json()["items"]
    assert [one["id"] for one in closed] == [sent[4]]
    for query in ("state=draft", "after=nonsense", "limit=0", "confidence=certain"):
        assert adviser.ask("GET", f"cases?{query}").status_code == 422, query


def test_the_summary_counts_what_waits(place: Workspace, adviser: Adviser) -> None:
    before = adviser.ask("GET", "summary").json()
    promised(place, send(place, municipality="2514")[1].id, local_day() - timedelta(days=1))
    after = adviser.ask("GET", "summary").json()
    assert after["overdue"] == before["overdue"] + 1
    assert after["by_state"]["matched"] == before["by_state"].get("matched", 0) + 1
    assert {"municipality": "2514", "cases": 1} in after["open_by_municipality"]


def test_cases_are_given_an_owner_many_at_once(place: Workspace, adviser: Adviser, other: Adviser) -> None:
    assert adviser.ask("GET", "advisers").json() == {"items": ["adviser-1", "adviser-2"], "you": "adviser-1"}
    ids = [send(place, municipality="2582")[1].id for _ in range(2)]
    stranger = adviser.ask("POST", "assignments", {"cases": ids, "owner": "adviser-9"})
    assert stranger.json()["errors"][0]["pointer"] == "/owner"
    assert [read(place, one).owner for one in ids] == [None, None]
    done = adviser.ask("POST", "assignments", {"cases": [ids[0], "nothing", ids[1]], "owner": "adviser-2"})
    assert done.json() == {"assigned": ids, "not_found": ["nothing"]}
    mine = other.ask("GET", "cases?owner=me&municipality=2582").json()["items"]
    assert [one["id"] for one in mine] == ids
    assert adviser.ask("GET", "cases?owner=nobody&municipality=2582&limit=100").text.find(ids[0]) == -1
