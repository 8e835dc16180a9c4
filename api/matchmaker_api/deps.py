"""What the routes are given."""

from typing import Annotated

from fastapi import Depends, Request

from matchmaker.domain.access import Principal
from matchmaker.messages import Translator
from matchmaker.workspace import Workspace
from matchmaker_api.language import request_translator


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


OpenWorkspace = Annotated[Workspace, Depends(_workspace)]
Say = Annotated[Translator, Depends(request_translator)]
Client = Annotated[Principal, Depends(_principal)]
"""As whom the request is made, as the policy let it in."""
