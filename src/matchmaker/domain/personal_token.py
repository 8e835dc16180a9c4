"""Personal tokens: by which a program works for somebody of staff, with some of their roles, for a while."""

from dataclasses import dataclass
from datetime import datetime

from matchmaker.domain.access import Principal, Role

LEAST_POWER_FIRST = (Role.ADVISER, Role.STEWARD, Role.ADMINISTRATOR)
"""The roles that a token can have. Of several that open a route, the first is what is acted as."""


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A token without its secret. It is worth what its account still is: no role is had longer than by the account."""

    id: str
    account_id: str
    roles: frozenset[Role]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def prefix(self) -> str:
        """How the token begins: by it, its owner recognises it, and a scanner for leaked secrets."""
        return f"mmp_{self.id}"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a good token: the label of its account, the roles that both still have, and the token's id."""

    label: str
    roles: frozenset[Role]
    token: str

    def as_one_of(self, roles: frozenset[Role]) -> Principal | None:
        """As whom a route is used that is open to some roles; None where none of them is the bearer's."""
        role = next((one for one in LEAST_POWER_FIRST if one in self.roles & roles), None)
        return Principal(role, self.label, None, token=self.token) if role else None
