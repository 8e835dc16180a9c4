"""Works of an ORCID record (JSON, API v3.0) as records. Of the person nothing is read but the iD."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field, ValidationError

from matchmaker.catalogue.importers.field_text import believed_key, clean_line, language_key, short
from matchmaker.catalogue.importers.given import Few, Given, given_problem
from matchmaker.catalogue.importers.person_ids import find_orcid
from matchmaker.catalogue.importers.source import LARGEST_FIELD, Reading
from matchmaker.catalogue.importers.work_texts import TextsByLanguage
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkIdentifier, WorkKind, identifiers
from matchmaker.text.normalise import clean_text

ORCID = "orcid"
LICENCE = "CC0-1.0"

MOST_DESCRIPTIONS = 100
"""Services that may describe one work."""

_KINDS = {
    "dissertation": WorkKind.THESIS,
    "dissertation-thesis": WorkKind.THESIS,
    "supervised-student-publication": WorkKind.THESIS,
    "patent": WorkKind.PATENT,
}
_SCHEMES = {
    "doi": (Scheme.DOI,),
    "isbn": (Scheme.ISBN,),
    "urn": (Scheme.URN, Scheme.DIVA),
    "uri": (Scheme.DOI, Scheme.URN, Scheme.DIVA),
    "other-id": (Scheme.URN, Scheme.DIVA),
}


class _Value(Given):
    value: str = ""


class _Translated(Given):
    value: str = ""
    language: str = Field("", alias="language-code")


class _Title(Given):
    title: _Value = _Value()
    subtitle: _Value = _Value()
    translated: _Translated = Field(_Translated(), alias="translated-title")


class _ExternalId(Given):
    kind: str = Field("", alias="external-id-type")
    value: str = Field("", alias="external-id-value")
    relationship: str = Field("", alias="external-id-relationship")


class _ExternalIds(Given):
    ids: Few[_ExternalId] = Field(default_factory=list, alias="external-id")


class _Date(Given):
    year: _Value = _Value()


class OrcidWork(Given):
    """A work, or its summary, which has no description."""

    put_code: int = Field(alias="put-code", ge=0)
    title: _Title = _Title()
    description: str = Field("", alias="short-description")
    language: str = Field("", alias="language-code")
    type: str = ""
    date: _Date = Field(_Date(), alias="publication-date")
    external_ids: _ExternalIds = Field(_ExternalIds(), alias="external-ids")
    url: _Value = _Value()
    visibility: str = "public"


def find_works(document: Any) -> tuple[Iterator[list[Any]], str] | None:
    """The descriptions of each work, and what names the person, in any of the API's documents.

    These are a record, its works section, several full works (``bulk``) and one work; None of anything else.
    """
    if not isinstance(document, dict):
        return None
    if "activities-summary" in document:
        works = _part(_part(document, "activities-summary"), "works")
        owner = str(_part(document, "orcid-identifier").get("path"))
        return (_list(group, "work-summary") for group in _list(works, "group")), owner
    if "group" in document:
        return (_list(group, "work-summary") for group in _list(document, "group")), str(document.get("path"))
    if "bulk" in document:
        return ([one["work"]] for one in _list(document, "bulk") if isinstance(one, dict) and "work" in one), ""
    return (iter([[document]]), "") if "put-code" in document else None


def read_orcid_work(descriptions: list[Any], owner: str, row: int) -> Reading:
    """The record of a work, or what is wrong with it; ``row`` counts documents.

    Several services may describe one work; the first is the one that the person prefers.
    """
    try:
        works = [OrcidWork.model_validate(one) for one in descriptions[:MOST_DESCRIPTIONS]]
    except ValidationError as error:
        return given_problem(error, row=row)
    public = [work for work in works if work.visibility == "public"]
    if not public:
        return FileProblem(mark("has no public description and was left out"), row=row, field="work")
    # The preferred description may change from one day to the next; the smallest number is the oldest and stays.
    own = str(min(work.put_code for work in public))
    texts = _texts(public[0])
    if not texts.title:
        template = mark("is missing in record {id}, which was left out")
        return FileProblem(template, row=row, field="title", id=own)
    path = descriptions[0].get("path") if isinstance(descriptions[0], dict) else None
    orcid = find_orcid(owner) or find_orcid(short(path if isinstance(path, str) else None) or "")
    found = identifiers(pair for work in public for pair in _identifiers(work))
    year = public[0].date.year.value
    return Record(
        source=ORCID,
        id=own,
        kind=_KINDS.get(public[0].type.lower().replace("_", "-"), WorkKind.PUBLICATION),
        texts=texts.to_texts(),
        year=int(year) if year.isdecimal() and year.isascii() and 1000 <= int(year[:5]) <= 2999 else None,
        identifiers=found,
        url=_url(public[0], found),
        licence=LICENCE,
        hints=frozenset({Hint(HintScheme.PERSON, f"orcid:{orcid}")} if orcid else ()),
    )


def _texts(work: OrcidWork) -> TextsByLanguage:
    texts = TextsByLanguage()
    key = language_key(work.language)
    title, subtitle = clean_line(work.title.title.value[:LARGEST_FIELD]), clean_line(work.title.subtitle.value)
    texts.add_title(f"{title}: {subtitle}" if title and subtitle else title, key)
    if title:
        texts.add_title(clean_line(work.title.translated.value), language_key(work.title.translated.language))
    text = clean_text(work.description[:LARGEST_FIELD]).text
    texts.add_text(text, believed_key(text, key))
    return texts


def _identifiers(work: OrcidWork) -> Iterator[tuple[Scheme, str | None]]:
    """Of the work itself, not of what it is part of or another version of."""
    for one in work.external_ids.ids:
        if one.relationship.lower() in ("self", ""):
            for scheme in _SCHEMES.get(one.kind.lower(), ()):
                yield scheme, short(one.value)


def _url(work: OrcidWork, found: frozenset[WorkIdentifier]) -> str | None:
    doi = min((one.value for one in found if one.scheme is Scheme.DOI), default=None)
    page = clean_line(short(work.url.value))
    if doi:
        return f"https://doi.org/{doi}"
    return page if page.startswith(("https://", "http://")) else None


def _part(document: Any, name: str) -> dict[str, Any]:
    part = document.get(name) if isinstance(document, dict) else None
    return part if isinstance(part, dict) else {}


def _list(document: Any, name: str) -> list[Any]:
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, list) else []
