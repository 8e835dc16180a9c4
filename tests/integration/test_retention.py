"""What is kept of finished challenges, and for how long: first the contacts go, then, where it is set, all of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from matchmaker.db import access_record
from matchmaker.db.case_models import ChallengeRow, EventRow, ParticipantRow, VersionRow
from matchmaker.db.case_records import ParticipantRole, add_participant
from matchmaker.db.cases import add_case, get_case
from matchmaker.db.letter_links import Reader
from matchmaker.db.retention import erase_finished
from matchmaker.db.session import Database
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.case import Case
from matchmaker.domain.description import Description
from matchmaker.domain.retention import Retention
from matchmaker.domain.workflow import State
from matchmaker.review.letters import read_letters

NOW = datetime(2028, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
KEPT = Retention(drafts=180 * DAY, contacts=100 * DAY, acts=300 * DAY)


def ended(database: Database, identifier: str, state: State, quiet: timedelta) -> None:
    """A challenge in a state, with the last act on it a while ago, and another municipality that follows it."""
    described = Description(
        "2580", "Källare", "Vatten i källare.", contact_role="VA-ingenjör", contact_email="va@kommun.example"
    )
    began = NOW - quiet - DAY
    case = Case(identifier, "main", State.SUBMITTED, 1, 1, described, None, began, began, None)
    with database.transaction() as session:
        add_case(session, case)
        add_participant(
            session,
            identifier,
            ParticipantRole.CO_OWNER,
            municipality="2582",
            contact_role="Gatuchef",
            contact_email="gata@kommun.example",
            link_digest=identifier.ljust(64, "0"),
        )
        session.execute(update(ChallengeRow).where(ChallengeRow.id == identifier).values(state=state))
        last = {"revision": 2, "at": NOW - quiet, "party": "adviser", "actor": "adviser-1", "kind": "close"}
        session.add(EventRow(challenge_id=identifier, before={}, after={}, **last))


def contacts(database: Database, identifier: str) -> set[str]:
    """All that is left anywhere of whom to write to."""
    with database.reading() as session:
        held = [get_case(session, identifier).description]
        versions = session.scalars(select(VersionRow.description).where(VersionRow.challenge_id == identifier)).all()
        others = session.scalars(select(ParticipantRow).where(ParticipantRow.challenge_id == identifier)).all()
        found = {one.contact_email for one in held} | {one.contact_role for one in held}
        found |= {str(one[name]) for one in versions for name in ("contact_email", "contact_role")}
        return (found | {text for one in others for text in (one.contact_email, one.contact_role)}) - {""}


def erase(database: Database, retention: Retention = KEPT) -> tuple[int, int]:
    with database.transaction() as session:
        return erase_finished(session, retention, NOW)


def test_contacts_go_from_what_was_closed_or_withdrawn_long_ago_and_from_nothing_else(database: Database) -> None:
    ended(database, "closed", State.CLOSED, 101 * DAY)
    ended(database, "withdrawn", State.WITHDRAWN, 101 * DAY)
    ended(database, "lately", State.CLOSED, 99 * DAY)
    ended(database, "open", State.IN_REVIEW, 500 * DAY)
    assert erase(database) == (2, 0)
    assert not contacts(database, "closed") and not contacts(database, "withdrawn")
    assert len(contacts(database, "lately")) == len(contacts(database, "open")) == 4
    with database.reading() as session:
        assert get_case(session, "closed").description.problem == "Vatten i källare."
    assert read_letters(database, Reader("closed")).address == ""
    assert erase(database) == (0, 0), "nothing is left to erase"


@pytest.mark.parametrize(("quiet", "deleted"), [(399, 0), (401, 1)])
def test_a_closed_challenge_is_deleted_whole_only_where_the_operator_says_after_how_long(
    database: Database, quiet: int, deleted: int
) -> None:
    ended(database, "closed", State.CLOSED, quiet * DAY)
    assert erase(database)[1] == 0, "never unless it is set"
    forever = Retention(drafts=KEPT.drafts, cases=400 * DAY)
    assert erase(database, forever)[1] == deleted
    with database.reading() as session:
        for table in (ChallengeRow, VersionRow, ParticipantRow, EventRow):
            assert bool(session.scalars(select(table)).all()) is not bool(deleted)


def test_the_record_of_acts_is_kept_for_its_days(database: Database) -> None:
    with database.transaction() as session:
        for days in (299, 301):
            access_record.note_act(session, "administrator", AccessAct.LINK_REPLACED, str(days), now=NOW - days * DAY)
    erase(database)
    with database.reading() as session:
        assert [one.about for one in access_record.list_acts(session, 10)] == ["299"]
