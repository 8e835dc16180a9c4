"""The frozen answer to a challenge: who, why, on what evidence, made by what."""

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.collaborator import CollaboratorKind, Contact
from matchmaker.domain.language import Language, LocalisedText

DEFAULT_TOP_K = 10
"""How many experts a shortlist has unless more are asked for."""


class Confidence(StrEnum):
    """How sure the system is that a reviewer would find the suggestion relevant."""

    STRONG = "strong"
    POSSIBLE = "possible"
    WEAK = "weak"
    NONE = "none"
    """There is no evidence at all."""


class NoticeCode(StrEnum):
    """What the reader must know about how the challenge was read."""

    SHORT_TEXT = "short_text"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    UNCERTAIN_LANGUAGE = "uncertain_language"
    MARKUP_REMOVED = "markup_removed"
    NO_STRONG_MATCH = "no_strong_match"
    """Some may know; none clearly. Weak suggestions are left out."""
    NO_MATCH = "no_match"
    """Nobody is near enough to be suggested."""
    UNANSWERED_PART = "unanswered_part"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that carried a suggestion's score, and what in it met the challenge.

    ``sentence`` is the passage's sentence nearest to the challenge; ``matched_words`` are the passage's own words
    that the lexical channel found, and ``translated_words`` those of them that were found by a translation, each
    after the challenge's word that it translates; ``dense_score`` and ``lexical_score`` are this passage's, in their
    channel's unit.
    """

    document_id: str
    passage_id: int
    title: str | None
    text: str
    sentence: str
    language: Language
    year: int | None
    kind: str
    url: str | None
    source: str | None
    basis: str | None
    matched_words: tuple[str, ...]
    dense_score: float
    lexical_score: float
    translated_words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A ranked collaborator. ``score`` orders the list; the channel shares say what carried it: they sum
    to 1, or are both 0 where neither channel found anything near. ``probability`` is how likely a reviewer would find
    the suggestion relevant, from 0 to 1. ``parts`` are those of the challenge's parts that it answers, from 1; empty
    where the challenge is one.
    """

    rank: int
    collaborator_id: str
    name: LocalisedText
    kind: CollaboratorKind
    department: str | None
    web_page: str | None
    contacts: tuple[Contact, ...]
    is_entrance: bool
    score: float
    confidence: Confidence
    dense_share: float
    lexical_share: float
    evidence: tuple[Evidence, ...]
    probability: float = 0.0
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made the shortlist, so that it can be explained and made again.

    ``index`` is the collection's revision; ``reference`` the digest of the texts that centre the languages.
    """

    software: str
    encoder: str
    index: str
    analysis: str
    reference: str
    scorer: str
    collection: str


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Experts (those who know) and routes (the ways in), each ranked from 1; never changed once made.

    ``parts`` are the texts of the challenge's parts, where it asks for several things; empty where it is one.
    """

    challenge_id: str
    language: Language
    language_detected: bool
    experts: tuple[Suggestion, ...]
    routes: tuple[Suggestion, ...]
    notices: tuple[NoticeCode, ...]
    provenance: Provenance
    parts: tuple[str, ...] = ()
