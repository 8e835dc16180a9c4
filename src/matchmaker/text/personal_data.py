"""Personal data in what somebody is about to send: a warning before it is sent, never a reason to refuse it.

Told are identity numbers, telephone numbers, e-mail addresses and names. Numbers follow fixed forms and are found with
hardly an error. A name is told only where the text says that it is one: after the word for a client (``brukaren``,
``patient``), or as a first name with a surname. A warning that is mostly wrong is soon not read, so that a name that
stands alone, or that no list knows, is left: nobody may take silence for a promise.

Measured in November 2026: 1 warning in the 59,000 words of ``data/training`` (a snow plough with a person's name), none
in the 26,000 of ``data/evaluation``. In 838,000 words of government assignments .07 for every 1,000 words, and in
1,483,000 of the abstracts of a SweCRIS export .22; of the 180 that were read nearly all are names of persons, of office
or fame. No number was warned of that was none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from personnummer.personnummer import valid as is_valid_identity_number

from matchmaker.text.compounds import CompoundSplitter
from matchmaker.text.first_names import FIRST_NAMES, WORDS_TOO


class PersonalDataKind(StrEnum):
    """What was found."""

    IDENTITY_NUMBER = "identity_number"
    """A Swedish personal identity number or co-ordination number (personnummer, samordningsnummer)."""
    E_MAIL = "e_mail"
    TELEPHONE = "telephone"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A finding: ``text[start:end]`` is what it was found in, without the words around it."""

    kind: PersonalDataKind
    start: int
    end: int


_HYPHEN = r"\-‐‑‒–−"
_IDENTITY_NUMBER = re.compile(
    rf"(?<![0-9])(?<![0-9][{_HYPHEN}.])((?:18|19|20)?[0-9]{{6}})([{_HYPHEN}+ ]?)([0-9]{{4}})(?![0-9])"
)
# The pieces are bounded, and a run of letters is tried from its beginning alone: no text makes this slow.
_E_MAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_TELEPHONE = re.compile(
    rf"""(?<![\w+/.,:{_HYPHEN}])(?:
        (?:\+|00)46[\s{_HYPHEN}]?(?:\(0\)[\s{_HYPHEN}]?)?[1-9](?:[\s{_HYPHEN}]{{0,2}}[0-9]){{6,9}}
      | 07[02369](?:[\s{_HYPHEN}]{{0,2}}[0-9]){{7}}
      | \(?0(?:8|[1-69][0-9]{{1,2}})\)?\s?[{_HYPHEN}/\s]\s?[1-9][0-9]{{1,7}}(?:[\s{_HYPHEN}][0-9]{{2,3}}){{0,3}}
    )(?![\w]|[.,:/{_HYPHEN}][0-9])""",
    re.VERBOSE,
)
_DATE = re.compile(rf"[0-3]?[0-9][{_HYPHEN}/\s][01]?[0-9][{_HYPHEN}/\s](?:19|20)[0-9]{{2}}")
NATIONAL_DIGITS = range(8, 11)
"""Digits of a Swedish number with the leading 0: area codes of 2 to 4 and subscribers' of 5 to 8 (PTS, the Swedish
numbering plan for telephony, ITU-T E.164)."""

