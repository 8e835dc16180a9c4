"""Matching a text without sending it: what the system finds by itself."""

from fastapi import APIRouter, Response

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.language import Language
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.schemas.shortlist import TextToMatch, UnreviewedSuggestions

router = APIRouter(prefix="/api/v1", tags=["match"])


@router.post("/match", summary="Match a text without storing it")
def match_text(sent: TextToMatch, response: Response, workspace: OpenWorkspace, say: Say) -> UnreviewedSuggestions:
    """The system's own suggestions, which no human has reviewed: not to be passed on as an answer.

    The text is not stored and no case is made of it. The scope is given to a key by name only, and has a rate of its
    own.
    """
    challenge = Challenge("", sent.text, sent.title, Language.of(sent.language))
    shortlist = workspace.matcher().match(challenge, sent.experts)
    response.headers["Content-Language"] = say.language
    response.headers["Cache-Control"] = "no-store"
    return UnreviewedSuggestions.of(shortlist, say)
