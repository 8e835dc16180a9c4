"""What the desk's templates say that is more than a sentence of their own: words for codes, marked passages."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matchmaker import case_wording, wording
from matchmaker.db.case_records import Participant
from matchmaker.db.desk_records import TieKind
from matchmaker.domain.case import ClosingReason, Decision, RejectionReason, Route
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.event import Actor, Event
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.letter import Letter
from matchmaker.domain.shortlist import Confidence, Evidence, NoticeCode, Suggestion
from matchmaker.domain.workflow import State
from matchmaker.messages import Translator
from matchmaker_api.pages import desk_places

AROUND = 200
"""So many letters of a passage are shown on each side of the sentence that matched; the rest is a click away."""


@dataclass(frozen=True, slots=True)
class DeskWords:
    """Words in one language, over a catalogue's names."""

    say: Translator
    catalogue: Path

    def state(self, state: State) -> str:
        return case_wording.state_word(state, self.say, for_officer=False)

    def route(self, route: Route) -> str:
        return case_wording.route_word(route, self.say)

    def closing(self, reason: ClosingReason) -> str:
        return case_wording.closing_word(reason, self.say)

    def rejection(self, reason: RejectionReason) -> str:
        return case_wording.rejection_word(reason, self.say)

    def decision(self, decision: Decision) -> str:
        return case_wording.decision_word(decision, self.say)

    def tie(self, kind: TieKind) -> str:
        return case_wording.tie_word(kind, self.say)

    def standing_of(self, participant: Participant) -> str:
        return case_wording.participant_word(participant, self.say)

    def letter(self, letter: Letter) -> str:
        return case_wording.letter_word(letter, self.say)

    def letter_state(self, letter: Letter) -> str:
        return case_wording.letter_state_word(letter, self.say)

    def adviser(self, adviser: str) -> str:
        return case_wording.adviser_word(adviser, self.say)

    def actor(self, actor: Actor) -> str:
        return case_wording.actor_word(actor, self.say)

    def event(self, event: Event, names: Mapping[str, str]) -> str:
        return case_wording.desk_event(event, self.say, names)

    def changes(self, event: Event, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
        return case_wording.event_changes(event, self.say, names)

    def confidence(self, confidence: str) -> str:
        return wording.confidence_word(Confidence(confidence), self.say)

    def standing(self, suggestion: Suggestion) -> str:
        return wording.standing(suggestion, self.say)

    def kind(self, kind: CollaboratorKind) -> str:
        return wording.kind_word(kind, self.say)

    def notice(self, notice: NoticeCode) -> str:
        return wording.notice_text(notice, self.say)

    def reasons(self, suggestion: Suggestion) -> list[str]:
        return wording.reasons(suggestion, self.say)

    def evidence(self, evidence: Evidence) -> str:
        return wording.describe_evidence(evidence, self.say)

    def name(self, name: LocalisedText) -> str:
        return name.in_language(self.say.language)

    def municipality(self, code: str | None) -> str:
        names = desk_places.municipality_names(self.catalogue).get(code or "")
        return names[self.say.language] if names else code or "–"

    def place(self, code: str | None) -> str:
        """A municipality's short name, for tables."""
        return desk_places.municipality_short_names(self.catalogue).get(code or "", code or "–")

    def area(self, code: str) -> str:
        names = desk_places.area_names(self.catalogue).get(code)
        return names[self.say.language] if names else code

    def department(self, code: str) -> str:
        names = desk_places.department_names(self.catalogue).get(code)
        return names[self.say.language] if names else code

    def options(self) -> dict[str, list[tuple[str, str]]]:
        """The lists to choose from in forms, as values and words."""
        return {
            "reasons": [(one.value, self.rejection(one)) for one in RejectionReason],
            "routes": [(one.value, self.route(one)) for one in Route],
            "closings": [(one.value, self.closing(one)) for one in ClosingReason],
            "ties": [(one.value, self.tie(one)) for one in TieKind],
        }


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a passage, and whether it is what met the challenge."""

    text: str
    met: bool


def marked(evidence: Evidence, around: int | None = AROUND) -> list[Piece]:
    """The passage with the sentence that met the challenge; of the rest ``around`` letters a side, or (None) all."""
    text, sentence = evidence.text, evidence.sentence
    at = text.find(sentence) if sentence else -1
    if at < 0:
        return _keywords(text, sentence)
    before, after = text[:at], text[at + len(sentence) :]
    if around is not None:
        before, after = _end(before, around), _beginning(after, around)
    return [one for one in (Piece(before, met=False), Piece(sentence, met=True), Piece(after, met=False)) if one.text]


def is_cut(evidence: Evidence) -> bool:
    """Whether there is more of the passage than is shown at first."""
    shown = sum(len(one.text) for one in marked(evidence))
    return shown < len(evidence.text)


def _keywords(text: str, sentence: str) -> list[Piece]:
    """A list of keywords, in which those that met the challenge stand apart from each other."""
    met = {one.strip() for one in sentence.split(",")}
    pieces: list[Piece] = []
    for number, one in enumerate(text.split(",")):
        pieces += [Piece(", ", met=False)] * bool(number)
        pieces.append(Piece(one.strip(), met=one.strip() in met))
    return pieces


def _end(text: str, letters: int) -> str:
    return text if len(text) <= letters else "… " + text[-letters:].partition(" ")[2]


def _beginning(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[:letters].rpartition(" ")[0] + " …"
