"""What the catalogue's templates say that is more than a sentence of their own: words for codes, and amounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from matchmaker import catalogue_wording, wording
from matchmaker.catalogue.importers.source import Source
from matchmaker.db.group_lists import GroupLine
from matchmaker.db.work_lists import LinkedWork
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import mark
from matchmaker.domain.import_job import ImportJob, JobState, Verdict
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.shortlist import Confidence
from matchmaker.domain.work import LinkBasis, SourceNote, Work, WorkKind, WorkText
from matchmaker.messages import Translator
from matchmaker.ranking.scorer import Scorer
from matchmaker_api.pages import desk_places

LANGUAGES = {"sv": mark("Swedish"), "en": mark("English"), "und": mark("another language")}

MARKS = {scheme.value: word for scheme, word in catalogue_wording.MARKS.items()}

OWN_SOURCES = {"added": mark("added by hand"), "table": mark("a table of our own")}

SOURCES_EXPLAINED = {
    "diva": mark("Publications and theses of a DiVA portal or of SwePub, as harvested (OAI-PMH) or exported as MODS."),
    "diva_csv": mark("A list of publications exported from a DiVA portal as a table (CSV)."),
    "swecris": mark("Research projects with their funders, from the Swedish Research Council's SweCRIS."),
    "openalex": mark("Publications from OpenAlex: works as JSON, one a line."),
    "cordis": mark("Projects that the European Union pays for, from the CORDIS data sets."),
    "orcid": mark("The works of researchers' public ORCID records. Names are not read."),
    "ris": mark("References exported from a reference manager as RIS."),
    "bibtex": mark("References exported from a reference manager as BibTeX."),
    "table": mark("A table of our own, filled in by the template under Tables: evidence."),
}
"""What each source is, for whoever chooses one."""

FIELDS = {
    "name_sv": mark("Name in Swedish"),
    "name_en": mark("Name in English"),
    "summary_sv": mark("Summary in Swedish"),
    "summary_en": mark("Summary in English"),
    "keywords_sv": mark("Keywords in Swedish"),
    "keywords_en": mark("Keywords in English"),
    "areas": mark("Areas"),
    "department": mark("Department"),
    "web_page": mark("Web page"),
    "contacts": mark("Contacts"),
}
"""What of a group can be corrected."""


@dataclass(frozen=True, slots=True)
class CatalogueWords:
    """Words in one language, over a catalogue's names and the thresholds of confidence."""

    say: Translator
    catalogue: Path
    scorer: Scorer

    def name(self, name: LocalisedText) -> str:
        return name.in_language(self.say.language)

    def area(self, code: str) -> str:
        names = desk_places.area_names(self.catalogue).get(code)
        return names[self.say.language] if names else code

    def department(self, code: str | None) -> str:
        names = desk_places.department_names(self.catalogue).get(code or "")
        return names[self.say.language] if names else code or self.say.say(mark("no department"))

    def kind(self, kind: CollaboratorKind) -> str:
        return wording.kind_word(kind, self.say)

    def state(self, state: GroupState) -> str:
        return self.say.say(catalogue_wording.GROUP_STATES[state])

    def work_kind(self, kind: WorkKind | str) -> str:
        return self.say.say(catalogue_wording.KINDS[WorkKind(kind)])

    def link_basis(self, basis: LinkBasis) -> str:
        return self.say.say(catalogue_wording.BASES[basis])

    def text_basis(self, basis: str | None) -> str:
        return self.say.say(wording.BASIS_WORDS[basis]) if basis in wording.BASIS_WORDS else ""

    def language(self, code: str | None) -> str:
        return self.say.say(LANGUAGES.get(code or "und", LANGUAGES["und"]))

    def source(self, source: str) -> str:
        return self.say.say(OWN_SOURCES[source]) if source in OWN_SOURCES else catalogue_wording.source_name(source)

    def source_label(self, source: Source) -> str:
        """What a source is called where one chooses it; the names of registers are the same in all languages."""
        return self.source(source.name).capitalize() if source.name in OWN_SOURCES else source.label

    def job_state(self, state: JobState) -> str:
        return self.say.say(catalogue_wording.STATES[state])

    def verdict(self, verdict: Verdict) -> str:
        return self.say.say(catalogue_wording.VERDICTS[verdict])

    def job(self, job: ImportJob) -> str:
        return catalogue_wording.job_words(job, self.say)

    def problem(self, problem: Mapping[str, Any]) -> str:
        return catalogue_wording.problem_words(problem, self.say).strip()

    def field(self, name: str) -> str:
        return self.say.say(FIELDS[name])

    def changed(self, field: str) -> str:
        """What of a group a table would change: one of its fields, what it is open for, or what links works to it."""
        others = {"": mark("New group"), "availability": mark("What it is open for")}
        found = FIELDS.get(field) or others.get(field) or MARKS.get(field)
        return self.say.say(found) if found else field

    def role(self, role: str) -> str:
        return catalogue_wording.actor_word(role, self.say)

    def event(self, kind: str, names: Mapping[str, str], detail: Mapping[str, Any]) -> str:
        return catalogue_wording.event_words(kind, detail, names, self.say)

    def confidence(self, probability: float | None) -> str:
        """How sure a suggested link is, as a word."""
        return wording.confidence_word(self.scorer.confidence_of(probability or 0.0), self.say)

    def confidence_of(self, code: str) -> str:
        """The word for a confidence that is known already."""
        return wording.confidence_word(Confidence(code), self.say)

    def confidence_code(self, probability: float | None) -> str:
        return self.scorer.confidence_of(probability or 0.0).value

    def text_of(self, work: Work) -> WorkText:
        """The work's text in the reader's language, or the longest that there is."""
        own = [one for one in work.texts if one.language and one.language.value == self.say.language]
        return max(own or work.texts, key=lambda one: len(one.text))

    def summary(self, line: GroupLine) -> str:
        """What a group says of itself, in the reader's language if it can be."""
        own = line.profiles.get(self.say.language)
        return own or next(iter(line.profiles.values()), "")

    def notes(self, work: Work) -> list[SourceNote]:
        return list(work.sources)

    def is_machine_made(self, one: LinkedWork) -> bool:
        return any(text.machine_made for text in one.work.texts)

    def minutes(self, left: timedelta) -> int:
        """Whole minutes of a time."""
        return round(left.total_seconds() / 60)
