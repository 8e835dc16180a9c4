"""What the routes are given."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from matchmaker.domain.access import Principal
from matchmaker.messages import Translator
from matchmaker.review.by_link import HeldLink
from matchmaker.workspace import Workspace
from matchmaker_api.language import request_translator


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


def _held(request: Request) -> HeldLink:
    held: HeldLink = request.state.held
    return held


def _own_group(request: Request) -> str:
    group: str = request.state.own_group
    return group


async def _typed(request: Request) -> AsyncIterator[FormData]:
    async with request.form() as sent:  # its files are closed when the answer is there
        yield sent


OpenWorkspace = Annotated[Workspace, Depends(_workspace)]
Say = Annotated[Translator, Depends(request_translator)]
Client = Annotated[Principal, Depends(_principal)]
"""As whom the request is made, as the policy let it in."""

Held = Annotated[HeldLink, Depends(_held)]
"""The private link whose secret came with the request, and what it opens."""

OwnGroup = Annotated[str, Depends(_own_group)]
"""The id of the group whose private link's secret came with the request."""

Sent = Annotated[FormData, Depends(_typed)]
"""A form as it was sent; nothing of it is read before it is known who sends it."""
