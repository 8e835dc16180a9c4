"""What the routes are given."""

from typing import Annotated

from fastapi import Depends, Request

from matchmaker.messages import Translator
from matchmaker.workspace import Workspace
from matchmaker_api.language import request_translator


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace


OpenWorkspace = Annotated[Workspace, Depends(_workspace)]
Say = Annotated[Translator, Depends(request_translator)]
