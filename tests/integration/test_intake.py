"""Taking in challenges: committed before the answer, frozen afterwards, never lost."""

import pytest
from sqlalchemy import func, select

from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.cases import get_case
from matchmaker.db.challenges import StoredShortlist, find_shortlist
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, NotReadyError, SetupError
from matchmaker.domain.shortlist import Shortlist
from matchmaker.domain.workflow import State
from matchmaker.pipeline import Matcher
from matchmaker.review.intake import (
    Matchers,
    match_case,
    match_if_possible,
    read_shortlist,
    shortlist_content,
    submit_challenge,
)
from matchmaker.workspace import Workspace

pytestmark = pytest.mark.both_databases

TEXT = "Äldre som faller hemma får vänta på hjälp. Hemtjänsten vill ha ett larm som känner av fallet."


def submit(workspace: Workspace, text: str = TEXT) -> str:
    stored = submit_challenge(
        workspace.database, text=text, title=None, language=None, municipality="2514", collection="main", answer_days=10
    )
    return stored.id


def count(workspace: Workspace) -> int:
    with workspace.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ChallengeRow)) or 0


def unavailable(_collection: str) -> Matcher:
    raise SetupError("no index", remedy="matchmaker prepare")


def matched(workspace: Workspace, challenge_id: str, matchers: Matchers) -> tuple[StoredShortlist, Shortlist]:
    match_case(workspace.database, challenge_id, matchers)
    with workspace.database.reading() as session:
        stored = find_shortlist(session, challenge_id)
    assert stored is not None
    return stored, read_shortlist(stored)


def test_a_challenge_is_stored_when_the_call_returns(workspace: Workspace) -> None:
    before = count(workspace)
    submit(workspace)
    assert count(workspace) == before + 1


def test_a_challenge_without_words_is_not_stored(workspace: Workspace) -> None:
    before = count(workspace)
    with pytest.raises(InvalidChallengeError):
        submit(workspace, "😀")
    assert count(workspace) == before


def test_a_shortlist_is_frozen(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = submit(workspace)
    stored, shortlist = matched(workspace, identifier, workspace.matcher)
    assert shortlist.experts[0].collaborator_id == "physiotherapy"
    again, same = matched(workspace, identifier, unavailable)
    assert (again, same) == (stored, shortlist)
    assert shortlist_content(same) == stored.content
    assert shortlist.provenance.encoder == workspace.encoder.fingerprint


def test_a_challenge_outlives_a_service_that_cannot_match(workspace: Workspace) -> None:
    identifier = submit(workspace)
    with pytest.raises(SetupError):
        match_case(workspace.database, identifier, unavailable)
    assert matched(workspace, identifier, workspace.matcher)[1].experts


@pytest.mark.parametrize("error", [NotReadyError("being made"), SetupError("x", remedy="y"), RuntimeError("a fault")])
def test_whatever_keeps_a_challenge_from_being_matched_stops_nobody(workspace: Workspace, error: Exception) -> None:
    def fail(_collection: str) -> Matcher:
        raise error

    identifier = submit(workspace)
    assert match_if_possible(workspace.database, identifier, fail) is not None
    assert match_if_possible(workspace.database, identifier, workspace.matcher) is None
    with workspace.database.reading() as session:
        assert get_case(session, identifier).state is State.MATCHED


def test_an_unknown_challenge_is_told(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        match_if_possible(workspace.database, "nowhere", workspace.matcher)
