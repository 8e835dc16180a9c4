"""The letters to the one who has a challenge's page open: what became of them, and stopping or resuming them."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from matchmaker.case_wording import letter_word
from matchmaker.db.case_records import Participant
from matchmaker.db.letter_links import Reader
from matchmaker.domain.letter import LetterState
from matchmaker.messages import Translator
from matchmaker.notify.smtp import mail_is_configured
from matchmaker.review.drafts import open_link
from matchmaker.review.letters import read_letters, set_letters
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.challenge_steps import Form
from matchmaker_api.pages.challenge_views import go_to

router = APIRouter(prefix="/challenges", include_in_schema=False)

WANTED, STOPPED = "wanted", "stopped"
"""What the form says, by the button that was pressed."""


@dataclass(frozen=True, slots=True)
class ShownLetters:
    """What ``partials/challenge_letters.html`` shows; ``state`` is the latest letter's, with its time and words."""

    address: str
    is_stopped: bool
    is_mailed: bool
    state: LetterState | None
    at: datetime | None
    words: str


@router.post("/{token}/letters")
def choose_letters(workspace: OpenWorkspace, token: str, form: Form) -> Response:
    """Stop the letters, or have them again.

    Raises:
        NotFoundError: the link opens nothing.
    """
    linked, participant = open_link(workspace.database, token)
    choice = form.get("letters")
    if linked.is_sent and choice in {WANTED, STOPPED}:
        set_letters(workspace.database, reader_of(linked.id, participant), wanted=choice == WANTED)
    return go_to(f"/challenges/{token}#letters")


def shown_letters(workspace: Workspace, say: Translator, case_id: str, participant: Participant | None) -> ShownLetters:
    """What the page says of the letters to the one who reads it."""
    letters = read_letters(workspace.database, reader_of(case_id, participant))
    latest = letters.latest
    return ShownLetters(
        letters.address,
        letters.is_stopped,
        mail_is_configured(workspace.settings),
        latest.state if latest else None,
        latest.at if latest else None,
        letter_word(latest, say) if latest else "",
    )


def reader_of(case_id: str, participant: Participant | None) -> Reader:
    """Whose letters somebody's are: the owner's, or those of another municipality."""
    return Reader(case_id, participant.id if participant else None)