_UPPER = "A-ZÅÄÖÉÁÜŠŽ"
_WORD = rf"[{_UPPER}][a-zåäöéáüčšžđŋŧ]+(?:-[{_UPPER}][a-zåäöéáüčšžđŋŧ]+)?"
_INITIALS = rf"[{_UPPER}]\.\s?[{_UPPER}]\.?(?!\w)|[{_UPPER}]\.(?=\s+[a-zåäö])"
_ONE_CLIENT = (
    "brukaren|vårdtagaren|omsorgstagaren|patienten|eleven|klienten|pensionären|hyresgästen|flickan|pojken|mamman|pappan"
)
_CLIENTS = (
    "brukare|brukarna|vårdtagare|patienter|patienterna|patient|elever|eleverna|elev|klienter|klienterna|klient|kund|"
    "kunden|kunder|kunderna|pensionärer|pensionärerna|pensionär|hyresgäst|medarbetaren|"
    "patients|clients?|pupils?|students?|customers?|pensioners?|residents?|tenants?|users?"
)
_AFTER_CLIENT = re.compile(
    rf"(?<!\w)(?:(?P<one>(?i:{_ONE_CLIENT}))|(?i:{_CLIENTS}))\s+"
    rf"(?P<name>(?P<initials>{_INITIALS})|(?P<first>{_WORD})(?:\s+{_WORD})?)(?![\w-])"
)
# Only the first word is taken, so that of three each pair is looked at.
_PAIR = re.compile(rf"(?<![\w-])(?P<first>{_WORD})(?=\s(?:[{_UPPER}]\.\s)?(?P<last>{_WORD})(?![\w-])(?P<next>\s\w+)?)")
_SURNAME = re.compile(r"\w{2,}(?:sson|ström|qvist|kvist|gren)s?")
# What bears a person's name and is none: a street, a prize, a foundation. As the last word of two or the word after.
_NAMESAKE = re.compile(
    r"\s?(?:\w*(?:gata|gatan|väg|vägen|plats|torg|park|skola|skolan|pris|priset|stiftelse|stiftelsen|fond|minne|museum|"
    r"sjukhus|akademin?|laboratoriet|institutet|universitet|verk|kyrka|kommun|region)|AB|Inc|Ltd|GmbH|foundation|"
    r"institute|prize|award|fellowships?|program|programme|actions?|university|school|centre|center|lab|laboratory|"
    r"academy|hospital|hall|sciences?|biosciences|theory|model|project|act|network)",
    re.IGNORECASE,
)
_EPONYMS = frozenset({"Marie", "Max", "Knut", "Alice"})
"""First names of those whom research funders and institutes are called after (Curie, Planck, Wallenberg)."""


def find_personal_data(text: str) -> list[PersonalData]:
    """What in ``text`` looks like personal data, in its order; no two findings overlap.

    Never raises, whatever the text.
    """
    found: list[PersonalData] = []
    # The surer kinds first: what one has taken is not looked at again.
    for own in (*_identity_numbers(text), *_e_mails(text), *_telephones(text), *_names(text)):
        if all(own.end <= other.start or own.start >= other.end for other in found):
            found.append(own)
    return sorted(found, key=lambda own: own.start)


def _identity_numbers(text: str) -> Iterator[PersonalData]:
    for match in _IDENTITY_NUMBER.finditer(text):
        date, sign, last = match.groups()
        if is_valid_identity_number(f"{date}{'+' if sign == '+' else '-'}{last}"):
            yield PersonalData(PersonalDataKind.IDENTITY_NUMBER, *match.span())


def _e_mails(text: str) -> Iterator[PersonalData]:
    for match in _E_MAIL.finditer(text):
        yield PersonalData(PersonalDataKind.E_MAIL, *match.span())


def _telephones(text: str) -> Iterator[PersonalData]:
    for match in _TELEPHONE.finditer(text):
        digits = re.sub(r"^(?:\+|00)46(?:[^0-9]*0(?=\)))?|[^0-9]", _national, match.group())
        if len(digits) in NATIONAL_DIGITS and not _DATE.fullmatch(match.group()):
            yield PersonalData(PersonalDataKind.TELEPHONE, *match.span())


def _national(part: re.Match[str]) -> str:
    """The leading 0 in place of the country's code, nothing in place of a sign."""
    return "0" if part.group().startswith(("+46", "0046")) else ""


def _names(text: str) -> Iterator[PersonalData]:
    for match in _AFTER_CLIENT.finditer(text):
        first = match["first"]
        if match["initials"] or _is_first_name(first) or first in WORDS_TOO or (match["one"] and not _is_word(first)):
            yield PersonalData(PersonalDataKind.NAME, *match.span("name"))
    for match in _PAIR.finditer(text):
        if _is_name(match["first"], match["last"]) and not _NAMESAKE.fullmatch(match["next"] or ""):
            yield PersonalData(PersonalDataKind.NAME, match.start("first"), match.end("last"))


def _is_name(first: str, last: str) -> bool:
    if _NAMESAKE.fullmatch(last) or first in _EPONYMS:
        return False
    return _is_first_name(first) or (_SURNAME.fullmatch(last) is not None and not _is_word(first))


def _is_first_name(word: str) -> bool:
    return word.partition("-")[0] in FIRST_NAMES


def _is_word(name: str) -> bool:
    """Whether what is written with a capital is a Swedish word as well."""
    return _compounds().is_word(name.lower())


@cache
def _compounds() -> CompoundSplitter:
    return CompoundSplitter()
