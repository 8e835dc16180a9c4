"""API keys, accounts, sessions and the record of acts on them, as administrators read them. Secrets are shown once."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.db.outbox import JobKind
from matchmaker.db.outbox_state import OutboxState
from matchmaker.domain.access import ApiKey, Role, Scope
from matchmaker.domain.access_event import AccessAct, AccessEvent
from matchmaker.domain.account import Account as StoredAccount
from matchmaker.domain.account import AccountKind, SignedIn
from matchmaker.review.client_keys import LONGEST_DAYS, WantedKey
from matchmaker.review.identity.domains import MailDomain as StoredMailDomain
from matchmaker_api.schemas.challenge import Text

EXAMPLE_KEY = "4f1c2a9b7e60"
EXAMPLE_LABEL = "adviser-3"


class NewKey(BaseModel):
    """What a key is to be like."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "client": "portal-lulea",
                    "scopes": ["challenges:read", "challenges:write"],
                    "municipalities": ["2580"],
                    "days": 30,
                }
            ]
        },
    )

    client: Text = Field(
        description="The client's name, of a system and not of a person.",
        json_schema_extra={"pattern": "^[a-z0-9][a-z0-9-]{0,63}$"},
    )
    scopes: list[Scope] = Field(min_length=1, description="What the key is for; none includes another.")
    municipalities: Annotated[list[Text], Field(min_length=1)] | None = Field(
        description="Codes of the municipalities that the key is for; null for all of them."
    )
    days: int = Field(
        365,
        ge=1,
        le=LONGEST_DAYS,
        description="How long it is good: at the longest as long as the personal token that makes it.",
    )

    def wanted(self) -> WantedKey:
        return WantedKey(self.client.strip(), self.scopes, self.municipalities, self.days)


class KeyState(StrEnum):
    """Whether a key opens anything."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Key(BaseModel):
    """An API key without its secret."""

    id: str = Field(examples=[EXAMPLE_KEY])
    prefix: str = Field(description="How the key begins: by it, it is recognised.", examples=[f"mm_{EXAMPLE_KEY}"])
    client: str = Field(examples=["portal-lulea"])
    scopes: list[Scope]
    municipalities: list[str] | None = Field(description="null: all of them.", examples=[["2580"]])
    state: KeyState
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To the minute; null: never.")
    revoked_at: datetime | None
    made_with: str | None = Field(
        description="How the personal token begins that made it, and with which it ends; null: it was made by hand.",
        examples=["mmp_0a1b2c3d4e5f"],
    )

    @classmethod
    def of(cls, one: ApiKey, now: datetime) -> "Key":
        ended = KeyState.EXPIRED if one.expires_at <= now else KeyState.GOOD
        return cls(
            id=one.id,
            prefix=one.prefix,
            client=one.client,
            scopes=sorted(one.scopes),
            municipalities=None if one.municipalities is None else sorted(one.municipalities),
            state=KeyState.REVOKED if one.revoked_at else ended,
            created_at=one.created_at,
            expires_at=one.expires_at,
            last_used_at=one.last_used_at,
            revoked_at=one.revoked_at,
            made_with=f"mmp_{one.made_with}" if one.made_with else None,
        )


class KeyWithSecret(BaseModel):
    """A key that was made, and the whole of its text. The text is shown only now."""

    id: str = Field(examples=[EXAMPLE_KEY])
    key: Key
    secret: str = Field(description="What the client sends: Authorization: Bearer …", examples=[f"mm_{EXAMPLE_KEY}_…"])


class Keys(BaseModel):
    """All keys, also those that have ended, by client, the oldest first."""

    items: list[Key]


class Account(BaseModel):
    """Somebody who can sign in, or could. No names and no addresses are kept."""

    label: str = Field(examples=[EXAMPLE_LABEL])
    kind: AccountKind = Field(description="By which way it signs in.")
    roles: list[Role]
    municipality: str | None = Field(description="An officer's.")
    created_at: datetime
    last_sign_in_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, one: StoredAccount) -> "Account":
        return cls(
            label=one.label,
            kind=one.kind,
            roles=sorted(one.roles),
            municipality=one.municipality,
            created_at=one.created_at,
            last_sign_in_at=one.last_sign_in_at,
            ended_at=one.ended_at,
        )


class Accounts(BaseModel):
    """All accounts, ended ones too, in the order in which they were made."""

    items: list[Account]


class LiveSession(BaseModel):
    """An account at one browser."""

    id: str
    account: str = Field(description="The account's label.", examples=[EXAMPLE_LABEL])
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, one: SignedIn) -> "LiveSession":
        return cls(
            id=one.id,
            account=one.account.label,
            created_at=one.created_at,
            last_seen_at=one.last_seen_at,
            expires_at=one.expires_at,
        )


class LiveSessions(BaseModel):
    """The sessions that go on, those used last first."""

    items: list[LiveSession]


class MailDomain(BaseModel):
    """A domain at which a municipality's officers have their mail. Nobody is let in by one that is not checked."""

    municipality: str = Field(examples=["2580"])
    domain: str = Field(examples=["kommun.example"])
    is_checked: bool

    @classmethod
    def of(cls, one: StoredMailDomain) -> "MailDomain":
        return cls(municipality=one.municipality, domain=one.domain, is_checked=one.is_checked)


class MailDomains(BaseModel):
    """The mail domains as the settings say."""

    items: list[MailDomain]


class RecordedAct(BaseModel):
    """An act on who may do what: who did what to what. No key, password or address of a person is in it."""

    at: datetime
    by: str = Field(description="An account's label, or operator, settings, provider, link-holder.")
    act: AccessAct
    about: str = Field(examples=[f"mm_{EXAMPLE_KEY}"])
    details: str

    @classmethod
    def of(cls, one: AccessEvent) -> "RecordedAct":
        return cls(at=one.at, by=one.by, act=one.act, about=one.about, details=one.details)


class AccessRecord(BaseModel):
    """A page of the record, the newest first."""

    items: list[RecordedAct]
    next: str | None = Field(description="Where the next page is.", examples=["/api/v1/access/record?after=MTc"])


class Outgoing(BaseModel):
    """How it stands with one way by which messages leave."""

    kind: JobKind
    scheduled: int = Field(description="Those whose time has not come.")
    due: int = Field(description="Those that are to leave now.")
    failing: int = Field(description="Those of both that have failed at least once, and are tried again.")
    given_up: int = Field(description="Those that were given up, as long as their log is kept.")
    oldest_due_at: datetime | None = Field(description="Since when the longest waiting one is due.")

    @classmethod
    def of(cls, one: OutboxState) -> "Outgoing":
        return cls(
            kind=one.kind,
            scheduled=one.scheduled,
            due=one.due,
            failing=one.failing,
            given_up=one.given_up,
            oldest_due_at=one.oldest_due_at,
        )


class Outbox(BaseModel):
    """What is to be sent, in numbers."""

    items: list[Outgoing]
