"""What a private link's holder does by a program: as on the pages behind the link, with the same functions.

A link is shown as a bearer's secret (RFC 6750), never in an address: addresses are logged. Addresses that stand for a
link in a browser's session open nothing here, since nothing would show that the session is the sender's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.db.case_records import Participant
from matchmaker.db.correspondence import set_language
from matchmaker.db.drafts import LinkedChallenge
from matchmaker.db.letter_links import Reader
from matchmaker.db.session import Database, Session
from matchmaker.domain.access import ForbiddenError
from matchmaker.domain.case import Case
from matchmaker.domain.days import local_day
from matchmaker.domain.description import Description, Typed, read_description
from matchmaker.domain.errors import MatchmakerError, NotFoundError, mark
from matchmaker.domain.event import OFFICER
from matchmaker.domain.links import link_digest
from matchmaker.review import portal
from matchmaker.review.drafts import Choices, open_link
from matchmaker.review.identity.views import PREFIX as IN_A_SESSION
from matchmaker.review.personal_findings import Finding, find_in_fields
from matchmaker.review.status import Status, read_status


class PersonalDataError(MatchmakerError):
    """What is to be sent seems to have personal data in it, and nobody has said that they looked."""

    code = "personal-data"

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(mark("This looks like personal data. Take it out, or say that you have looked at it."))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class HeldLink:
    """A link that somebody holds, and what it opens: ``participant`` is another municipality's part, if it is one's."""

    token: str
    linked: LinkedChallenge
    participant: Participant | None

    @property
    def reader(self) -> Reader:
        """Whose letters the holder's are."""
        return Reader(self.linked.id, self.participant.id if self.participant else None)


def client_of(token: str) -> str:
    """By what requests with a link are counted and remembered: its digest, which opens nothing."""
    return f"link {link_digest(token)}"


def hold(database: Database, token: str) -> HeldLink:
    """What a link opens to whoever sends its secret.

    Raises:
        NotFoundError: it opens nothing.
    """
    if token.startswith(IN_A_SESSION):
        raise NotFoundError(mark("This address is only good where you are signed in. Open the challenge there."))
    return HeldLink(token, *open_link(database, token))


def check_part(held: HeldLink) -> None:
    """That what the link opens was sent.

    Raises:
        NotFoundError: it is a draft.
    """
    if not held.linked.is_sent:
        raise NotFoundError(mark("This link opens nothing that was sent."))


def check_sent(held: HeldLink) -> None:
    """That what the link opens was sent, and its holder is let in.

    Raises:
        NotFoundError: it is a draft, or the municipality has only asked to join, or was refused.
    """
    check_part(held)
    if held.participant and not held.participant.is_admitted:
        raise NotFoundError(mark("Your municipality has not been let in to this challenge."))


def check_draft(held: HeldLink) -> Mapping[str, Any]:
    """That something is being typed behind the link; returns what, by the form's names.

    Raises:
        NotFoundError: nothing is, or the link is another municipality's.
    """
    if held.participant or held.linked.draft is None:
        raise NotFoundError(mark("This link opens no draft."))
    return held.linked.draft


def check_owner(held: HeldLink) -> None:
    """That the link is the one of the municipality that asked.

    Raises:
        NotFoundError: what it opens was not sent.
        ForbiddenError: it is another municipality's.
    """
    if held.participant:
        raise ForbiddenError(mark("Only the municipality that sent the challenge can do this."))
    check_sent(held)


def shown_to(database: Database, held: HeldLink) -> Status:
    """The challenge as the page behind the link shows it.

    Raises:
        NotFoundError: there is nothing that the holder may see.
    """
    check_sent(held)
    return read_status(database, held.linked.id, reader=held.participant)


def told_to(status: Status, held: HeldLink) -> portal.Told:
    """What is shown, as it is told over the API."""
    return portal.Told(
        case=status.case,
        state=status.state,
        question=None if held.participant else status.question,
        has_list=status.approval is not None,
        closing_message=status.closing_message,
        is_owner=held.participant is None,
    )


def described(typed: Typed, choices: Choices, *, is_checked: bool) -> Description:
    """What was typed, as the form takes it. ``is_checked``: somebody has looked at what may be personal data.

    Raises:
        InvalidDescriptionError: it names every field that is wrong.
        PersonalDataError: there may be personal data in it, and nobody has looked.
    """
    description = read_description(typed, choices.municipalities, choices.areas, local_day())
    check_personal_data(typed, is_checked=is_checked)
    return description


def check_personal_data(typed: Mapping[str, object], *, is_checked: bool) -> None:
    """That what may be personal data was looked at.

    Raises:
        PersonalDataError: it was not.
    """
    findings = [] if is_checked else find_in_fields(typed)
    if findings:
        raise PersonalDataError(findings)


def amend(
    session: Session,
    held: HeldLink,
    description: Description,
    text_language: str | None,
    letter_language: str,
    answer_days: int,
    expect: Callable[[portal.Told], None],
) -> Case:
    """Send the next version; letters are in ``letter_language``. ``expect`` refuses what the sender has not seen.

    Raises:
        NotFoundError, ForbiddenError: the link is not the one of the municipality that asked.
        InvalidChallengeError: it cannot be matched as it would be.
        IllegalActError: it is closed or withdrawn.
    """
    check_owner(held)

    def change(case: Case) -> Case:
        return replace(case, description=description, language=text_language)

    set_language(session, held.linked.id, letter_language)
    return portal.amend(session, held.linked.id, change, answer_days, OFFICER, expect)
