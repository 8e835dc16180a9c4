"""What cannot happen at the desk by an oversight: approving unseen, undoing another's act, losing a text or a case."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from matchmaker.db.case_models import JudgmentRow
from matchmaker.db.case_records import ParticipantRole
from matchmaker.db.cases import list_events
from matchmaker.db.desk_records import TieKind
from matchmaker.domain.case import Case, ClosingReason, Decision, Route
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, NotReadyError, StorageError
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import State
from matchmaker.review import approval, drafts, joining, portal
from matchmaker.review import desk as desk_module
from matchmaker.review.case_view import read_case
from matchmaker.review.desk import Desk
from matchmaker.review.intake import match_case
from matchmaker.review.status import read_status
from matchmaker.review.ties import register_tie, take_back_tie
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.integration.cases import CHOICES, TYPED, approved, let_in, read, send

ORIGIN = {"Origin": "http://localhost", "Accept-Language": "en"}
DAY = date(2099, 1, 2)
WORDS = "Hör med näringslivskontoret."


@pytest.fixture(scope="module")
def pages(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(
        create_app(workspace.settings),
        base_url="http://localhost",
        client=("127.0.0.1", 50000),
        headers=ORIGIN,
        follow_redirects=False,
    ) as client:
        yield client


@pytest.fixture
def other(workspace: Workspace) -> Desk:
    return Desk(workspace.database, "adviser-2")


def approve(pages: TestClient, case: Case, **typed: str) -> Response:
    return pages.post(f"/desk/cases/{case.id}/approve", data={"revision": str(case.revision), **typed})


def act(pages: TestClient, case: Case, name: str, **typed: object) -> Response:
    return pages.post(f"/desk/cases/{case.id}/act", data={"act": name, "revision": case.revision, **typed})


def test_a_list_and_a_text_that_were_not_seen_are_not_approved(
    workspace: Workspace, pages: TestClient, desk: Desk, other: Desk
) -> None:
    token, case = send(workspace)
    seen = desk.decide(case.id, case.revision, case.candidates[0].id, Decision.ACCEPTED)
    drafts.start_amending(workspace.database, token)
    drafts.keep(workspace.database, token, {"title": "Hemtjänst", "problem": "Hemtjänsten kör långa sträckor."})
    amended = match_case(workspace.database, drafts.send(workspace.database, token, CHOICES, 10).id, workspace.matcher)
    now = other.decide(case.id, amended.revision, amended.candidates[1].id, Decision.ACCEPTED)
    wish = {"act": "approve", "route": "research_group", "message": "Börja här."}
    told = approve(pages, seen, **wish)
    assert told.status_code == 409
    assert "Hemtjänsten kör långa sträckor." in told.text and "Adviser 2" in told.text
    assert "Börja här.</textarea>" in told.text and "Do it anyway" not in told.text
    assert read(workspace, case.id).state is State.IN_REVIEW
    assert approve(pages, now, **wish).status_code == 303
    assert read(workspace, case.id).state is State.APPROVED


def test_the_approval_is_shown_again_with_what_was_typed_and_nothing_is_done(
    workspace: Workspace, pages: TestClient, other: Desk
) -> None:
    case = send(workspace)[1]
    other.note(case.id, "Ring kommunen.")
    shown = approve(pages, case, act="look", route="student_work", message="Ett exjobb passar.")
    assert shown.status_code == 200 and "Ett exjobb passar.</textarea>" in shown.text
    preview = shown.text.partition('class="desk-preview"')[2].partition("</section>")[0]
    assert "A student thesis or a course" in preview and "Ett exjobb passar." in preview
    assert "An internal note was written." in shown.text, "what others did meanwhile is told"
    assert (read(workspace, case.id).route, read(workspace, case.id).state) == (None, State.MATCHED)


def test_an_empty_choice_is_not_the_stored_route_and_the_message_is_kept(
    workspace: Workspace, pages: TestClient, desk: Desk
) -> None:
    sent = send(workspace)[1]
    case = desk.set_route(sent.id, sent.revision, Route.RESEARCH_GROUP)
    refused = approve(pages, case, act="approve", route="", message="Börja här.")
    assert refused.status_code == 422 and "Börja här.</textarea>" in refused.text
    closed = desk.close(case.id, case.revision, ClosingReason.DONE, Route.RESEARCH_GROUP)
    late = approve(pages, closed, act="approve", route="research_group", message="Börja här.")
    assert late.status_code == 409 and read(workspace, case.id).state is State.CLOSED
    assert "Börja här." in late.text, "also where the case was closed meanwhile"


def test_an_undo_undoes_what_its_button_said_and_nothing_else(
    workspace: Workspace, pages: TestClient, desk: Desk, other: Desk
) -> None:
    case = send(workspace)[1]
    one, two = case.candidates[0].id, case.candidates[1].id
    seen = desk.decide(case.id, case.revision, one, Decision.ACCEPTED)
    event = read_case(workspace.database, case.id, "adviser-1", DAY).undoable
    assert event
    now = other.decide(case.id, seen.revision, two, Decision.ACCEPTED)
    merged = act(pages, seen, "undo", event=event.id)
    assert merged.status_code == 409 and "Do it anyway" not in merged.text
    with pytest.raises(NotFoundError):
        desk.undo(case.id, now.revision, event.id)
    assert len(read(workspace, case.id).accepted) == 2


def test_the_merge_page_says_what_was_chosen_and_leads_on_by_a_plain_form(
    workspace: Workspace, pages: TestClient, other: Desk
) -> None:
    case = send(workspace)[1]
    other.set_owner(case.id, case.revision, "adviser-2")
    route = act(pages, case, "route", route="student_work").text.partition("This is what you wanted to do")[2]
    assert "A student thesis or a course" in route
    assert "hx-post" not in route.partition("</form>")[0], "the answer may be any page, not a part of this one"
    rejected = act(pages, case, "reject", collaborator=case.candidates[0].id, reason="too_general").text
    assert "too general" in rejected.partition("This is what you wanted to do")[2]


def test_a_grade_given_after_the_order_was_seen_replaces_no_blind_one(workspace: Workspace, pages: TestClient) -> None:
    case = send(workspace)[1]
    path = f"/desk/cases/{case.id}/blind"
    ids = sorted(set(re.findall(r'name="grade-([^"]+)"', pages.get(path).text)))
    assert pages.post(path, data={f"grade-{one}": "0" for one in ids}).headers["location"] == path
    pages.get(f"/desk/cases/{case.id}")
    again = pages.post(path, data={f"grade-{one}": "3" for one in ids})
    assert "stay as they were" in pages.get(again.headers["location"]).text
    with workspace.database.reading() as session:
        rows = session.scalars(select(JudgmentRow).where(JudgmentRow.challenge_id == case.id)).all()
        graded = [one.kind for one in list_events(session, case.id)].count(EventKind.JUDGE)
    assert {(one.grade, one.blind) for one in rows} == {(0, True)} and len(rows) == len(ids) and graded == 1


@pytest.mark.parametrize("error", [NotReadyError("The index is being made."), RuntimeError("a fault")])
def test_a_case_is_opened_whatever_keeps_it_from_being_matched(
    workspace: Workspace, pages: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    token = drafts.start_draft(workspace.database, "main", TYPED)
    case = drafts.send(workspace.database, token, CHOICES, 10)

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "matcher", fail)
        page = pages.get(f"/desk/cases/{case.id}")
    assert page.status_code == 200
    assert str(TYPED["problem"]) in page.text and "could not be matched yet" in page.text
    assert pages.get(f"/desk/cases/{case.id}").status_code == 200
    assert read(workspace, case.id).state is State.MATCHED


def test_a_case_that_was_closed_before_it_was_matched_is_matched_once_reopened(
    workspace: Workspace, pages: TestClient, desk: Desk
) -> None:
    token = drafts.start_draft(workspace.database, "main", TYPED)
    case = drafts.send(workspace.database, token, CHOICES, 10)
    case = desk.close(case.id, case.revision, ClosingReason.DONE, Route.NOT_FOR_US)
    assert desk.reopen(case.id, case.revision, DAY).state is State.SUBMITTED
    pages.get(f"/desk/cases/{case.id}")
    assert read(workspace, case.id).state is State.MATCHED and read(workspace, case.id).candidates


def test_who_closes_before_the_list_is_sent_is_warned_and_it_is_remembered(
    workspace: Workspace, pages: TestClient, desk: Desk
) -> None:
    warning = "The approved list is then not sent."
    case = approved(workspace, desk, send(workspace)[1], datetime.now(UTC))
    assert warning in pages.get(f"/desk/cases/{case.id}").text
    desk.close(case.id, case.revision, ClosingReason.DONE, Route.NOT_FOR_US)
    assert "The approved list was not sent." in pages.get(f"/desk/cases/{case.id}/timeline").text
    sent = approved(workspace, desk, send(workspace)[1], datetime.now(UTC) - timedelta(days=1))
    assert warning not in pages.get(f"/desk/cases/{sent.id}").text


def test_the_municipality_is_told_reason_route_and_words(workspace: Workspace, pages: TestClient, desk: Desk) -> None:
    token, case = send(workspace)
    with pytest.raises(InvalidChallengeError) as raised:
        desk.close(case.id, case.revision, ClosingReason.OTHER, Route.BUSINESS_SUPPORT)
    assert raised.value.field == "message"
    case = desk.close(case.id, case.revision, ClosingReason.OTHER, Route.BUSINESS_SUPPORT, WORDS)
    page = pages.get(f"/challenges/{token}").text
    assert WORDS in page and "Business support" in page
    with workspace.database.reading() as session:
        assert portal.read_told(session, case.id).closing_message == WORDS
    case = desk.reopen(case.id, case.revision, DAY)
    assert WORDS not in pages.get(f"/challenges/{token}").text
    desk.close(case.id, case.revision, ClosingReason.DONE, Route.BUSINESS_SUPPORT)
    assert read_status(workspace.database, case.id).closing_message == "", "that was said of another closing"


def test_an_answer_without_anybody_is_not_told_as_a_list(workspace: Workspace, pages: TestClient, desk: Desk) -> None:
    token, case = send(workspace)
    case = desk.set_route(case.id, case.revision, Route.NOT_FOR_US)
    past = datetime.now(UTC) - timedelta(hours=1)
    approval.approve(desk, case.id, case.revision, "Hör med regionen.", 10, past)
    page = pages.get(f"/challenges/{token}").text
    assert "Hör med regionen." in page and "An adviser sent an answer." in page
    assert not [one for one in ("you have a list", "Who can help you", "approved a list") if one in page]


def test_a_list_taken_up_again_has_a_new_promise(workspace: Workspace, desk: Desk) -> None:
    case = approved(workspace, desk, send(workspace)[1], datetime.now(UTC) - timedelta(days=1))
    assert approval.revise(desk, case.id, case.revision, DAY).promised_on == DAY


@pytest.mark.parametrize(("full", "status"), [(True, 507), (False, 503)])
def test_an_act_that_cannot_be_stored_says_so(
    workspace: Workspace, pages: TestClient, monkeypatch: pytest.MonkeyPatch, full: bool, status: int
) -> None:
    case = send(workspace)[1]

    def fail(*_: object, **__: object) -> None:
        raise StorageError(is_full=full)

    monkeypatch.setattr(desk_module, "save_case", fail)
    answer = act(pages, case, "note", note="Ring kommunen.")
    assert answer.status_code == status and "Ring kommunen.</textarea>" in answer.text


def test_a_tie_is_for_the_cases_municipality_or_said_to_be_for_all(
    workspace: Workspace, pages: TestClient, desk: Desk
) -> None:
    description = replace(send(workspace)[1].description, municipality=None)
    with workspace.database.transaction() as session:
        unknown = portal.submit(session, description, None, "main", 10, desk.actor)
    case = match_case(workspace.database, unknown.id, workspace.matcher)
    who = case.candidates[0].id
    refused = act(pages, case, "tie", collaborator=who, kind="supplier", comment="Ramavtal")
    assert refused.status_code == 422 and f'href="#everywhere-tie-{who}"' in refused.text
    with pytest.raises(NotFoundError):
        register_tie(desk, case.id, case.revision, "nobody-at-all", TieKind.SUPPLIER, "", everywhere=True)
    tied = register_tie(desk, case.id, case.revision, who, TieKind.SUPPLIER, "", everywhere=True)
    (tie,) = read_case(workspace.database, case.id, "adviser-1", DAY).ties[who]
    take_back_tie(desk, case.id, tied.revision, tie.id)
    assert who not in read_case(workspace.database, case.id, "adviser-1", DAY).ties


def test_the_language_switch_and_loading_again_lead_back_to_the_case(workspace: Workspace, pages: TestClient) -> None:
    case = send(workspace)[1]
    assert pages.get(f"/desk/cases/{case.id}/act").headers["location"] == f"/desk/cases/{case.id}"
    assert pages.get(f"/desk/cases/{case.id}/approve").status_code == 200


def test_the_adviser_sees_who_will_read_the_list(workspace: Workspace, pages: TestClient) -> None:
    _, case = send(workspace)
    for code, role, admitted in (("2582", ParticipantRole.CO_OWNER, True), ("2514", ParticipantRole.FOLLOWER, False)):
        token = drafts.start_draft(workspace.database, "main", {**TYPED, "municipality": code})
        joining.join(workspace.database, token, case.id, role, CHOICES)
        if admitted:
            let_in(workspace.database, case.id)
    page = pages.get(f"/desk/cases/{case.id}/approve").text.partition("Who will read it")[2]
    readers, _, rest = page.partition("</ul>")
    assert "Luleå" in readers and "Boden" in readers and "Kalix" not in readers
    assert "Kalix" in rest and "only when let in" in rest
