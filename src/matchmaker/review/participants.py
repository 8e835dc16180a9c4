"""Other municipalities that ask to join a case: let in, or refused, by an adviser or by the one that asked first."""

from matchmaker.db.case_records import (
    Participant,
    ParticipantRole,
    Standing,
    list_participants,
    set_standing,
)
from matchmaker.db.cases import get_case, save_case
from matchmaker.db.letters import write_joined_letter
from matchmaker.db.session import Database, Session
from matchmaker.domain.case import Case
from matchmaker.domain.description import Visibility
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.event import OFFICER, Actor, EventKind
from matchmaker.domain.workflow import FINISHED, IllegalActError
from matchmaker.review.desk import Desk

_KINDS = {ParticipantRole.CO_OWNER: EventKind.JOIN, ParticipantRole.FOLLOWER: EventKind.FOLLOW}


def admit_at_desk(desk: Desk, case_id: str, revision: int, participant_id: str) -> Case:
    """Let a municipality in that asked to join.

    Raises:
        StaleCaseError: somebody else has changed the case since.
        NotFoundError: it does not ask any more.
        IllegalActError: the challenge is finished, or is internal now.
    """
    with desk.transaction() as session:
        return _admit(session, desk.seen(session, case_id, revision), participant_id, desk.actor)


def refuse_at_desk(desk: Desk, case_id: str, revision: int, participant_id: str) -> Case:
    """Refuse a municipality that asked to join, or take one out that was let in.

    Raises:
        StaleCaseError: somebody else has changed the case since.
        NotFoundError: there is none such.
    """
    with desk.transaction() as session:
        return _refuse(session, desk.seen(session, case_id, revision), participant_id, desk.actor)


def admit_by_owner(database: Database, case_id: str, participant_id: str) -> Case:
    """As ``admit_at_desk``, by the one that asked first."""
    with database.transaction() as session:
        return _admit(session, get_case(session, case_id), participant_id, OFFICER)


def refuse_by_owner(database: Database, case_id: str, participant_id: str) -> Case:
    """As ``refuse_at_desk``, by the one that asked first."""
    with database.transaction() as session:
        return _refuse(session, get_case(session, case_id), participant_id, OFFICER)


def _admit(session: Session, case: Case, participant_id: str, actor: Actor) -> Case:
    found = _get(session, case, participant_id)
    if not found.is_asking:
        raise NotFoundError(mark("This municipality does not ask to join any more."))
    if case.state in FINISHED:
        raise IllegalActError(mark("This cannot be done now: the case is in another state."), state=case.state)
    if case.description.visibility is not Visibility.PUBLIC:
        raise IllegalActError(mark("The challenge has become internal, and nobody can join it."), state=case.state)
    set_standing(session, participant_id, Standing.ADMITTED)
    admitted = save_case(session, case, case, actor, _KINDS[found.role], details=_details(found))
    write_joined_letter(session, case.id, participant_id)
    return admitted


def _refuse(session: Session, case: Case, participant_id: str, actor: Actor) -> Case:
    found = _get(session, case, participant_id)
    if found.standing is Standing.REFUSED:
        raise NotFoundError(mark("This municipality does not ask to join any more."))
    set_standing(session, participant_id, Standing.REFUSED)
    return save_case(session, case, case, actor, EventKind.REFUSE_JOIN, details=_details(found))


def _get(session: Session, case: Case, participant_id: str) -> Participant:
    found = next((one for one in list_participants(session, case.id) if one.id == participant_id), None)
    if found is None:
        raise NotFoundError(mark("This municipality does not ask to join any more."))
    return found


def _details(participant: Participant) -> dict[str, str]:
    return {"municipality": participant.municipality, "participant": participant.id}
