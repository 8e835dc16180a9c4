"""A group as a catalogue describes it, and the collaborator with documents that it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matchmaker.domain.collaborator import KEYWORDS, PROFILE, Collaborator, CollaboratorKind, Contact, Document
from matchmaker.domain.language import Language, LocalisedText

LANGUAGES = (Language.SWEDISH, Language.ENGLISH)


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """What a steward writes of a group. Summary and keywords by language code; a language may be missing.

    ``sources`` are addresses or titles, ``basis`` is ``sourced``, ``partly_sourced`` or ``general_knowledge``.
    ``columns`` are those that a table had: of what it had no column for, it says nothing. None: nothing is left out.
    """

    id: str
    name: LocalisedText
    kind: CollaboratorKind
    summary: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]
    department: str | None = None
    areas: tuple[str, ...] = ()
    web_page: str | None = None
    sources: tuple[str, ...] = ()
    basis: str | None = None
    is_entrance: bool = False
    columns: frozenset[str] | None = field(default=None, compare=False)

    def to_collaborator(self, labels: Mapping[str, str], contacts: tuple[Contact, ...] = ()) -> Collaborator:
        """The group with its evidence; ``labels`` say by language where the texts are from."""
        return Collaborator(
            id=self.id,
            name=self.name,
            kind=self.kind,
            documents=tuple(one for language in LANGUAGES for one in self._documents(language, labels)),
            department=self.department,
            areas=self.areas,
            web_page=self.web_page,
            contacts=contacts,
            is_entrance=self.is_entrance,
        )

    def _documents(self, language: Language, labels: Mapping[str, str]) -> list[Document]:
        """The profile and the keywords in one language, each where there is one.

        Keywords are a document of their own: beside the profile they ranked better than in it (nDCG@10 on the
        development challenges, November 2026), since a list of terms and a paragraph are different kinds of text.
        """
        code = language.value
        page = next((source for source in self.sources if source.startswith("http")), None)
        texts = ((PROFILE, self.summary.get(code, "")), (KEYWORDS, ", ".join(self.keywords.get(code, ()))))
        return [
            Document(
                id=f"{self.id}:{kind}:{code}",
                text=text,
                title=self.name.in_language(language),
                language=language,
                kind=kind,
                url=self.web_page or page,
                source=labels[code],
                basis=self.basis,
                work=f"{self.id}:{kind}",
            )
            for kind, text in texts
            if text
        ]


def describe_group(collaborator: Collaborator) -> GroupEntry:
    """The entry that says of a group what its collaborator does.

    Of sources a collaborator keeps the one address that its documents show. Keywords are told apart at commas.
    """
    own = {(one.kind, one.language): one for one in collaborator.documents if one.kind in (PROFILE, KEYWORDS)}
    texts = {key: document.text for key, document in own.items()}
    urls = dict.fromkeys(document.url for document in own.values() if document.url)
    return GroupEntry(
        id=collaborator.id,
        name=collaborator.name,
        kind=collaborator.kind,
        summary={one.value: texts[PROFILE, one] for one in LANGUAGES if (PROFILE, one) in texts},
        keywords={
            one.value: tuple(word for word in texts[KEYWORDS, one].split(", ") if word)
            for one in LANGUAGES
            if (KEYWORDS, one) in texts
        },
        department=collaborator.department,
        areas=collaborator.areas,
        web_page=collaborator.web_page,
        sources=tuple(url for url in urls if url != collaborator.web_page),
        basis=next((document.basis for document in own.values() if document.basis), None),
        is_entrance=collaborator.is_entrance,
    )
