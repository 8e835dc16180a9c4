"""What a shortlist says, in words: confidence, kinds, reasons, notices. For every place that shows one."""

from matchmaker.domain.collaborator import KEYWORDS, PROFILE, PROJECT, PUBLICATION, CollaboratorKind
from matchmaker.domain.errors import mark
from matchmaker.domain.shortlist import Confidence, Evidence, NoticeCode, Suggestion
from matchmaker.messages import Translator

CONFIDENCE_WORDS = {
    Confidence.STRONG: mark("strong match"),
    Confidence.POSSIBLE: mark("possible match"),
    Confidence.WEAK: mark("weak match"),
    Confidence.NONE: mark("no evidence"),
}

KIND_WORDS = {
    CollaboratorKind.RESEARCH_GROUP: mark("research group"),
    CollaboratorKind.INNOVATION_OFFICE: mark("innovation office"),
    CollaboratorKind.BUSINESS_COMPANY: mark("university company"),
    CollaboratorKind.CENTRE: mark("centre"),
    CollaboratorKind.ASSOCIATION: mark("association"),
    CollaboratorKind.PROJECT_LEADER: mark("project leader"),
    CollaboratorKind.ORGANISATION: mark("organisation"),
    CollaboratorKind.OTHER: mark("collaborator"),
}

DOCUMENT_WORDS = {
    PROFILE: mark("profile"),
    KEYWORDS: mark("keywords"),
    PROJECT: mark("project"),
    PUBLICATION: mark("publication"),
    "thesis": mark("thesis"),
    "patent": mark("patent"),
    "news": mark("news"),
}

BASIS_WORDS = {
    "sourced": mark("sourced"),
    "partly_sourced": mark("partly sourced, partly general knowledge"),
    "general_knowledge": mark("general knowledge, not yet confirmed"),
    "machine_made": mark("written or translated by a program"),
}

NOTICES = {
    NoticeCode.SHORT_TEXT: mark(
        "The text is very short. A few sentences on the problem, the place and what has been tried "
        "give better suggestions."
    ),
    NoticeCode.UNSUPPORTED_LANGUAGE: mark(
        "The text seems to be neither Swedish nor English. It is matched mostly by meaning, which is less reliable."
    ),
    NoticeCode.UNCERTAIN_LANGUAGE: mark("The language of the text was guessed and may be wrong; it can be given."),
    NoticeCode.MARKUP_REMOVED: mark("Markup (HTML) was taken out of the text."),
    NoticeCode.NO_STRONG_MATCH: mark(
        "No strong match was found: those below may know part of this. "
        "Let the Innovation Office take the question further."
    ),
    NoticeCode.NO_MATCH: mark(
        "No match was found: nobody in the collection is near what the text asks for. It may lie outside what the "
        "university does, or be told too generally. The Innovation Office takes every question; LTU Business takes "
        "those of companies."
    ),
    NoticeCode.UNANSWERED_PART: mark("For a part of the need nobody was found."),
}


def confidence_word(confidence: Confidence, say: Translator) -> str:
    """The word for how sure a suggestion is."""
    return say.say(CONFIDENCE_WORDS[confidence])


def standing(suggestion: Suggestion, say: Translator) -> str:
    """What is said beside a name: how sure the match is, or of the entrance, which need not match, what it is."""
    if suggestion.is_entrance and suggestion.confidence is Confidence.WEAK:
        return say.say(mark("takes every question"))
    return confidence_word(suggestion.confidence, say)


def kind_word(kind: CollaboratorKind, say: Translator) -> str:
    """The word for what a collaborator is."""
    return say.say(KIND_WORDS[kind])


def notice_text(notice: NoticeCode, say: Translator) -> str:
    """What the reader must know about how the challenge was read."""
    return say.say(NOTICES[notice])


def reasons(suggestion: Suggestion, say: Translator) -> list[str]:
    """Why a collaborator was suggested, a sentence a reason; says so where there is no evidence."""
    if suggestion.is_entrance and suggestion.confidence is Confidence.WEAK:
        return [say.say(mark("Takes questions that match nobody else, and finds the right person."))]
    if not suggestion.evidence:
        return [say.say(mark("There is no evidence for this collaborator."))]
    answered = (
        [say.say(mark("Answers part {parts}."), parts=", ".join(str(part) for part in suggestion.parts))]
        if suggestion.parts
        else []
    )
    words = list(dict.fromkeys(word for one in suggestion.evidence for word in words_in_common(one)))
    if not suggestion.dense_share and not suggestion.lexical_share:
        return [say.say(mark("Little speaks for this suggestion: neither meaning nor words are near."))]
    said = [
        *answered,
        say.say(mark("Words in common: {words}."), words=", ".join(words[:8]))
        if words
        else say.say(mark("No words in common; found by meaning.")),
    ]
    said.append(
        say.say(
            mark("Of the score, {meaning} % comes from meaning and {words} % from words."),
            meaning=round(100 * suggestion.dense_share),
            words=100 - round(100 * suggestion.dense_share),
        )
    )
    return said


def words_in_common(evidence: Evidence) -> list[str]:
    """The words of a piece of evidence that met the challenge, one found by translation with what it translates."""
    translates = {word: asked for asked, word in reversed(evidence.translated_words)}
    return [
        f"{translates[word].lower()} ~ {word.lower()}"
        if translates.get(word, word).lower() != word.lower()
        else word.lower()
        for word in evidence.matched_words
    ]


def describe_evidence(evidence: Evidence, say: Translator) -> str:
    """What a piece of evidence is: title, kind, year, source and how well founded it is."""
    kind = say.say(DOCUMENT_WORDS[evidence.kind]) if evidence.kind in DOCUMENT_WORDS else evidence.kind
    basis = say.say(BASIS_WORDS[evidence.basis]) if evidence.basis in BASIS_WORDS else None
    parts = [kind, str(evidence.year) if evidence.year else None, evidence.source, basis]
    described = ", ".join(part for part in parts if part)
    return f"{evidence.title} ({described})" if evidence.title else described
