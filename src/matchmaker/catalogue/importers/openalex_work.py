"""One work of OpenAlex as a record. Field names are those of its "Work object" documentation."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field, ValidationError

from matchmaker.catalogue.importers.affiliations import find_affiliations
from matchmaker.catalogue.importers.field_text import believed_key, clean_line, language_key, short, shown
from matchmaker.catalogue.importers.given import Few, Given, Many, given_problem
from matchmaker.catalogue.importers.person_ids import find_orcid
from matchmaker.catalogue.importers.source import LARGEST_FIELD, Reading
from matchmaker.catalogue.importers.work_texts import TextsByLanguage
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkIdentifier, WorkKind, identifiers
from matchmaker.text.normalise import clean_text

OPENALEX = "openalex"
LICENCE = "CC0-1.0"

_THESES = frozenset({"dissertation"})
_WITHDRAWN = frozenset({"retraction"})


class _Named(Given):
    id: str = ""
    name: str = Field("", alias="display_name")


class _Institution(Given):
    id: str = ""
    ror: str = ""


class _Author(Given):
    id: str = ""
    orcid: str = ""


class _Authorship(Given):
    author: _Author = _Author()
    institutions: Few[_Institution] = Field(default_factory=list)
    affiliations: Few[str] = Field(default_factory=list, alias="raw_affiliation_strings")


class _Location(Given):
    page: str = Field("", alias="landing_page_url")


class _Grant(Given):
    funder: str = Field("", alias="funder_display_name")


class OpenAlexWork(Given):
    """The fields of a work that are read."""

    id: str
    doi: str = ""
    title: str = ""
    display_name: str = ""
    language: str = ""
    type: str = ""
    year: int | None = Field(None, alias="publication_year")
    is_retracted: bool = False
    abstract: dict[str, Many[int]] = Field(default_factory=dict, alias="abstract_inverted_index", max_length=20_000)
    authorships: Many[_Authorship] = Field(default_factory=list)
    topics: Few[_Named] = Field(default_factory=list)
    keywords: Few[_Named] = Field(default_factory=list)
    primary_location: _Location = _Location()
    locations: Few[_Location] = Field(default_factory=list)
    grants: Few[_Grant] = Field(default_factory=list)
    funders: Few[_Named] = Field(default_factory=list)


def read_openalex_work(item: Any, *, line: int | None = None, row: int | None = None) -> Reading:
    """The record of a work, or what is wrong with it. A work that was retracted is a record that is deleted."""
    try:
        work = OpenAlexWork.model_validate(item)
    except ValidationError as error:
        return given_problem(error, line=line, row=row)
    own = WorkIdentifier.of(Scheme.OPENALEX, short(work.id) or "")
    if not own:
        template, expected = mark("is {value}; expected: {expected}"), "https://openalex.org/W2741809807"
        return FileProblem(template, line=line, row=row, field="id", value=shown(work.id) or "–", expected=expected)
    if work.is_retracted or work.type in _WITHDRAWN:
        return Record(OPENALEX, own.value, WorkKind.PUBLICATION, (), deleted=True)
    abstract = _abstract(work.abstract)
    if abstract is None:
        template = mark("is longer than {limit} characters")
        return FileProblem(template, line=line, row=row, field="abstract_inverted_index", limit=LARGEST_FIELD)
    texts = _texts(work, abstract)
    if not texts.title:
        template = mark("is missing in record {id}, which was left out")
        return FileProblem(template, line=line, row=row, field="title", id=own.value)
    return _record(work, own, texts)


def _record(work: OpenAlexWork, own: WorkIdentifier, texts: TextsByLanguage) -> Record:
    pages = [short(one.page) for one in (work.primary_location, *work.locations)]
    doi = WorkIdentifier.of(Scheme.DOI, short(work.doi) or "")
    funders = [one.funder for one in work.grants] + [one.name for one in work.funders]
    # A repository's page tells the repository's id of the work, by which DiVA's own record of it is known as well.
    by_pages = [(scheme, page) for page in pages for scheme in (Scheme.DIVA, Scheme.URN)]
    return Record(
        source=OPENALEX,
        id=own.value,
        kind=WorkKind.THESIS if work.type in _THESES else WorkKind.PUBLICATION,
        texts=texts.to_texts(),
        year=work.year if work.year and 1000 <= work.year <= 2999 else None,
        identifiers=frozenset({own, *([doi] if doi else [])}) | identifiers(by_pages),
        url=f"https://doi.org/{doi.value}" if doi else _page(pages) or f"https://openalex.org/{own.value}",
        licence=LICENCE,
        funder=next((name for name in map(clean_line, funders) if name), None),
        hints=frozenset(_hints(work)),
    )


def _abstract(index: dict[str, list[int]]) -> str | None:
    """The text of an inverted index (word: its places); None of one that is too long to be a text.

    One long word at many places would be a text of gigabytes, so lengths are added up before anything is joined.
    """
    if sum((len(word) + 1) * len(places) for word, places in index.items()) > LARGEST_FIELD:
        return None
    placed = sorted((place, word) for word, places in index.items() for place in places)
    return " ".join(word for _, word in placed)


def _texts(work: OpenAlexWork, abstract: str) -> TextsByLanguage:
    """Keywords are English, whatever the work's language: OpenAlex chooses them from a list of its own."""
    texts = TextsByLanguage()
    key = language_key(work.language)
    title = work.title or work.display_name
    if len(title) <= LARGEST_FIELD:
        texts.add_title(clean_line(title), key)
    text = clean_text(abstract).text
    texts.add_text(text, believed_key(text, key))
    for keyword in work.keywords:
        texts.add_keyword(clean_line(keyword.name), "en")
    return texts


def _hints(work: OpenAlexWork) -> Iterator[Hint]:
    for topic in work.topics:
        if name := clean_line(topic.name):
            yield Hint(HintScheme.SUBJECT, f"{OPENALEX}:{name}")
        if identifier := _last_part(topic.id):
            yield Hint(HintScheme.SUBJECT, f"{OPENALEX}:{identifier}")
    for authorship in work.authorships:
        for institution in authorship.institutions:
            if identifier := _last_part(institution.id):
                yield Hint(HintScheme.ORGANISATION, f"{OPENALEX}:{identifier}")
            if identifier := _last_part(institution.ror):
                yield Hint(HintScheme.ORGANISATION, f"ror:{identifier}")
        if orcid := find_orcid(short(authorship.author.orcid) or ""):
            yield Hint(HintScheme.PERSON, f"orcid:{orcid}")
        if identifier := _last_part(authorship.author.id):
            yield Hint(HintScheme.PERSON, f"{OPENALEX}:{identifier}")
    yield from find_affiliations([text for one in work.authorships for text in one.affiliations])


def _last_part(address: str) -> str:
    """``I12345`` of ``https://openalex.org/I12345``; empty of what is no address of an id."""
    part = address.rstrip("/").rsplit("/", 1)[-1]
    return part if part.isalnum() and len(part) <= 40 else ""


def _page(pages: list[str | None]) -> str | None:
    return next((page for page in pages if page and page.startswith(("https://", "http://"))), None)
