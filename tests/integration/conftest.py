"""A desk, and a challenge that has been sent."""

import pytest

from matchmaker.domain.case import Case
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.integration.cases import send


@pytest.fixture
def desk(workspace: Workspace) -> Desk:
    return Desk(workspace.database, "adviser-1")


@pytest.fixture
def sent(workspace: Workspace) -> tuple[str, Case]:
    return send(workspace)
