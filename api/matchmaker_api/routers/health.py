"""Whether the process lives, and whether it can answer."""

from fastapi import APIRouter, Response, status
from pydantic import BaseModel

from matchmaker_api.deps import OpenWorkspace

router = APIRouter(tags=["health"])


class Ready(BaseModel):
    """What answers: which encoder, on which index."""

    encoder: str
    index: str
    passages: int


@router.get("/healthz", status_code=status.HTTP_204_NO_CONTENT, response_class=Response, summary="The process lives")
def healthz() -> None:
    """Answers as long as the process does."""


@router.get("/readyz", summary="The service can answer")
def readyz(workspace: OpenWorkspace) -> Ready:
    """Database, encoder and index are open, and what holds the vectors answers; 503 when one is not."""
    index = workspace.matcher().index
    index.dense.vectors_of(index.passage_ids[:1])
    return Ready(encoder=index.stamp.encoder, index=index.stamp.revision, passages=index.passage_count)
