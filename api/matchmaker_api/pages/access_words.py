"""The record of acts on access, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from matchmaker.domain.access_event import LINK_HOLDER, OPERATOR, PROVIDER, SETTINGS, AccessAct, AccessEvent
from matchmaker.domain.errors import mark
from matchmaker.messages import Translator
from matchmaker_api.pages.account_words import account_word

_ACTS: Mapping[AccessAct, str] = {
    AccessAct.KEY_MADE: mark("made an API key"),
    AccessAct.KEY_REVOKED: mark("revoked an API key"),
    AccessAct.ACCOUNT_MADE: mark("made an account"),
    AccessAct.ACCOUNT_ENDED: mark("ended an account"),
    AccessAct.ACCOUNT_TAKEN_UP: mark("let an account in again"),
    AccessAct.ROLES_CHANGED: mark("gave an account other roles"),
    AccessAct.PASSWORD_CHANGED: mark("changed the password of an account"),
    AccessAct.SESSION_ENDED: mark("ended a session"),
    AccessAct.VALUE_REUSED: mark("showed a cookie that had been replaced: the session may have been copied, and ended"),
    AccessAct.ENDPOINT_DEACTIVATED: mark("switched off a webhook address"),
    AccessAct.MESSAGE_REPLAYED: mark("sent a webhook message again"),
    AccessAct.DOMAINS_CHANGED: mark("changed which mail domains let officers in"),
    AccessAct.OPTED_OUT: mark("took a group out at its own wish"),
    AccessAct.OPTED_IN: mark("took a group in again that had opted out"),
    AccessAct.LINK_REPLACED: mark("replaced a private link"),
    AccessAct.GROUP_LINK_MADE: mark("made a private link to a group's page"),
    AccessAct.GROUP_LINK_REVOKED: mark("ended a private link to a group's page"),
    AccessAct.TOKEN_MADE: mark("made a personal token"),
    AccessAct.TOKEN_REVOKED: mark("revoked a personal token"),
}

_OTHERS: Mapping[str, str] = {
    OPERATOR: mark("Whoever runs Matchmaker, at the machine"),
    SETTINGS: mark("The settings"),
    PROVIDER: mark("The organisation's sign-in"),
    LINK_HOLDER: mark("Whoever held the private link"),
}


@dataclass(frozen=True, slots=True)
class ShownAct:
    """A line of the record: when, who, what, and to what."""

    at: datetime
    by: str
    act: str
    about: str
    details: str


def shown_acts(acts: Iterable[AccessEvent], say: Translator) -> list[ShownAct]:
    return [
        ShownAct(
            one.at,
            _who(one.by, say),
            say.say(_ACTS[one.act]),
            account_word(one.about, say),
            one.details.replace(",", ", "),
        )
        for one in acts
    ]


def _who(by: str, say: Translator) -> str:
    return say.say(_OTHERS[by]) if by in _OTHERS else account_word(by, say)
