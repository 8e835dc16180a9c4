"""Challenges and their shortlists."""

from fastapi import APIRouter, Request, Response, status

from matchmaker.catalogue.seed import read_municipalities
from matchmaker.db.challenges import get_challenge
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.review.intake import challenge_shortlist, submit_challenge
from matchmaker.settings import MAIN_COLLECTION
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.errors import RESPONSES, log
from matchmaker_api.schemas.challenge import Challenge, NewChallenge
from matchmaker_api.schemas.shortlist import ShortlistDocument

router = APIRouter(prefix="/api/v1/challenges", tags=["challenges"], responses=RESPONSES)


# The routes are plain functions, so that the framework runs them on worker threads: encoding a text takes the
# processor for milliseconds that the event loop must not spend.


@router.post("", status_code=status.HTTP_201_CREATED, summary="Store a challenge and match it")
def post_challenge(new: NewChallenge, request: Request, response: Response, workspace: OpenWorkspace) -> Challenge:
    """Stores the challenge, matches it, and answers where it is.

    Should matching not be possible just then, the challenge is stored all the same, and its shortlist is made when it
    is first asked for.
    """
    _check_municipality(new.municipality, workspace)
    stored = submit_challenge(
        workspace.database,
        text=new.text,
        title=new.title,
        language=new.language,
        municipality=new.municipality,
        collection=MAIN_COLLECTION,
    )
    try:
        challenge_shortlist(workspace.database, stored.id, workspace.matcher)
    except Exception:  # noqa: BLE001  # stored is stored: whatever went wrong since, the sender must not send again
        log.exception("Challenge %s is stored, but could not be matched", stored.id)
    response.headers["Location"] = request.url_for("read_challenge", challenge_id=stored.id).path
    return Challenge.of(stored, request.url_for("read_shortlist", challenge_id=stored.id).path)


@router.get("/{challenge_id}", summary="Read a challenge back")
def read_challenge(challenge_id: str, request: Request, workspace: OpenWorkspace) -> Challenge:
    """The challenge as it was sent."""
    with workspace.database.reading() as session:
        stored = get_challenge(session, challenge_id)
    return Challenge.of(stored, request.url_for("read_shortlist", challenge_id=challenge_id).path)


@router.get("/{challenge_id}/shortlist", summary="Read a challenge's shortlist")
def read_shortlist(challenge_id: str, workspace: OpenWorkspace, say: Say) -> ShortlistDocument:
    """The shortlist as it was frozen, with words in the language of Accept-Language."""
    stored, shortlist = challenge_shortlist(workspace.database, challenge_id, workspace.matcher)
    return ShortlistDocument.of(stored, shortlist, say)


def _check_municipality(code: str | None, workspace: OpenWorkspace) -> None:
    if code is None:
        return
    known = {one.code: one.short for one in read_municipalities(workspace.settings.catalogue_folder)}
    if code not in known:
        raise InvalidChallengeError(
            "municipality",
            mark("{code} is not the code of a municipality in Norrbotten. They are: {codes}."),
            code=code,
            codes=", ".join(f"{key} {name}" for key, name in known.items()),
        )
