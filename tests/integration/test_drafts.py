"""The officer's side: from the first letter typed to a new version, joining in place of asking again."""

from datetime import UTC, datetime

import pytest

from matchmaker.db.case_records import MessageKind, ParticipantRole, list_messages
from matchmaker.db.cases import list_versions
from matchmaker.db.challenges import find_shortlist
from matchmaker.domain.case import Case, Decision
from matchmaker.domain.description import InvalidDescriptionError
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import IllegalActError, State
from matchmaker.review import drafts, joining, status
from matchmaker.review.desk import Desk
from matchmaker.review.intake import answer_day, match_case
from matchmaker.workspace import Workspace
from tests.integration.cases import CHOICES, TYPED, kinds, read, send

pytestmark = pytest.mark.both_databases


def test_a_draft_keeps_whatever_was_typed_until_it_can_be_sent(workspace: Workspace) -> None:
    token = drafts.start_draft(workspace.database, "main", {"title": "Buller\x00", "by_when": "i vår", "unknown": "x"})
    whole = drafts.keep(workspace.database, token, {"problem": "Rad ett\r\nrad två"}).whole
    assert whole == {"title": "Buller", "by_when": "i vår", "problem": "Rad ett\nrad två"}
    with pytest.raises(InvalidDescriptionError) as raised:
        drafts.send(workspace.database, token, CHOICES, 10)
    assert {one.field for one in raised.value.problems} >= {"municipality", "by_when", "contact_email"}
    linked, _ = drafts.open_link(workspace.database, token)
    assert (linked.state, linked.draft) == (State.DRAFT, whole)
    with pytest.raises(NotFoundError):
        read(workspace, linked.id)  # nothing but its link opens a draft
    drafts.throw_away(workspace.database, token)
    with pytest.raises(NotFoundError):
        drafts.open_link(workspace.database, token)


def test_a_sent_challenge_is_matched_promised_and_remembered(workspace: Workspace, sent: tuple[str, Case]) -> None:
    _, case = sent
    assert case.state is State.MATCHED
    assert case.candidates[0].id == "urban-water-engineering"
    assert case.confidence == "strong"
    assert case.promised_on == answer_day(datetime.now(UTC).date(), 10)
    assert kinds(workspace, case.id) == [EventKind.SUBMIT, EventKind.MATCH]
    assert read(workspace, case.id) == case


def test_ten_working_days_are_two_weeks() -> None:
    assert answer_day(datetime(2026, 11, 25).date(), 10) == datetime(2026, 12, 9).date()
    assert answer_day(datetime(2026, 11, 28).date(), 10) == datetime(2026, 12, 11).date()  # sent on a Saturday


def test_a_challenge_is_sent_once(workspace: Workspace, sent: tuple[str, Case]) -> None:
    with pytest.raises(NotFoundError):
        drafts.send(workspace.database, sent[0], CHOICES, 10)


def test_an_amended_challenge_is_a_new_version_and_what_was_decided_stays(
    workspace: Workspace, desk: Desk, sent: tuple[str, Case]
) -> None:
    token, case = sent
    case = desk.decide(case.id, case.revision, case.candidates[1].id, Decision.ACCEPTED)
    drafts.start_amending(workspace.database, token)
    drafts.keep(workspace.database, token, {"problem": "Vägarna spricker av tjällossning varje vår."})
    assert read(workspace, case.id) == case  # nothing changes before it is sent
    amended = drafts.send(workspace.database, token, CHOICES, 10)
    assert (amended.version, amended.state) == (2, State.SUBMITTED)
    matched = match_case(workspace.database, case.id, workspace.matcher)
    assert matched.candidates[0].id == case.candidates[1].id
    assert matched.candidates[0].decision is Decision.ACCEPTED
    with workspace.database.reading() as session:
        versions = list_versions(session, case.id)
        first, second = (find_shortlist(session, case.id, number) for number in (1, 2))
    assert [one[2].problem.split()[0] for one in versions] == ["Vid", "Vägarna"]
    assert first is not None
    assert second is not None
    assert first.content != second.content


def test_a_withdrawn_challenge_is_at_rest(workspace: Workspace, desk: Desk, sent: tuple[str, Case]) -> None:
    token, case = sent
    withdrawn = status.withdraw(workspace.database, case.id)
    with pytest.raises(IllegalActError):
        desk.decide(case.id, withdrawn.revision, case.candidates[0].id, Decision.ACCEPTED)
    with pytest.raises(IllegalActError):
        drafts.start_amending(workspace.database, token)


def test_another_municipality_joins_a_public_challenge_with_its_own_words(
    workspace: Workspace, sent: tuple[str, Case]
) -> None:
    typed = {**TYPED, "municipality": "2582", "problem": "Också våra källare tar in vatten när snön smälter."}
    token = drafts.start_draft(workspace.database, "main", typed)
    linked, _ = drafts.open_link(workspace.database, token)
    found = joining.find_similar(
        workspace.database, linked.id, drafts.draft_challenge(linked.id, typed), workspace.matcher, "main"
    )
    assert linked.id not in {one.id for one in found}
    case = sent[1]
    new = joining.join(workspace.database, token, case.id, ParticipantRole.CO_OWNER, CHOICES)
    joined, participant = drafts.open_link(workspace.database, new)
    assert joined.id == case.id
    assert participant is not None
    assert (participant.role, participant.municipality) == (ParticipantRole.CO_OWNER, "2582")
    with workspace.database.reading() as session:
        words = [one.text for one in list_messages(session, case.id) if one.kind is MessageKind.CONTRIBUTION]
    assert "Också våra källare" in words[0]
    with pytest.raises(NotFoundError):
        drafts.open_link(workspace.database, token)  # the draft is not asked a second time


def test_an_internal_challenge_is_neither_shown_nor_joined(workspace: Workspace) -> None:
    _, secret = send(workspace, visibility="internal")
    token = drafts.start_draft(workspace.database, "main", TYPED)
    linked, _ = drafts.open_link(workspace.database, token)
    found = joining.find_similar(
        workspace.database, linked.id, drafts.draft_challenge(linked.id, TYPED), workspace.matcher, "main"
    )
    assert secret.id not in {one.id for one in found}
    with pytest.raises(NotFoundError):
        joining.join(workspace.database, token, secret.id, ParticipantRole.FOLLOWER, CHOICES)
    assert drafts.open_link(workspace.database, token)[0].draft
