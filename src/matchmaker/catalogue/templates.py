"""The tables that people may fill in, import and export: groups, contacts, evidence, links.

One definition for reading, writing and explaining. Headings are part of the file format, so both languages stand here;
what a column means is a message like any other.
"""

from collections.abc import Iterable, Mapping

from matchmaker.catalogue.seed import Area
from matchmaker.catalogue.template import YES_NO, Column, Template
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.errors import InvalidNameError, mark
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.work import HintScheme, WorkKind

GROUP_KINDS = {
    CollaboratorKind.RESEARCH_GROUP.value: LocalisedText("forskargrupp", "research group"),
    CollaboratorKind.INNOVATION_OFFICE.value: LocalisedText("innovationskontor", "innovation office"),
    CollaboratorKind.BUSINESS_COMPANY.value: LocalisedText("bolag", "company"),
    CollaboratorKind.CENTRE.value: LocalisedText("centrum", "centre"),
    CollaboratorKind.ASSOCIATION.value: LocalisedText("förening", "association"),
    CollaboratorKind.PROJECT_LEADER.value: LocalisedText("projektledare", "project leader"),
    CollaboratorKind.ORGANISATION.value: LocalisedText("organisation", "organisation"),
    CollaboratorKind.OTHER.value: LocalisedText("annat", "other"),
}

WORK_KINDS = {
    WorkKind.PUBLICATION.value: LocalisedText("publikation", "publication"),
    WorkKind.PROJECT.value: LocalisedText("projekt", "project"),
    WorkKind.THESIS.value: LocalisedText("avhandling eller uppsats", "thesis"),
    WorkKind.PATENT.value: LocalisedText("patent", "patent"),
    WorkKind.NEWS.value: LocalisedText("nyhet", "news"),
    WorkKind.PROFILE.value: LocalisedText("profil", "profile"),
}

BASES = {
    "sourced": LocalisedText("ur källor", "sourced"),
    "partly_sourced": LocalisedText("delvis ur källor", "partly sourced"),
    "general_knowledge": LocalisedText("allmän kunskap", "general knowledge"),
}

LINK_SCHEMES = {
    HintScheme.SUBJECT.value: LocalisedText("forskningsämne", "research subject"),
    HintScheme.ORGANISATION.value: LocalisedText("organisation", "organisation"),
    HintScheme.AFFILIATION.value: LocalisedText("tillhörighet", "affiliation"),
    HintScheme.PERSON.value: LocalisedText("person", "person"),
}

TEXT_LANGUAGES = {
    "sv": LocalisedText("svenska", "Swedish"),
    "en": LocalisedText("engelska", "English"),
    "und": LocalisedText("annat språk", "other language"),
}

_GROUP_ID = LocalisedText("Grupp-id", "Group id")
_WEB_PAGE = LocalisedText("Webbsida", "Web page")


def _texts(
    name: str, sv: str, en: str, meaning: str, languages: Iterable[str], *, is_list: bool = False
) -> list[Column]:
    """A column for each language."""
    return [
        Column(
            f"{name}_{code}",
            LocalisedText(f"{sv} ({TEXT_LANGUAGES[code].sv})", f"{en} ({TEXT_LANGUAGES[code].en})"),
            meaning,
            is_list=is_list,
        )
        for code in languages
    ]


_KEYWORDS = mark("Words for what it is about, with semicolons between them.")

GROUPS = Template(
    "groups",
    LocalisedText("Grupper", "Groups"),
    (
        Column(
            "id",
            LocalisedText("Id", "Id"),
            mark("The group's own id, without spaces, such as the English name with hyphens. Never change it later."),
            is_required=True,
        ),
        Column("kind", LocalisedText("Slag", "Kind"), mark("What it is."), is_required=True, choices=GROUP_KINDS),
        *_texts("name", "Namn", "Name", mark("The name; in at least one of the languages."), ("sv", "en")),
        Column("department", LocalisedText("Institution", "Department"), mark("The department's code, such as SRT.")),
        Column(
            "areas",
            LocalisedText("Områden", "Areas"),
            mark("Areas that the group works in, with semicolons between them."),
            is_list=True,
        ),
        *_texts(
            "summary",
            "Sammanfattning",
            "Summary",
            mark(
                "80 to 150 words on what the group knows and what a municipality can use it for. No names of persons."
            ),
            ("sv", "en"),
        ),
        *_texts("keywords", "Nyckelord", "Keywords", _KEYWORDS, ("sv", "en"), is_list=True),
        Column("web_page", _WEB_PAGE, mark("The group's page: an address that begins with https://.")),
        Column(
            "sources",
            LocalisedText("Källor", "Sources"),
            mark("Where the summary is from: addresses or titles, with semicolons between them."),
            is_list=True,
        ),
        Column("basis", LocalisedText("Grund", "Basis"), mark("What the summary rests on."), choices=BASES),
        Column(
            "is_entrance",
            LocalisedText("Tar emot alla frågor", "Takes every question"),
            mark("Yes for the one office that takes questions that fit nowhere else; otherwise empty."),
            choices=YES_NO,
        ),
    ),
)

