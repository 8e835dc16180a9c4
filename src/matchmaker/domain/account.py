"""Accounts and their sessions: by which right somebody works here. No names and no addresses, only roles."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from matchmaker.domain.access import Role
from matchmaker.domain.errors import MatchmakerError


class AccountKind(StrEnum):
    """By which way somebody signs in."""

    PROVIDER = "provider"
    """By the organisation's own sign-in (OpenID Connect), which says who has which role."""
    LOCAL = "local"
    """By a password, on a machine without such a provider."""
    OFFICER = "officer"
    """By a link that was mailed to an address of a municipality."""


STAFF = (Role.ADVISER, Role.ADMINISTRATOR, Role.STEWARD)
"""The roles of staff, in the order in which an account takes its label from them."""

AT_THE_DESK = frozenset({Role.ADVISER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in, known by a label such as "adviser-3". ``municipality`` is an officer's."""

    id: str
    label: str
    kind: AccountKind
    roles: frozenset[Role]
    municipality: str | None
    created_at: datetime
    last_sign_in_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def role(self) -> Role:
        """The role that the account is spoken of by."""
        return next((one for one in STAFF if one in self.roles), Role.OFFICER)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: an account at one browser. It ends at ``expires_at``, or ``idle`` after it was last used."""

    id: str
    account: Account
    created_at: datetime
    last_seen_at: datetime
    rotated_at: datetime
    expires_at: datetime
    idle: timedelta

    def is_over(self, now: datetime) -> bool:
        return now >= self.expires_at or now - self.last_seen_at >= self.idle


class SignInRefusedError(MatchmakerError):
    """Who tried to sign in may not, or could not show who they are."""

    code: ClassVar[str] = "sign-in-refused"


class OwnAccountError(MatchmakerError):
    """What administrators do to others' accounts, tried on one's own: an administrator has to be left."""

    code: ClassVar[str] = "own-account"


class InvalidPasswordError(MatchmakerError):
    """A password that nobody should have."""

    code: ClassVar[str] = "invalid-password"
