"""The reader's language, from the request."""

from babel import negotiate_locale
from fastapi import Request

from matchmaker.messages import LANGUAGES, Translator, translator


def request_translator(request: Request) -> Translator:
    """Messages in the language that Accept-Language prefers among those of the interface; Swedish by default."""
    return translator(preferred_language(request.headers.get("accept-language", "")))


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