CONTACTS = Template(
    "contacts",
    LocalisedText("Kontakter", "Contacts"),
    (
        Column("group_id", _GROUP_ID, mark("The id of the group, as in the table of groups."), is_required=True),
        *_texts(
            "role",
            "Roll",
            "Role",
            mark("A role that answers for the group, such as head of subject. No names, addresses or numbers."),
            ("sv", "en"),
        ),
        Column("web_page", _WEB_PAGE, mark("A page where whoever has the role can be reached.")),
        Column(
            "project",
            LocalisedText("Öppen för projekt", "Open for projects"),
            mark("Whether the group takes on projects. Empty means yes. On one of the group's rows is enough."),
            choices=YES_NO,
        ),
        Column(
            "thesis",
            LocalisedText("Öppen för examensarbeten", "Open for theses"),
            mark("Whether students may write a thesis on the question. Empty means yes."),
            choices=YES_NO,
        ),
        Column(
            "consulting",
            LocalisedText("Öppen för uppdrag", "Open for consulting"),
            mark("Whether the group takes on commissions. Empty means yes."),
            choices=YES_NO,
        ),
        Column(
            "cap",
            LocalisedText("Högst antal ärenden", "Most cases at once"),
            mark("How many cases the group has room for at once, 0 to 1000. Empty means no limit."),
        ),
        Column(
            "paused_until",
            LocalisedText("Pausad till och med", "Paused until"),
            mark("The last day on which the group takes on nothing new, such as 2026-12-31."),
        ),
    ),
)

EVIDENCE = Template(
    "evidence",
    LocalisedText("Underlag", "Evidence"),
    (
        Column(
            "id",
            LocalisedText("Id", "Id"),
            mark("An id of your own for the work, such as a number. Never change it later."),
            is_required=True,
        ),
        Column(
            "group_ids",
            LocalisedText("Grupp-id:n", "Group ids"),
            mark("The ids of the groups whose work it is, with semicolons between them."),
            is_list=True,
        ),
        Column(
            "kind",
            LocalisedText("Slag", "Kind"),
            mark("What the work is. Empty means a publication."),
            choices=WORK_KINDS,
        ),
        *_texts("title", "Titel", "Title", mark("The title; in at least one of the languages."), TEXT_LANGUAGES),
        *_texts("text", "Text", "Text", mark("An abstract or a description."), TEXT_LANGUAGES),
        *_texts("keywords", "Nyckelord", "Keywords", _KEYWORDS, TEXT_LANGUAGES, is_list=True),
        Column("year", LocalisedText("År", "Year"), mark("The year of publication, or in which a project began.")),
        Column("doi", LocalisedText("DOI", "DOI"), mark("The work's DOI, such as 10.1000/182.")),
        Column(
            "identifiers",
            LocalisedText("Andra identifierare", "Other identifiers"),
            mark(
                "Other identifiers, each with where it is from: urn:nbn:se:…; isbn:…; openalex:W…; swecris:…; cordis:…"
            ),
            is_list=True,
        ),
        Column("url", LocalisedText("Webbadress", "Web address"), mark("Where the work can be read.")),
        Column(
            "licence",
            LocalisedText("Licens", "Licence"),
            mark("What the texts may be used under, such as CC0-1.0 or CC-BY-4.0."),
        ),
        Column(
            "machine_made",
            LocalisedText("Maskingjort", "Machine-made"),
            mark("Languages whose text a program wrote or translated, with semicolons between them; readers are told."),
            is_list=True,
            choices=TEXT_LANGUAGES,
        ),
    ),
)

LINKS = Template(
    "links",
    LocalisedText("Kopplingar", "Links"),
    (
        Column("group_id", _GROUP_ID, mark("The id of the group, as in the table of groups."), is_required=True),
        Column(
            "scheme",
            LocalisedText("Kännetecken", "Mark"),
            mark("By what a work is known to be the group's."),
            is_required=True,
            choices=LINK_SCHEMES,
        ),
        Column(
            "value",
            LocalisedText("Värde", "Value"),
            mark(
                "The subject's or organisation's name or id as the source writes it; of a person the ORCID, never the "
                "name. It is stored as a pseudonym."
            ),
            is_required=True,
        ),
    ),
)

TEMPLATES: Mapping[str, Template] = {one.name: one for one in (GROUPS, CONTACTS, EVIDENCE, LINKS)}


def find_template(name: str, areas: Iterable[Area] = ()) -> Template:
    """The table of a name; groups with these areas to choose from.

    Raises:
        InvalidNameError: there is none; the error names those that there are.
    """
    if name not in TEMPLATES:
        template = mark("There is no table «{name}»; there are {known}.")
        raise InvalidNameError(template, name=name, known=", ".join(TEMPLATES))
    return group_template(areas) if name == GROUPS.name else TEMPLATES[name]


def group_template(areas: Iterable[Area]) -> Template:
    """The table of groups with these areas to choose from; without any, areas are free words."""
    words = {one.id: LocalisedText(one.names.get("sv"), one.names.get("en")) for one in areas}
    return GROUPS.with_choices("areas", words)
