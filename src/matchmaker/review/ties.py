"""What speaks against a candidate: registered by an adviser, shown in every case that it concerns, and taken back."""

from typing import Any

from matchmaker.db.cases import save_case
from matchmaker.db.desk_records import TieKind, add_tie, delete_tie, find_tie
from matchmaker.domain.case import Case, get_candidate
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, mark
from matchmaker.domain.event import EventKind
from matchmaker.review.desk import Desk
from matchmaker.review.status import line


def register_tie(
    desk: Desk, case_id: str, revision: int, collaborator_id: str, kind: TieKind, comment: str, *, everywhere: bool
) -> Case:
    """Remember what speaks against a candidate, for the case's municipality or for all.

    Raises:
        NotFoundError: it is no candidate of the case.
        InvalidChallengeError: the case has no municipality for which it could be, the comment is too long, or there is
            none though nothing on the list fits; the error names the field.
    """
    comment = line(comment)
    if kind is TieKind.OTHER and not comment:
        raise InvalidChallengeError("comment", mark("Write what speaks against it, when nothing on the list fits."))
    with desk.transaction() as session:
        case = desk.seen(session, case_id, revision)
        get_candidate(case, collaborator_id)
        municipality = None if everywhere else case.description.municipality
        if municipality is None and not everywhere:
            raise InvalidChallengeError(
                "everywhere", mark("This case has no municipality. Say that it is for every municipality, or leave it.")
            )
        add_tie(session, case.collection, collaborator_id, municipality, kind, comment, desk.adviser)
        details: dict[str, Any] = {"collaborator": collaborator_id, "kind": kind, "everywhere": everywhere}
        return save_case(session, case, case, desk.actor, EventKind.TIE, details=details)


def take_back_tie(desk: Desk, case_id: str, revision: int, tie_id: int) -> Case:
    """Forget a tie that was registered by mistake, or holds no longer.

    Raises:
        NotFoundError: there is no such tie of one of the case's candidates.
    """
    with desk.transaction() as session:
        case = desk.seen(session, case_id, revision)
        tie = find_tie(session, case.collection, tie_id)
        if tie is None or tie.collaborator_id not in {one.id for one in case.candidates}:
            raise NotFoundError(mark("The tie has been taken back already."))
        delete_tie(session, tie_id)
        details = {"collaborator": tie.collaborator_id, "kind": tie.kind, "everywhere": tie.municipality is None}
        return save_case(session, case, case, desk.actor, EventKind.UNTIE, details=details)
