"""The reader's language, from the request: on pages the one chosen there, else that of Accept-Language."""

from babel import negotiate_locale
from fastapi import Request
from starlette.responses import Response

from matchmaker.messages import LANGUAGES, Translator, translator
from matchmaker_api.identity.cookies import full_name, is_secure, read_cookie
from matchmaker_api.paths import is_page

COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 60 * 60


def request_translator(request: Request) -> Translator:
    """Messages in the language of the interface that the reader prefers; Swedish by default."""
    chosen = read_cookie(request, COOKIE) if is_page(request.url.path) else None
    if chosen in LANGUAGES:
        return translator(chosen)
    return translator(preferred_language(request.headers.get("accept-language", "")))


def remember_language(response: Response, request: Request, language: str) -> None:
    """Keep the reader's choice for a year. It says nothing of who the reader is."""
    response.set_cookie(
        full_name(request, COOKIE),
        language,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def local_path(address: str) -> str:
    """The address if it is a path on this site, else the start page: nobody is to be led elsewhere by a link to here.

    Browsers take a backslash for a slash and leave out tabs and line ends, so that a tab between two slashes would
    lead to another site.
    """
    plain = address.isprintable() and not set(address) & {"\\", " "}
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"


def preferred_language(accept_language: str) -> str:
    """The interface language that an Accept-Language header prefers (RFC 9110, section 12.5.4)."""
    weighed: list[tuple[float, str]] = []
    for item in accept_language.split(","):
        tag, _, parameter = item.strip().partition(";")
        quality = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            weighed.append((float(quality), tag.strip()))
        except ValueError:
            continue  # a malformed part of a header is no reason to refuse the rest
    preferred = [tag.replace("-", "_") for quality, tag in sorted(weighed, key=lambda one: -one[0]) if quality > 0]
    return negotiate_locale(preferred, list(LANGUAGES)) or LANGUAGES[0]
