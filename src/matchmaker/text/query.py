"""A challenge read: cleaned, checked, its language known, cut to what the encoder can take in at once."""

from dataclasses import dataclass

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import NoticeCode
from matchmaker.text.language import detect_language
from matchmaker.text.normalise import clean_text, word_count
from matchmaker.text.passages import split_passages
from matchmaker.text.sentences import joined_evenly, split_sentences

MAXIMUM_CHARACTERS = 20_000
"""About eight pages. Longer texts are reports, in which the need drowns; their sender is asked to sum it up."""

MAXIMUM_TITLE_CHARACTERS = 300

MAXIMUM_SENTENCES = 24
"""Among which a challenge's parts are looked for."""

SHORT_WORDS = 4
"""Below this many words a need is matched, but its sender is told that more would help."""


@dataclass(frozen=True, slots=True)
class Query:
    """A challenge as the channels take it.

    ``passages`` are what the encoder takes in at once, the title before the first; never empty. ``sentences`` are those
    of the challenge's own text, or its title where it has no other; of a long text neighbours are joined.
    """

    challenge_id: str
    text: str
    language: Language
    language_detected: bool
    passages: tuple[str, ...]
    sentences: tuple[str, ...]
    notices: tuple[NoticeCode, ...]


def read_query(challenge: Challenge) -> Query:
    """Read a challenge.

    Raises:
        InvalidChallengeError: it has no words, or is too long; the error names the field.
    """
    _check_characters("text", challenge.text, MAXIMUM_CHARACTERS)
    _check_characters("title", challenge.title or "", MAXIMUM_TITLE_CHARACTERS)
    body, title = clean_text(challenge.text), clean_text(challenge.title or "")
    if not word_count(body.text) and not word_count(title.text):
        raise InvalidChallengeError(
            "text", mark("The challenge has no words. Describe the problem in a few sentences.")
        )
    text = f"{title.text}. {body.text}".strip(" .\n") if title.text else body.text
    language = challenge.language
    notices = [NoticeCode.MARKUP_REMOVED] if body.markup_removed or title.markup_removed else []
    if word_count(text) < SHORT_WORDS:
        notices.append(NoticeCode.SHORT_TEXT)
    if language is None:
        detected = detect_language(text)
        language = detected.language
        if language is not Language.OTHER and not detected.certain:
            notices.append(NoticeCode.UNCERTAIN_LANGUAGE)
    if language is Language.OTHER:
        notices.append(NoticeCode.UNSUPPORTED_LANGUAGE)
    return Query(
        challenge_id=challenge.id,
        text=text,
        language=language,
        language_detected=challenge.language is None,
        passages=tuple(split_passages(text)),
        sentences=tuple(joined_evenly(split_sentences(body.text) or [title.text], MAXIMUM_SENTENCES)),
        notices=tuple(notices),
    )


def _check_characters(field: str, text: str, limit: int) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidChallengeError(field, mark("The text has half characters (lone surrogates), which are no text."))
    if len(text) > limit:
        raise InvalidChallengeError(
            field,
            mark("The text has {length} characters; at most {limit} can be matched. Sum up the need."),
            length=len(text),
            limit=limit,
        )
