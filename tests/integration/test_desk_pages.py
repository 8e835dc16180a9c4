"""The desk's pages over a real database and the real pipeline, without a browser."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from matchmaker.db.cases import get_case, list_events
from matchmaker.domain.case import Candidate, Case, Decision, Origin, Route, add
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import State
from matchmaker.review.case_view import look_again, read_case
from matchmaker.review.comparison import Change, compare
from matchmaker.review.desk import Desk
from matchmaker.review.finding import find_anyone
from matchmaker.review.intake import match_case, submit_challenge
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from matchmaker_api.pages.desk_words import is_cut, marked
from tests.conftest import ROOT

TEXT = (ROOT / "data" / "example-challenge.txt").read_text(encoding="utf-8")
ORIGIN = {"Origin": "http://localhost", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def pages(workspace: Workspace) -> Iterator[TestClient]:
    app = create_app(workspace.settings)
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50000), headers=ORIGIN) as client:
        yield client


@pytest.fixture
def case(workspace: Workspace) -> Case:
    return match_case(workspace.database, send(workspace).id, workspace.matcher)


def send(workspace: Workspace, title: str = "Källare översvämmas") -> Case:
    return submit_challenge(
        workspace.database,
        text=TEXT,
        title=title,
        language="sv",
        municipality="2580",
        collection="main",
        answer_days=10,
    )


def read(workspace: Workspace, case_id: str) -> Case:
    with workspace.database.reading() as session:
        return get_case(session, case_id)


def do(pages: TestClient, case: Case, act: str, **typed: object) -> object:
    data = {"act": act, "revision": case.revision, **typed}
    return pages.post(f"/desk/cases/{case.id}/act", data=data, follow_redirects=False)


def test_the_case_page_asks_the_database_as_often_for_many_candidates_as_for_few(
    workspace: Workspace, pages: TestClient, case: Case
) -> None:
    def queries(count: int) -> int:
        grow(workspace, case.id, count)
        asked: list[str] = []
        served: Workspace = pages.app.state.workspace  # type: ignore[attr-defined]
        engine = served.database.engine

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if not threading.current_thread().name.startswith(WORKERS):
                asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert pages.get(f"/desk/cases/{case.id}").text.count("data-candidate") == count
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    pages.get(f"/desk/cases/{case.id}")  # warm: the pipeline's own first reads
    few, many = queries(13), queries(43)
    assert few == many
    assert many < 34


WORKERS = ("imports", "deliver", "suggest")
"""Names of threads that ask for work of their own meanwhile."""


def grow(workspace: Workspace, case_id: str, count: int) -> None:
    """Fill a case's list up to ``count`` candidates, copies of the first under ids of their own."""
    present = read(workspace, case_id)
    model = present.candidates[0].suggestion
    copies = [
        Candidate(replace(model, collaborator_id=f"copy-{count}-{number}"), Origin.ADVISER)
        for number in range(count - len(present.candidates))
    ]
    desk = Desk(workspace.database, "adviser-1")
    desk.act(case_id, None, EventKind.ADD, lambda one: add(one, copies))


def test_a_case_that_was_never_matched_is_matched_when_it_is_opened(workspace: Workspace, pages: TestClient) -> None:
    sent = send(workspace)
    assert "VA-teknik" in pages.get(f"/desk/cases/{sent.id}", headers={"Accept-Language": "sv"}).text
    assert read(workspace, sent.id).state is State.MATCHED


def test_acts_lead_back_to_the_case_and_say_what_they_did(workspace: Workspace, pages: TestClient, case: Case) -> None:
    first = case.candidates[0].id
    answer = do(pages, case, "accept", collaborator=first)
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert answer.headers["location"] == f"/desk/cases/{case.id}?done=2#c-{first}"  # type: ignore[attr-defined]
    assert "was accepted." in pages.get(f"/desk/cases/{case.id}?done=2").text
    assert read(workspace, case.id).candidates[0].decision is Decision.ACCEPTED


