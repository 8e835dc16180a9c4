"""Addresses of this site: the one that readers know it by, and where somebody goes after signing in."""

from fastapi import Request

from matchmaker.domain.access import Role
from matchmaker.domain.account import AT_THE_DESK, Account
from matchmaker.settings import Settings
from matchmaker_api.language import local_path
from matchmaker_api.pages.guards import is_at_the_machine


def public_address(request: Request, settings: Settings) -> str | None:
    """The site's address for what leaves it: the operator's own, else, at the machine itself, the request's.

    Never what a request from elsewhere claims: a link that was mailed to somebody would lead to where its sender wants.
    """
    if settings.public_url:
        return settings.public_url
    return str(request.base_url).rstrip("/") if is_at_the_machine(request) else None


def after_sign_in(account: Account, asked: str) -> str:
    """Where somebody goes: where they came from, if that is on this site, else where their work is."""
    path = local_path(asked) if asked else "/"
    if path != "/" and not path.startswith(("/sign-in", "/sign-out")):
        return path
    if account.role is Role.OFFICER:
        return "/my"
    return "/desk" if account.roles & AT_THE_DESK else "/account"
