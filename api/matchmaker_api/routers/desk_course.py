"""The course of a case: its owner and route, notes, questions, other municipalities, undoing, closing, reopening."""

from fastapi import APIRouter

from matchmaker.domain.days import local_day
from matchmaker.review import owners
from matchmaker.review.intake import answer_day
from matchmaker.review.participants import admit_at_desk, refuse_at_desk
from matchmaker_api.case_links import ACTED
from matchmaker_api.case_versions import AsSeen, AsSeenOnce, Once
from matchmaker_api.schemas.desk_acts import (
    Admission,
    Closing,
    NewNote,
    NewQuestion,
    OwnerChoice,
    RouteChoice,
    Undoing,
)
from matchmaker_api.schemas.desk_case import DeskCase

router = APIRouter(prefix="/api/v1/desk/cases/{case_id}", tags=["desk"])


@router.put("/owner", summary="Give a case an owner", responses=ACTED)
def set_case_owner(choice: OwnerChoice, acting: AsSeen) -> DeskCase:
    """Which adviser answers for it."""
    settings = acting.workspace.settings
    return acting.as_seen(lambda desk, seen: owners.set_owner(desk, settings, acting.case_id, seen, choice.owner))


@router.put("/route", summary="Choose a case's route", responses=ACTED)
def set_case_route(choice: RouteChoice, acting: AsSeen) -> DeskCase:
    """By which way the need is met."""
    return acting.as_seen(lambda desk, seen: desk.set_route(acting.case_id, seen, choice.route))


@router.post("/notes", summary="Write an internal note", responses=ACTED)
def write_note(new: NewNote, acting: Once) -> DeskCase:
    """It stays at the desk. No version is asked for: notes are added, and overwrite nothing."""
    return acting.once(lambda desk, _: desk.note(acting.case_id, new.note), new)


@router.post("/questions", summary="Ask the municipality a question", responses=ACTED)
def ask_municipality(new: NewQuestion, acting: AsSeenOnce) -> DeskCase:
    """The case waits for the answer; who gave an address gets a letter."""
    return acting.as_seen(lambda desk, seen: desk.ask(acting.case_id, seen, new.question), new)


@router.post("/resumption", summary="Go on without the answer", responses=ACTED)
def resume_review(acting: AsSeen) -> DeskCase:
    """Where the municipality has not answered the question."""
    return acting.as_seen(lambda desk, seen: desk.resume(acting.case_id, seen))


@router.put("/participants/{participant_id}", summary="Let a municipality in, or refuse it", responses=ACTED)
def decide_participant(participant_id: str, admission: Admission, acting: AsSeen) -> DeskCase:
    """Nothing proves whom its form came from: check with the municipality. Who is let in sees the whole description."""
    decide = admit_at_desk if admission.admitted else refuse_at_desk
    return acting.as_seen(lambda desk, seen: decide(desk, acting.case_id, seen, participant_id))


@router.post("/undoing", summary="Undo an act on the list", responses=ACTED)
def undo_act(undoing: Undoing, acting: AsSeen) -> DeskCase:
    """The last one that is not undone yet, by its event, so that nobody undoes what they have not seen."""
    return acting.as_seen(lambda desk, seen: desk.undo(acting.case_id, seen, undoing.event))


@router.post("/closing", summary="Close a case", responses=ACTED)
def close_case(closing: Closing, acting: AsSeen) -> DeskCase:
    """The municipality is told the reason, the route and the message. A list that was not sent yet is not sent."""
    return acting.as_seen(
        lambda desk, seen: desk.close(acting.case_id, seen, closing.reason, closing.route, closing.message)
    )


@router.post("/reopening", summary="Open a closed case again", responses=ACTED)
def reopen_case(acting: AsSeen) -> DeskCase:
    """The municipality is promised an answer anew."""
    promise = answer_day(local_day(), acting.workspace.settings.answer_days)
    return acting.as_seen(lambda desk, seen: desk.reopen(acting.case_id, seen, promise))
