"""Who asks, and what they may do: roles, scopes of API keys, and the errors for those who may not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from matchmaker.domain.errors import MatchmakerError


class Role(StrEnum):
    """As what somebody asks."""

    PUBLIC = "public"
    """Anybody; nothing is known of them."""
    LINK_HOLDER = "link_holder"
    """Whoever holds a private link acts on its one challenge; the link's own use cases check it."""
    PORTAL = "portal"
    """A municipality's portal, by an API key."""
    OFFICER = "officer"
    """An officer of a municipality, by a link that was mailed to an address of its own."""
    ADVISER = "adviser"
    STEWARD = "steward"
    """Looks after the catalogue."""
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What an API key is for. A key has those that it was given by name; none includes another."""

    CHALLENGES_READ = "challenges:read"
    CHALLENGES_WRITE = "challenges:write"
    SHORTLISTS_READ = "shortlists:read"
    COLLABORATORS_READ = "collaborators:read"
    EVENTS_READ = "events:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    MATCH = "match"
    """The system's suggestions for a text, which no human has seen. For a portal's own people, never to be shown on."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks. ``municipalities`` are those that the client acts for; None is all of them.

    ``token`` is the id of the personal token by which staff ask; empty for all others.
    """

    role: Role
    client: str = ""
    municipalities: frozenset[str] | None = frozenset()
    scopes: frozenset[Scope] = frozenset()
    token: str = ""

    @property
    def caller(self) -> str:
        """By what requests are counted, and repeated ones known. A portal may have chosen a name that is like an
        account's label: the two are kept apart.
        """
        return f"account {self.client}" if self.token else self.client

    def acts_for(self, municipality: str | None) -> bool:
        """Whether what belongs to a municipality (None: to none) is this one's to see and change."""
        return self.municipalities is None or (municipality is not None and municipality in self.municipalities)


ANYBODY = Principal(Role.PUBLIC)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. One ``client`` may have several, so that a new one can take over from an old one.

    ``made_with`` is the id of the personal token that made it, with which it ends; None for one made by hand.
    """

    id: str
    client: str
    scopes: frozenset[Scope]
    municipalities: frozenset[str] | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    made_with: str | None = None

    @property
    def prefix(self) -> str:
        """How the key begins: by it, people recognise it."""
        return f"mm_{self.id}"

    @property
    def principal(self) -> Principal:
        return Principal(Role.PORTAL, self.client, self.municipalities, self.scopes)


class KeyRefusedError(MatchmakerError):
    """Who asks has not shown a key that is good."""

    code = "invalid-key"


class NoKeyError(KeyRefusedError):
    """There is no key with the request."""

    code = "no-key"


class ExpiredKeyError(KeyRefusedError):
    """The key was good once."""

    code = "expired-key"


class RevokedKeyError(KeyRefusedError):
    """The key has been taken back."""

    code = "revoked-key"


class ForbiddenError(MatchmakerError):
    """Who asks is known, and may not. ``scope`` is what the key would need, where that is what lacks."""

    code: ClassVar[str] = "forbidden"

    def __init__(self, template: str, *, scope: Scope | None = None, **values: object) -> None:
        super().__init__(template, **values, **({"scope": scope.value} if scope else {}))
        self.scope = scope


class MissingScopeError(ForbiddenError):
    """The key was not given the scope."""

    code = "missing-scope"


class OtherMunicipalityError(ForbiddenError):
    """The key is not for the municipality that a request names."""

    code = "other-municipality"


class TooManyRequestsError(MatchmakerError):
    """The client has used up what it may ask for in a while; ``retry_after`` are the seconds until it may again."""

    code = "too-many-requests"

    def __init__(self, template: str, *, retry_after: int, headers: Mapping[str, str]) -> None:
        super().__init__(template, seconds=retry_after)
        self.retry_after = retry_after
        self.headers = dict(headers)
