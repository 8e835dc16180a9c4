"""Puts sign-in into the application."""

from fastapi import FastAPI

from matchmaker.settings import Settings
from matchmaker_api.identity.attempt_rates import AttemptRates
from matchmaker_api.identity.cookies import IdentityCookies
from matchmaker_api.identity.provider import Provider
from matchmaker_api.identity.refusals import add_refusals


def add_identity(app: FastAPI, settings: Settings) -> None:
    """The cookies, the refusals, the provider of the settings, and the limits on trying."""
    app.add_middleware(IdentityCookies)
    app.state.settings = settings
    add_refusals(app)
    app.state.attempt_rates = AttemptRates()
    app.state.provider = Provider(settings) if settings.oidc_is_configured else None
