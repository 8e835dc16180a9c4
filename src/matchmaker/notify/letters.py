"""The letters about a challenge: what each says. None has more of the challenge than its title, and none has a list.

The links are the pages' whole addresses: ``link`` opens the challenge, ``stop`` ends the letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matchmaker.domain.case import Case, ClosingReason, reference
from matchmaker.domain.errors import mark
from matchmaker.domain.letter import LetterKind
from matchmaker.messages import LANGUAGES
from matchmaker.notify.mail import Mail, compose

BOTH = LANGUAGES
"""For a reader whose language is not known."""

CLOSING_REASONS = {
    ClosingReason.DONE: mark("The matter is settled."),
    ClosingReason.NOBODY_FOUND: mark("Nobody at the university works on this."),
    ClosingReason.NOBODY_AVAILABLE: mark("Those who work on this have no time for it at present."),
    ClosingReason.OUT_OF_SCOPE: mark("This is not a question for the university."),
    ClosingReason.NO_ANSWER: mark("No answer came to the adviser's question."),
    ClosingReason.DUPLICATE: mark("The same challenge is dealt with in another case."),
    ClosingReason.OTHER: mark("Another reason."),
}
"""Letters and pages say the same."""

RECEIVED_BY = mark("Your challenge “{title}” has come in. You will have an answer by {day}.")
RECEIVED = mark("Your challenge “{title}” has come in.")
ANSWER = mark("An adviser has reviewed the suggestions for “{title}” and approved the answer. Read it here.\n{link}")
ABOUT_LINKS = mark(
    "The link is good until {until}, and private: whoever has it can act for you. "
    "If you saved a private link of your own, it stays good."
)
STOP = mark("You get this because your address was given for the challenge. No more letters about it:\n{stop}")

SUBJECTS = {
    LetterKind.RECEIVED: mark("Your challenge has come in: {title}"),
    LetterKind.JOINED: mark("Your municipality has joined: {title}"),
    LetterKind.QUESTION: mark("A question about your challenge: {title}"),
    LetterKind.LIST: mark("An answer to your challenge: {title}"),
    LetterKind.CLOSED: mark("The case has been closed: {title}"),
    LetterKind.WITHDRAWN: mark("The challenge has been withdrawn: {title}"),
}


@dataclass(frozen=True, slots=True)
class Links:
    """What a letter leads to, and until which day (as YYYY-MM-DD) it does."""

    link: str
    stop: str
    until: str


def write_letter(kind: LetterKind, to: str, case: Case, links: Links, languages: Sequence[str] = BOTH) -> Mail:
    """A letter about a case as it is now. A question and an answer stay behind the link, and others are not named."""
    mail = compose(
        to,
        SUBJECTS[kind],
        [*_paragraphs(kind, case), ABOUT_LINKS, STOP],
        languages,
        title=case.description.title or reference(case.id),
        day=case.promised_on or "",
        link=links.link,
        stop=links.stop,
        until=links.until,
    )
    return replace(mail, stop_link=links.stop)


def _paragraphs(kind: LetterKind, case: Case) -> list[str]:
    match kind:
        case LetterKind.RECEIVED:
            first = RECEIVED_BY if case.promised_on else RECEIVED
            return [first, mark("Follow it, change it or withdraw it here.\n{link}")]
        case LetterKind.JOINED:
            return [mark("Your municipality has joined the challenge “{title}”. Follow it here.\n{link}")]
        case LetterKind.QUESTION:
            return [
                mark("An adviser has a question about “{title}”. The review goes on when you have answered.\n{link}")
            ]
        case LetterKind.LIST:
            return [ANSWER]
        case LetterKind.CLOSED:
            reason = [CLOSING_REASONS[case.closing_reason]] if case.closing_reason else []
            return [
                mark("The adviser has closed the case “{title}”."),
                *reason,
                mark("What was done, and the answer if there is one, stands here.\n{link}"),
            ]
        case LetterKind.WITHDRAWN:
            return [
                mark("“{title}” has been withdrawn by the municipality that sent it, and nobody works on it any more."),
                mark("What was done stands here.\n{link}"),
            ]
