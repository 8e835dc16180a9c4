"""Who joins a challenge sees no more than anybody until let in, and what it then sees ends where it was agreed to."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from matchmaker.db.case_records import ParticipantRole, Standing, list_participants
from matchmaker.domain.case import Case
from matchmaker.domain.description import InvalidDescriptionError
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import IllegalActError
from matchmaker.review import drafts, joining
from matchmaker.review.desk import Desk
from matchmaker.review.intake import match_case
from matchmaker.review.participants import admit_at_desk, admit_by_owner, refuse_by_owner
from matchmaker.review.status import read_status
from matchmaker.workspace import Workspace
from tests.integration.cases import CHOICES, approved, kinds, let_in, read, send
from tests.integration.test_challenge_pages import client, draft

pytestmark = pytest.mark.both_databases

__all__ = ["client"]

CO_OWNER, FOLLOWER = ParticipantRole.CO_OWNER, ParticipantRole.FOLLOWER
SECRET = "Vi bidrar med ritningar över Storgatan."


def join(workspace: Workspace, case: Case, role: ParticipantRole, code: str = "2582") -> str:
    return joining.join(workspace.database, draft(workspace, municipality=code), case.id, role, CHOICES)


def participant(workspace: Workspace, case: Case) -> str:
    with workspace.database.reading() as session:
        return list_participants(session, case.id)[-1].id


@pytest.mark.parametrize("role", [CO_OWNER, FOLLOWER])
def test_who_has_only_asked_sees_what_anybody_may(
    client: TestClient, workspace: Workspace, desk: Desk, role: ParticipantRole
) -> None:
    _, case = send(workspace, offers=SECRET)
    link = join(workspace, case, role)
    case = approved(workspace, desk, read(workspace, case.id), datetime.now(UTC) - timedelta(hours=1))
    for path in (f"/challenges/{link}", f"/challenges/{link}/receipt"):
        page = client.get(path).text
        assert case.description.title in page and "asked to" in page
        assert SECRET not in page and "Börja med den första." not in page and "Who can help you" not in page
    let_in(workspace.database, case.id)
    page = client.get(f"/challenges/{link}").text
    assert SECRET in page and "Börja med den första." in page
    assert page.count("joined as co-owner.") + page.count("began to follow it.") == 1, "its own joining is told once"
    assert kinds(workspace, case.id)[-1] is (EventKind.JOIN if role is CO_OWNER else EventKind.FOLLOW)


def test_a_municipality_joins_once_in_a_role_and_never_its_own(workspace: Workspace) -> None:
    _, case = send(workspace)
    join(workspace, case, CO_OWNER)
    join(workspace, case, FOLLOWER)
    for code, role in (("2582", CO_OWNER), ("2582", FOLLOWER), ("2580", CO_OWNER), ("2580", FOLLOWER)):
        with pytest.raises(InvalidDescriptionError) as raised:
            join(workspace, case, role, code)
        assert [one.field for one in raised.value.problems] == ["municipality"]
    with workspace.database.reading() as session:
        assert len(list_participants(session, case.id)) == 2


def test_who_was_refused_sees_nothing_more_and_no_contact_is_kept(client: TestClient, workspace: Workspace) -> None:
    _, case = send(workspace, offers=SECRET)
    link = join(workspace, case, CO_OWNER)
    let_in(workspace.database, case.id)
    refuse_by_owner(workspace.database, case.id, participant(workspace, case))
    page = client.get(f"/challenges/{link}").text
    assert "You were not let in" in page and SECRET not in page
    with workspace.database.reading() as session:
        (refused,) = list_participants(session, case.id)
    assert (refused.standing, refused.contact_role, refused.contact_email) == (Standing.REFUSED, "", "")
    with pytest.raises(NotFoundError):
        admit_by_owner(workspace.database, case.id, refused.id)
    join(workspace, case, CO_OWNER)  # one refused in its name keeps the municipality itself from nothing


def test_the_owner_answers_on_its_page_and_nobody_else_can(client: TestClient, workspace: Workspace) -> None:
    token, case = send(workspace)
    link = join(workspace, case, FOLLOWER)
    path = f"others/{participant(workspace, case)}"
    assert path in client.get(f"/challenges/{token}").text
    client.post(f"/challenges/{link}/{path}", data={"act": "admit"})
    assert "You have asked to follow" in client.get(f"/challenges/{link}").text
    client.post(f"/challenges/{token}/{path}", data={"act": "admit"})
    assert "You follow this challenge." in client.get(f"/challenges/{link}").text


def test_after_it_became_internal_a_follower_sees_what_was_public_and_a_co_owner_goes_on(
    workspace: Workspace, desk: Desk
) -> None:
    token, case = send(workspace)
    links = {role: join(workspace, case, role) for role in (CO_OWNER, FOLLOWER)}
    let_in(workspace.database, case.id)
    past = datetime.now(UTC) - timedelta(hours=2)
    approved(workspace, desk, read(workspace, case.id), past)
    drafts.start_amending(workspace.database, token)
    drafts.keep(workspace.database, token, {"visibility": "internal", "problem": "Nytt och internt om ledningarna."})
    amended = drafts.send(workspace.database, token, CHOICES, 10)
    approved(workspace, desk, match_case(workspace.database, amended.id, workspace.matcher), past + timedelta(hours=1))
    seen = {}
    for role, link in links.items():
        reader = drafts.open_link(workspace.database, link)[1]
        seen[role] = read_status(workspace.database, case.id, reader=reader)
    assert seen[CO_OWNER].case.description.problem == "Nytt och internt om ledningarna."
    assert seen[FOLLOWER].is_limited and seen[FOLLOWER].case.description == case.description
    versions = {role: one.approval.version for role, one in seen.items() if one.approval}
    assert versions == {CO_OWNER: 2, FOLLOWER: 1}
    with pytest.raises(NotFoundError):
        join(workspace, case, FOLLOWER, "2514")


def test_nobody_is_let_in_to_what_is_internal(workspace: Workspace, desk: Desk) -> None:
    token, case = send(workspace)
    join(workspace, case, CO_OWNER)
    drafts.start_amending(workspace.database, token)
    drafts.keep(workspace.database, token, {"visibility": "internal"})
    amended = drafts.send(workspace.database, token, CHOICES, 10)
    with pytest.raises(IllegalActError):
        admit_at_desk(desk, case.id, amended.revision, participant(workspace, case))
