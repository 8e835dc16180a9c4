"""The organisation's sign-in: OpenID Connect, authorisation code with PKCE, state and nonce, by authlib.

https://openid.net/specs/openid-connect-core-1_0.html and RFC 9700 (best practice for OAuth 2.0). Of what the provider
tells, the issuer, the subject and the roles are read, and no name.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from anyio import from_thread
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import Request

from matchmaker.domain.access import Role
from matchmaker.domain.account import SignInRefusedError
from matchmaker.domain.errors import mark
from matchmaker.settings import Settings

TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60
"""How far the provider's clock and ours may be apart."""

REST_SECONDS = 30.0
"""How long a provider that did not answer is left alone: anybody's request would else hold up a thread for seconds."""

SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Only signatures with the provider's own key: "none" proves nothing, and HS256 is made with a secret that two have."""

NOT_REACHED = mark("The organisation's sign-in cannot be reached just now. Wait a moment and try again.")
NOT_CONFIRMED = mark(
    "The sign-in was not confirmed: it was broken off, took too long, or was used already. Begin again from here."
)

log = logging.getLogger("matchmaker_api")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the provider confirmed, and as what."""

    issuer: str
    subject: str
    roles: frozenset[Role]


class Provider:
    """The provider of the settings. Its methods are called from a worker's thread; authlib's run on the event loop."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.oidc_client_secret
        assert secret is not None
        self._settings = settings
        self._rests_until = 0.0
        self._client = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value(),
            server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_scope,
                "code_challenge_method": "S256",
                "timeout": TIMEOUT_SECONDS,
                "follow_redirects": False,
            },
        )

    def begin(self, request: Request, back: str) -> tuple[str, dict[str, Any]]:
        """The provider's address for a sign-in, and what is to be kept until the browser comes ``back``.

        Raises:
            SignInRefusedError: the provider does not answer as one should.
        """
        request.scope["session"] = {}
        try:
            self._metadata()
            answer = from_thread.run(self._client.authorize_redirect, request, back)
        except (AuthlibBaseError, httpx2.HTTPError, RuntimeError, ValueError, KeyError) as error:
            log.error("The sign-in at %s cannot be begun: %s", self._settings.oidc_issuer, type(error).__name__)
            raise SignInRefusedError(NOT_REACHED) from error
        return answer.headers["location"], dict(request.scope["session"])

    def finish(self, request: Request, kept: Mapping[str, Any]) -> Subject:
        """Whom the provider confirmed to the browser that has come back with a code.

        Raises:
            SignInRefusedError: nobody; or the provider cannot be asked.
        """
        request.scope["session"] = dict(kept)
        try:
            metadata = self._metadata()
            expected = {
                "iss": {"essential": True, "values": [metadata["issuer"]]},
                "aud": {"essential": True, "values": [self._settings.oidc_client_id]},
            }
            token = from_thread.run(
                lambda: self._client.authorize_access_token(request, claims_options=expected, leeway=LEEWAY_SECONDS)
            )
            claims = token["userinfo"]  # is there when the id token was checked, with its nonce
            return Subject(str(metadata["issuer"]), str(claims["sub"]), self._roles(token, claims))
        except httpx2.HTTPError as error:
            log.error("The sign-in at %s cannot be ended: %s", self._settings.oidc_issuer, type(error).__name__)
            raise SignInRefusedError(NOT_REACHED) from error
        except (AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError, TypeError) as error:
            log.warning("A sign-in was not confirmed: %s", type(error).__name__)  # no more: it may hold a code
            raise SignInRefusedError(NOT_CONFIRMED) from error

    def end_address(self) -> str | None:
        """Where the provider's own session is ended; None where it has no such place, or cannot be asked now."""
        try:
            address = self._metadata().get("end_session_endpoint")
        except (httpx2.HTTPError, ValueError):
            return None
        return str(address) if address else None

    def _metadata(self) -> dict[str, Any]:
        """What the provider says of itself.

        Raises:
            httpx2.HTTPError: it does not answer, or did not a moment ago.
            ValueError: it is not the one of the settings (RFC 8414, section 3.3), or signs nothing.
        """
        if time.monotonic() < self._rests_until:
            raise httpx2.ConnectError("It did not answer a moment ago.")
        try:
            metadata: dict[str, Any] = from_thread.run(self._client.load_server_metadata)
        except httpx2.HTTPError:
            self._rests_until = time.monotonic() + REST_SECONDS
            raise
        if str(metadata.get("issuer", "")).rstrip("/") != self._settings.oidc_issuer:
            raise ValueError("the provider names another issuer")
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        signed = [one for one in offered if one in SIGNED]
        if not signed:  # the library would fall back to a list of its own
            raise ValueError("the provider offers no signature that proves anything")
        metadata["id_token_signing_alg_values_supported"] = signed
        return metadata

    def _roles(self, token: dict[str, Any], claims: Mapping[str, Any]) -> frozenset[Role]:
        """The roles of the id token; of the provider's user info, where the token says nothing of roles."""
        name = self._settings.oidc_roles_claim
        if name not in claims:
            told = from_thread.run(lambda: self._client.userinfo(token=token))
            claims = told if told.get("sub") == claims["sub"] else {}  # OpenID Connect Core, section 5.3.2
        return map_roles(self._settings, claims.get(name))


def map_roles(settings: Settings, told: Any) -> frozenset[Role]:
    """The roles for what a claim says: a list of words, or one text with blanks or commas between."""
    if isinstance(told, str):
        told = told.replace(",", " ").split()
    has = {one for one in told if isinstance(one, str)} if isinstance(told, list) else set()
    values = {
        Role.ADVISER: settings.oidc_adviser_values,
        Role.STEWARD: settings.oidc_steward_values,
        Role.ADMINISTRATOR: settings.oidc_administrator_values,
    }
    return frozenset(role for role, text in values.items() if has & _listed(text))


def _listed(text: str) -> set[str]:
    return {one.strip() for one in text.split(",") if one.strip()}
