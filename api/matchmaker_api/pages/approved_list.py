"""An approved list in words. The officer's page and the desk's page before approving show it by the same template."""

from dataclasses import dataclass, replace

from matchmaker.case_wording import route_word
from matchmaker.domain.shortlist import Evidence, Suggestion
from matchmaker.messages import Translator
from matchmaker.review.status import ApprovedList
from matchmaker.wording import describe_evidence, kind_word, reasons, standing


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """A work that speaks for a suggestion. ``sentence`` is in the language of the work."""

    described: str
    sentence: str
    language: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """One who may help. ``contacts`` are roles with their pages, never names."""

    rank: int
    name: str
    kind: str
    standing: str
    confidence: str
    reasons: list[str]
    evidence: list[ShownEvidence]
    web_page: str | None
    contacts: list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class ShownList:
    """What ``partials/approved_list.html`` shows."""

    suggestions: list[ShownSuggestion]
    route: str | None
    message: str


def shown_list(approved: ApprovedList, say: Translator) -> ShownList:
    """The list in the reader's language."""
    return ShownList(
        suggestions=[shown_suggestion(one, say) for one in approved.suggestions],
        route=route_word(approved.route, say) if approved.route else None,
        message=approved.message,
    )


def shown_suggestion(one: Suggestion, say: Translator) -> ShownSuggestion:
    """One of the list in the reader's language."""
    return ShownSuggestion(
        rank=one.rank,
        name=one.name.in_language(say.language),
        kind=kind_word(one.kind, say),
        standing=standing(one, say),
        confidence=one.confidence.value,
        # The parts of the challenge are numbered at the desk only.
        reasons=reasons(replace(one, parts=()), say),
        evidence=[_evidence(piece, say) for piece in one.evidence],
        web_page=one.web_page,
        contacts=[(contact.role.in_language(say.language), contact.web_page) for contact in one.contacts],
    )


def _evidence(piece: Evidence, say: Translator) -> ShownEvidence:
    language = piece.language.value if piece.language.value in {"sv", "en"} else None
    return ShownEvidence(describe_evidence(piece, say), piece.sentence.strip(), language, piece.url)
