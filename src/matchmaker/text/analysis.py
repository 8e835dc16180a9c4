"""Words to the terms of the lexical channel: stop words out, compounds split, stems."""

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version

import Stemmer

from matchmaker.domain.language import Language
from matchmaker.text import stop_words
from matchmaker.text.compounds import CompoundSplitter
from matchmaker.text.term_bridge import NO_BRIDGE, Alternatives, TermBridge

VERSION = 2
"""Raised with every change of how terms are made; indexes of another version are rebuilt."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


class Analyzer:
    """Turns text into terms; the same for passages and challenges, so that they meet.

    Stems are Snowball's (Porter, 2001). A Swedish compound gives its own stem and those of its parts. A text that is
    neither Swedish nor English gives its words as they are.
    """

    fingerprint = ", ".join(
        [f"{VERSION}", *(f"{name} {version(name)}" for name in ("hunspell-sv", "pystemmer", "bm25s"))]
    )
    """Changes whenever the terms of some text would."""

    def __init__(self, bridge: TermBridge = NO_BRIDGE) -> None:
        self._bridge = bridge
        self._english = Stemmer.Stemmer("english").stemWord
        self._compounds = CompoundSplitter()
        self._swedish = self._compounds.stem
        self._swedish_terms = lru_cache(maxsize=200_000)(self._analyse_swedish)
        self._known_terms = lru_cache(maxsize=20_000)(self._word_terms)

    @property
    def query_fingerprint(self) -> str:
        """Changes whenever the terms that some challenge is searched by would: these have translations besides."""
        return f"{self.fingerprint}, bridge {self._bridge.fingerprint}"

    def terms(self, text: str, language: Language) -> list[str]:
        """The terms of ``text`` in its order, repeated as often as they occur."""
        return [term for word in _WORD.findall(text.lower()) for term in self.word_terms(word, language)]

    def word_terms(self, word: str, language: Language) -> tuple[str, ...]:
        """The terms of one lower-case word: none for a stop word, several for a compound or a hyphenated word."""
        return self._known_terms(word, language)

    def _word_terms(self, word: str, language: Language) -> tuple[str, ...]:
        forms = (word, *word.split("-")) if "-" in word else (word,)
        terms = (term for form in forms if form for term in self._form_terms(form, language))
        return tuple(dict.fromkeys(terms))

    def query_terms(self, text: str, language: Language) -> list[Alternatives]:
        """The distinct terms of a challenge, each with its translations.

        Swedish typed without any dots is searched for with them as well (``snorojning`` for ``snöröjning``).
        """
        terms = self.terms(text, language)
        if language is Language.SWEDISH and text.isascii():
            dotted = (self._compounds.restore_dots(word) for word in _WORD.findall(text.lower()))
            terms += [term for word in dotted if word for term in self.word_terms(word, language)]
        return self._bridge.alternatives(terms, language)

    def matching_words(self, text: str, language: Language, query: Sequence[Alternatives]) -> dict[str, frozenset[str]]:
        """The words of ``text``, as written, that share terms with a query, with the terms they share.

        Of several forms of a word (``snö``, ``snön``), that is of words that share the same terms, the first.
        """
        wanted = {term for alternatives in query for term in alternatives}
        found: dict[frozenset[str], str] = {}
        for word in _WORD.findall(text):
            shared = [term for term in self.word_terms(word.lower(), language) if term in wanted]
            if shared:
                found.setdefault(frozenset(shared), word)
        return {word: shared for shared, word in found.items()}

    def _form_terms(self, form: str, language: Language) -> tuple[str, ...]:
        match language:
            case Language.SWEDISH:
                return () if form in stop_words.SWEDISH else self._swedish_terms(form)
            case Language.ENGLISH:
                return () if form in stop_words.ENGLISH else (self._english(form),)
            case _:
                return (form,)

    def _analyse_swedish(self, form: str) -> tuple[str, ...]:
        stems = [self._swedish(form)]
        for part in self._compounds.split(form) or ():
            # A part that is a word of its own stands for itself: hemtjänst in hemtjänstpersonal, not hem and tjänst.
            stems += [self._swedish(part)] if self._compounds.is_word(part) else self._analyse_swedish(part)
        return tuple(dict.fromkeys(stems))
