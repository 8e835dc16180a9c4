"""Taking in challenges: committed before the answer, frozen afterwards, never lost."""

import pytest
from sqlalchemy import func, select

from matchmaker.db.case_models import ChallengeRow
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, SetupError
from matchmaker.pipeline import Matcher
from matchmaker.review.intake import challenge_shortlist, shortlist_content, submit_challenge
from matchmaker.workspace import Workspace

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
    stored, shortlist = challenge_shortlist(workspace.database, identifier, workspace.matcher)
    assert shortlist.experts[0].collaborator_id == "physiotherapy"
    again, same = challenge_shortlist(workspace.database, identifier, unavailable)
    assert (again, same) == (stored, shortlist)
    assert shortlist_content(same) == stored.content
    assert shortlist.provenance.encoder == workspace.encoder.fingerprint


def test_a_challenge_outlives_a_service_that_cannot_match(workspace: Workspace) -> None:
    identifier = submit(workspace)
    with pytest.raises(SetupError):
        challenge_shortlist(workspace.database, identifier, unavailable)
    assert challenge_shortlist(workspace.database, identifier, workspace.matcher)[1].experts


def test_an_unknown_challenge_is_told(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        challenge_shortlist(workspace.database, "nowhere", workspace.matcher)
