"""Which municipality a mail domain is of."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matchmaker.domain.errors import SetupError, mark
from matchmaker.settings import DOMAIN, Settings

FILE = "mail-domains.toml"


@dataclass(frozen=True, slots=True)
class MailDomain:
    """A domain at which a municipality's officers have their mail. Nobody is let in by one that is not checked."""

    municipality: str
    domain: str
    is_checked: bool


def mail_domains(settings: Settings) -> list[MailDomain]:
    """The operator's own domains, else those that are shipped.

    Raises:
        SetupError: the shipped file is wrong.
    """
    given = settings.given_mail_domains
    if given:
        return [MailDomain(code, domain, is_checked=True) for domain, code in given.items()]
    return _shipped(settings.catalogue_folder / FILE)


def municipality_of(settings: Settings, address: str) -> str | None:
    """The municipality whose officer an address is, by the whole of its domain: subdomains are not meant."""
    domain = address.rpartition("@")[2].strip().lower()
    return next((one.municipality for one in checked_domains(settings) if one.domain == domain), None)


def checked_domains(settings: Settings) -> list[MailDomain]:
    """Those by which officers are let in: a wrong one would show a municipality's challenges to strangers."""
    return [one for one in mail_domains(settings) if one.is_checked]


@cache
def _shipped(path: Path) -> list[MailDomain]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("domain", [])
        domains = [MailDomain(one["municipality"], one["domain"], one["basis"] == "sourced") for one in tables]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise _wrong(path, str(error)) from error
    for one in domains:
        if not DOMAIN.fullmatch(one.domain):
            raise _wrong(path, one.domain)
    if len({one.domain for one in domains}) < len(domains):
        raise _wrong(path, "a domain stands in it twice")
    return domains


def _wrong(path: Path, problem: str) -> SetupError:
    return SetupError(
        mark("{path} cannot be used: {problem}."),
        remedy=f"git checkout {path}  (or correct it)",
        path=path,
        problem=problem,
    )
