"""What is written down of who may do what: keys, accounts, sessions, endpoints, mail domains, opt-outs, links."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OPERATOR = "operator"
"""Who sits at the machine: at the command line, or at the desk before anybody signs in there."""

SETTINGS = "settings"
"""What the operator's settings changed, noticed when the server started with them."""

PROVIDER = "provider"
"""What the organisation's sign-in said of somebody."""

LINK_HOLDER = "link-holder"
"""Who held a challenge's private link."""


class AccessAct(StrEnum):
    """What was done."""

    KEY_MADE = "key-made"
    KEY_REVOKED = "key-revoked"
    ACCOUNT_MADE = "account-made"
    ACCOUNT_ENDED = "account-ended"
    ACCOUNT_TAKEN_UP = "account-taken-up"
    ROLES_CHANGED = "roles-changed"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # the name of an act
    SESSION_ENDED = "session-ended"
    VALUE_REUSED = "value-reused"
    """A cookie's value came back that had been replaced: it was copied."""
    ENDPOINT_DEACTIVATED = "endpoint-deactivated"
    MESSAGE_REPLAYED = "message-replayed"
    DOMAINS_CHANGED = "domains-changed"
    OPTED_OUT = "opted-out"
    OPTED_IN = "opted-in"
    LINK_REPLACED = "link-replaced"
    GROUP_LINK_MADE = "group-link-made"
    GROUP_LINK_REVOKED = "group-link-revoked"
    TOKEN_MADE = "token-made"  # noqa: S105  # the name of an act, as the next one
    TOKEN_REVOKED = "token-revoked"  # noqa: S105


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """An act: who did what to what, with ``details`` in the program's own words, and never a secret.

    ``number`` is its place in the record, which only grows.
    """

    at: datetime
    by: str
    act: AccessAct
    about: str
    details: str = ""
    number: int = 0