@pytest.mark.parametrize(
    ("act", "typed", "status", "field"),
    [
        ("reject", {"reason": "", "comment": "Text that is kept"}, 422, "reason"),
        ("reject", {"reason": "other", "comment": " "}, 422, "comment"),
        ("move", {"to": "first"}, 422, "to"),
        ("tie", {"kind": "", "comment": "Text that is kept"}, 422, "kind"),
        ("tie", {"kind": "other", "comment": "x" * 301, "everywhere": "yes"}, 422, "comment"),
        ("reject", {"reason": "other", "comment": "x" * 301}, 422, "comment"),
        ("close", {"reason": "other", "route": "not_for_us"}, 422, "message"),
        ("undo", {}, 404, ""),
        ("resume", {}, 409, ""),
        ("nonsense", {}, 404, ""),
    ],
)
def test_what_cannot_be_done_comes_back_with_what_was_typed(
    workspace: Workspace, pages: TestClient, case: Case, act: str, typed: dict[str, str], status: int, field: str
) -> None:
    who = case.candidates[1].id
    answer = do(pages, case, act, collaborator=who, **typed)
    text = answer.text  # type: ignore[attr-defined]
    assert answer.status_code == status  # type: ignore[attr-defined]
    assert "Nothing was changed" in text
    assert not field or f'href="#{field}-{act}-' in text
    assert f'id="everywhere-tie-{who}" checked' in text or "everywhere" not in typed
    assert typed.get("comment", "").strip() in text
    assert read(workspace, case.id).revision == case.revision


def test_nobody_is_overwritten_and_what_was_wanted_can_be_done_anyway(
    workspace: Workspace, pages: TestClient, case: Case
) -> None:
    one, two = case.candidates[0].id, case.candidates[1].id
    Desk(workspace.database, "adviser-2").decide(case.id, case.revision, one, Decision.ACCEPTED)
    answer = do(pages, case, "reject", collaborator=two, reason="other", comment="Inte deras fråga")
    page = answer.text  # type: ignore[attr-defined]
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "Adviser 2" in page
    assert "Inte deras fråga" in page
    assert read(workspace, case.id).candidates[1].decision is Decision.PENDING
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.split("<h2>")[-1]))
    again = pages.post(f"/desk/cases/{case.id}/act", data=fields, follow_redirects=False)
    assert again.status_code == 303
    after = read(workspace, case.id)
    assert [one.decision for one in after.candidates[:2]] == [Decision.ACCEPTED, Decision.REJECTED]
    assert after.candidates[1].comment == "Inte deras fråga"


def test_a_case_that_is_not_there_is_no_page(pages: TestClient) -> None:
    for page in ("", "/approve", "/timeline", "/compare", "/map", "/find", "/blind", "/presence"):
        assert pages.get(f"/desk/cases/nothing{page}").status_code == 404, page
    assert pages.post("/desk/cases/nothing/act", data={"act": "undo", "revision": 1}).status_code == 404


def test_the_desk_is_refused_to_others(pages: TestClient) -> None:
    for headers in ({"Host": "desk.example"}, {"X-Forwarded-For": "127.0.0.1"}):
        answer = pages.get("/desk", headers=headers)
        assert answer.status_code == 403
        assert "until sign-in has been set up" in answer.text


