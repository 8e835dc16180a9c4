"""What the status page says of a case: what the state means for the reader, and what has happened."""

from datetime import datetime

from matchmaker.case_wording import officer_event, state_word
from matchmaker.db.case_records import Participant, ParticipantRole
from matchmaker.domain.errors import mark
from matchmaker.domain.event import Event, EventKind
from matchmaker.domain.workflow import State
from matchmaker.messages import Translator
from matchmaker.review.status import Status

EXPLANATIONS = {
    State.SUBMITTED: mark("It has come in. An adviser will read it and look through who at the university may help."),
    State.MATCHED: mark("It has come in. An adviser will read it and look through who at the university may help."),
    State.IN_REVIEW: mark("An adviser is reading it and going through who at the university may help."),
    State.WAITING: mark("The adviser needs to know more before going on. The question stands below."),
    State.APPROVED: mark("The adviser has looked through who may help, and the list stands below."),
    State.CONTACTED: mark("The adviser has written to those on the list and waits for what they say."),
    State.ANSWERED: mark("Those on the list have told the adviser whether they can help."),
    State.COLLABORATION: mark("You have begun to work together. We are glad of it."),
    State.CLOSED: mark("The adviser has closed the case."),
    State.WITHDRAWN: mark(
        "It has been withdrawn, and nobody works on it any more. What was written is kept for the record."
    ),
}

JOINED = {
    ParticipantRole.CO_OWNER: mark("Your municipality joined as co-owner."),
    ParticipantRole.FOLLOWER: mark("Your municipality began to follow it."),
}

ANSWER_SENT = mark("An adviser sent an answer.")

ANSWERED = frozenset({State.APPROVED, State.CONTACTED, State.ANSWERED, State.COLLABORATION})
"""From here on no answer is promised any more: it has come."""


def state_and_meaning(shown: Status, say: Translator) -> tuple[str, str]:
    """The state in a word, and in a sentence what it means."""
    if shown.state is State.APPROVED and not shown.has_list:
        return say.say(mark("Answered")), say.say(mark("The adviser has answered. The answer stands below."))
    return state_word(shown.state, say, for_officer=True), say.say(EXPLANATIONS[shown.state])


def _event(event: Event, participant: Participant | None, say: Translator) -> str:
    if participant and event.after.get("participant") == participant.id:
        return say.say(JOINED[participant.role])
    return officer_event(event, say)


def history(shown: Status, participant: Participant | None, say: Translator) -> list[tuple[datetime, str]]:
    """What has happened, newest first. What the adviser and the owner ask each other stays between them."""
    between_them = {EventKind.ASK, EventKind.ANSWER} if participant else set()
    told = [(one.at, _event(one, participant, say)) for one in shown.events if one.kind not in between_them]
    if shown.approval:
        words = mark("An adviser approved a list, and it was sent.") if shown.has_list else ANSWER_SENT
        told.append((shown.approval.released_at, say.say(words)))
    return sorted(told, key=lambda one: one[0], reverse=True)
