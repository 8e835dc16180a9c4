"""A server of its own where staff have accounts: making the first one closes the desk to who sits at the machine."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from matchmaker.curation.researchers import make_link
from matchmaker.domain.access import Role
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.review.identity import accounts, personal_tokens
from matchmaker.review.intake import submit_challenge
from matchmaker.workspace import Workspace
from tests.e2e.conftest import served
from tests.identity_place import PASSWORD, copied


@dataclass(frozen=True)
class Staff:
    """Where it answers, over which workspace, the token of each role, and the secret of a link to a group's page."""

    address: str
    place: Workspace
    tokens: dict[Role, str]
    group_link: str

    @property
    def token(self) -> str:
        """The steward's."""
        return self.tokens[Role.STEWARD]

    def send(self) -> str:
        """A challenge that waits at the desk, by its id; the server matches it when it is read."""
        return submit_challenge(
            self.place.database,
            text="Vid skyfall och snösmältning tränger vatten in i källarna i våra äldre bostadsområden.",
            title=None,
            language="sv",
            municipality="2580",
            collection=MAIN_COLLECTION,
            answer_days=10,
        ).id


@pytest.fixture(scope="module")
def staff(
    workspace: Workspace, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Staff]:
    place = copied(workspace, tmp_path_factory.mktemp("staff"))
    tokens = {}
    for role in (Role.ADVISER, Role.STEWARD, Role.ADMINISTRATOR):
        account = accounts.add_local(place.database, place.settings, role, PASSWORD)
        tokens[role] = personal_tokens.make_token(place.database, account, [role], 1)[1]
    link = make_link(place.database, "main", "energy-engineering", Role.STEWARD)
    given = {**environment, "MATCHMAKER_STATE_DIR": str(place.settings.state_dir)}
    with served(given, tmp_path_factory.mktemp("staff-server") / "log") as address:
        yield Staff(address, place, tokens, link)