def test_who_acts_is_chosen_and_kept(pages: TestClient) -> None:
    answer = pages.post("/desk/adviser", data={"adviser": "adviser-2", "next": "/desk"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "adviser=adviser-2" in cookie
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    refused = pages.post("/desk/adviser", data={"adviser": "adviser-99", "next": "//x"}, follow_redirects=False)
    assert "set-cookie" not in refused.headers
    assert refused.headers["location"] == "/"
    pages.cookies.clear()


def test_the_filter_stands_in_the_address_without_what_is_empty(pages: TestClient) -> None:
    answer = pages.get("/desk?state=&q=vatten&owner=", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?q=vatten")
    assert pages.get("/desk?state=nonsense&municipality=1&page=x").status_code == 200


def test_the_map_and_the_find_page_answer(pages: TestClient, case: Case) -> None:
    assert "<svg" in pages.get(f"/desk/cases/{case.id}/map").text
    assert "found by name" in pages.get(f"/desk/cases/{case.id}/find?q=geotek").text
    assert pages.get(f"/desk/cases/{case.id}/find?q=%25").status_code == 200


def test_anyone_is_found_by_name_first_and_then_by_what_they_do(workspace: Workspace, case: Case) -> None:
    found = find_anyone(workspace.database, case.id, "URBAN water", workspace.matcher)
    assert found[0].collaborator.id == "urban-water-engineering"
    assert found[0].confidence is None
    by_content = find_anyone(workspace.database, case.id, "översvämmade källare och dagvatten", workspace.matcher)
    assert "urban-water-engineering" in {one.collaborator.id for one in by_content if one.confidence}


def test_both_lists_are_compared(workspace: Workspace, case: Case) -> None:
    desk = Desk(workspace.database, "adviser-1")
    ids = [one.id for one in case.candidates[:3]]
    now = desk.decide(case.id, case.revision, ids[0], Decision.ACCEPTED)
    now = desk.decide(case.id, now.revision, ids[1], Decision.ACCEPTED)
    now = desk.move(case.id, now.revision, ids[1], 1)
    view = read_case(workspace.database, case.id, "adviser-1", datetime.now(UTC).date())
    rows = compare(now, view.system_list)
    assert [(row.suggestion.collaborator_id, row.system_rank, row.final_rank, row.change) for row in rows[:3]] == [
        (ids[1], 2, 1, Change.UP),
        (ids[0], 1, 2, Change.DOWN),
        (ids[2], 3, None, Change.UNDECIDED),
    ]


def test_news_are_told_to_who_has_the_case_open(workspace: Workspace, case: Case) -> None:
    assert look_again(workspace.database, case.id, "adviser-1", case.revision).missed == []
    Desk(workspace.database, "adviser-2").set_route(case.id, case.revision, Route.STUDENT_WORK)
    news = look_again(workspace.database, case.id, "adviser-1", case.revision)
    assert [one.kind for one in news.missed] == [EventKind.ROUTE]


def test_an_old_act_can_be_undone_after_many_notes(workspace: Workspace, case: Case) -> None:
    desk = Desk(workspace.database, "adviser-1")
    desk.decide(case.id, case.revision, case.candidates[0].id, Decision.ACCEPTED)
    for number in range(25):
        desk.note(case.id, f"Anteckning {number}")
    undoable = read_case(workspace.database, case.id, "adviser-1", datetime.now(UTC).date()).undoable
    assert undoable is not None
    assert undoable.kind is EventKind.DECIDE


def test_evidence_is_marked_within_its_text(case: Case) -> None:
    pieces = [one for candidate in case.candidates for one in candidate.suggestion.evidence]
    for evidence in pieces:
        whole = marked(evidence, None)
        assert any(piece.met for piece in whole)
        assert "".join(piece.text for piece in whole).replace(" ", "") == evidence.text.replace(" ", "")
        assert is_cut(evidence) == (sum(len(one.text) for one in marked(evidence)) < len(evidence.text))


def test_the_blind_round_is_blind_only_before_the_list_was_seen(workspace: Workspace, pages: TestClient) -> None:
    opened = match_case(workspace.database, send(workspace).id, workspace.matcher)
    unopened = match_case(workspace.database, send(workspace).id, workspace.matcher)
    pages.get(f"/desk/cases/{opened.id}")
    for case, blind in ((opened, False), (unopened, True)):
        page = pages.get(f"/desk/cases/{case.id}/blind").text
        assert ("Your grades are kept, but not as blind" in page) is not blind
        assert "strong match" not in page
        ids = sorted(set(re.findall(r'name="grade-([^"]+)"', page)))
        assert pages.post(f"/desk/cases/{case.id}/blind", data={f"grade-{ids[0]}": "1"}).status_code == 422
        pages.post(f"/desk/cases/{case.id}/blind", data={f"grade-{one}": "2" for one in ids})
        with workspace.database.reading() as session:
            (judged,) = [one for one in list_events(session, case.id) if one.kind is EventKind.JUDGE]
        assert (judged.after["blind"], judged.after["count"]) == (blind, len(ids))
        assert "strong match" in pages.get(f"/desk/cases/{case.id}/blind").text
