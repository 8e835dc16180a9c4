"""Pages from templates: one Jinja2 environment, with the words, dates and numbers of each request's language."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from babel.dates import format_date, format_datetime, get_timezone
from babel.numbers import format_decimal, format_percent
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from matchmaker.domain.days import TIME_ZONE
from matchmaker.messages import Translator
from matchmaker.text.language import detect_language
from matchmaker_api.frames import frame_of
from matchmaker_api.language import request_translator
from matchmaker_api.pages.static_files import static_url

LOCALES = {"sv": "sv_SE", "en": "en_GB"}
"""Whose customs dates and numbers follow. English pages are for readers in Europe: day before month, 24 hours."""


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """The template as an answer in the request's language.

    Templates find in their context what is passed here, and always ``request``, ``language``, ``say``, ``say_plural``
    ``here``, the address that the language switch comes back to, ``frame``, what the addresses of a challenge's pages
    begin with (nothing, outside of frames), ``layout``, which those pages extend, ``signed_in``, the session or None,
    and ``form_token``, what its forms carry.

    Raises:
        jinja2.TemplateNotFound: there is no such template.
        jinja2.UndefinedError: the template names something that it was not given.
    """
    translator = request_translator(request)
    html = environment.get_template(template).render(**page_context(request), **context)
    # What a page says depends on both, should anything between keep it in spite of no-store.
    always = {"Content-Language": translator.language, "Vary": "Accept-Language, Cookie"}
    return HTMLResponse(html, status_code=status, headers={**always, **(headers or {})})


def page_context(request: Request) -> dict[str, object]:
    """What every template finds in its context."""
    translator = request_translator(request)
    return {
        "request": request,
        "language": translator.language,
        "here": _here(request),
        "frame": frame_of(request),
        "layout": "frame.html" if frame_of(request) else "base.html",
        "signed_in": getattr(request.state, "signed_in", None),
        "form_token": getattr(request.state, "form_token", ""),
        **_words(translator),
    }


def _words(translator: Translator) -> dict[str, object]:
    """``say`` and ``say_plural`` for templates: they escape what is filled in, unless it is markup already."""

    def say(template: str, **values: object) -> Markup:
        return escape(translator.translation(template)).format(**values)

    def say_plural(singular: str, plural: str, count: int, **values: object) -> Markup:
        return escape(translator.plural_translation(singular, plural, count)).format(count=count, **values)

    return {"say": say, "say_plural": say_plural}


def _here(request: Request) -> str:
    """Where the page can be read again: without the query after a POST, whose form stands at the same address."""
    query = f"?{request.url.query}" if request.url.query and request.method in {"GET", "HEAD"} else ""
    return f"{request.url.path}{query}"


def _locale(context: Context) -> str:
    return LOCALES[context["language"]]


def _in_stockholm(value: dt.datetime) -> dt.datetime:
    """A moment on the readers' clocks; one without a zone is taken to be UTC, as the database keeps it."""
    aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return aware.astimezone(get_timezone(TIME_ZONE))


@pass_context
def _date(context: Context, value: dt.date, style: str = "long") -> str:
    """A date in words, "25 november 2026"; of a moment, the date it is in Stockholm."""
    day = _in_stockholm(value).date() if isinstance(value, dt.datetime) else value
    return format_date(day, format=style, locale=_locale(context))


@pass_context
def _datetime(context: Context, value: dt.datetime, style: str = "d MMMM y HH:mm") -> str:
    """A moment in Stockholm's time, "25 november 2026 14:05"."""
    return format_datetime(_in_stockholm(value), format=style, locale=_locale(context))


@pass_context
def _number(context: Context, value: float, digits: int | None = None) -> str:
    """A number with the language's separators; ``digits`` after the point, by default as many as it has, up to 3."""
    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=_locale(context)))


@pass_context
def _percent(context: Context, share: float) -> str:
    """A share of 1 in whole percent."""
    return format_percent(share, locale=_locale(context))


MANY_TEXTS = 2048


@pass_context
def _lang(context: Context, text: str) -> Markup:
    """The attribute ``lang`` for a text that somebody wrote in another language than the page's; else nothing.

    A reading voice pronounces by it. Where the language is not sure, the page's is as good a guess.
    """
    code = _code_of(text)
    return Markup(' lang="{}"').format(code) if code and code != context["language"] else Markup("")


@lru_cache(MANY_TEXTS)
def _code_of(text: str) -> str | None:
    found = detect_language(text) if any(letter.isalpha() for letter in text) else None
    return found.code if found and found.certain else None


def _read_environment() -> Environment:
    made = Environment(
        loader=PackageLoader("matchmaker_api", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(lang=_lang, date=_date, datetime=_datetime, number=_number, percent=_percent)
    made.globals["static"] = static_url
    return made


# One for all languages: overlays of an environment share their globals, so that words kept there would be the last
# language's. Words are given to each page instead.
environment = _read_environment()
