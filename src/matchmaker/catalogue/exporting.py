"""What the catalogue holds, as rows of the tables by which it can be read in again."""

from collections.abc import Iterable, Iterator, Mapping

from matchmaker.catalogue.evidence_cells import identifier_text
from matchmaker.catalogue.group_entry import describe_group
from matchmaker.catalogue.table_writing import Row, Value
from matchmaker.domain.availability import Availability
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.language import Language
from matchmaker.domain.work import Hint, Scheme, Work


def group_rows(groups: Iterable[Collaborator]) -> Iterator[Row]:
    """A row of groups for each, with what its profile and keywords say."""
    for entry in map(describe_group, groups):
        yield {
            "id": entry.id,
            "kind": entry.kind.value,
            "name_sv": entry.name.sv,
            "name_en": entry.name.en,
            "department": entry.department,
            "areas": entry.areas,
            "summary_sv": entry.summary.get("sv"),
            "summary_en": entry.summary.get("en"),
            "keywords_sv": entry.keywords.get("sv", ()),
            "keywords_en": entry.keywords.get("en", ()),
            "web_page": entry.web_page,
            "sources": entry.sources,
            "basis": entry.basis,
            "is_entrance": entry.is_entrance or None,
        }


def contact_rows(groups: Iterable[Collaborator], availability: Mapping[str, Availability]) -> Iterator[Row]:
    """A row of contacts for each role of each group; what the group has room for stands on its first."""
    for group in groups:
        said = _availability(availability.get(group.id))
        roles: list[Row] = [
            {"role_sv": one.role.sv, "role_en": one.role.en, "web_page": one.web_page} for one in group.contacts
        ]
        for role in roles or ([{}] if said else []):
            yield {"group_id": group.id, **role, **said}
            said = {}


def _availability(said: Availability | None) -> dict[str, Value]:
    if said is None:
        return {}
    return {
        "project": said.project,
        "thesis": said.thesis,
        "consulting": said.consulting,
        "cap": said.cap,
        "paused_until": said.paused_until,
    }


def evidence_rows(works: Iterable[tuple[Work, Iterable[str]]]) -> Iterator[Row]:
    """A row of evidence for each work, with the ids of the groups that it is of.

    A licence is told where all sources have the same one: the texts are from all of them.
    """
    for work, group_ids in works:
        own = sorted(work.identifiers)
        doi = next((one for one in own if one.scheme is Scheme.DOI), None)
        licences = {note.licence for note in work.sources}
        yield {
            "id": work.id,
            "group_ids": tuple(sorted(group_ids)),
            "kind": work.kind.value,
            **_texts(work),
            "year": work.year,
            "doi": doi.value if doi else None,
            "identifiers": tuple(identifier_text(one) for one in own if one != doi),
            "url": work.url,
            "licence": licences.pop() if len(licences) == 1 else None,
            "machine_made": tuple(_code(one.language) for one in work.texts if one.machine_made),
        }


def _texts(work: Work) -> dict[str, Value]:
    columns: dict[str, Value] = {}
    for text in work.texts:
        code = _code(text.language)
        columns |= {f"title_{code}": text.title, f"text_{code}": text.text or None, f"keywords_{code}": text.keywords}
    return columns


def _code(language: Language | None) -> str:
    return (language or Language.OTHER).value


def link_rows(links: Iterable[tuple[Hint, str]]) -> Iterator[Row]:
    """A row of links for each hint, with the group that it tells of."""
    for hint, group_id in links:
        yield {"group_id": group_id, "scheme": hint.scheme.value, "value": hint.value}
