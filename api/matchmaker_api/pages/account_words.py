"""Accounts and roles in words."""

from collections.abc import Mapping

from matchmaker.domain.access import Role
from matchmaker.domain.errors import mark
from matchmaker.messages import Translator

_ROLES: Mapping[Role, str] = {
    Role.ADVISER: mark("adviser"),
    Role.STEWARD: mark("steward of the catalogue"),
    Role.ADMINISTRATOR: mark("administrator"),
    Role.OFFICER: mark("officer of a municipality"),
}

_LABELS: Mapping[str, str] = {
    Role.ADVISER: mark("Adviser {number}"),
    Role.STEWARD: mark("Steward {number}"),
    Role.ADMINISTRATOR: mark("Administrator {number}"),
    Role.OFFICER: mark("Officer {number}"),
}


def role_word(role: Role, say: Translator) -> str:
    return say.say(_ROLES[role])


def account_word(label: str, say: Translator) -> str:
    """An account's label in words: "Adviser 3"."""
    kind, _, number = label.rpartition("-")
    return say.say(_LABELS[kind], number=number) if kind in _LABELS else label
