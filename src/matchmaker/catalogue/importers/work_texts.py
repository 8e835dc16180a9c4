"""A work's titles, texts and keywords, gathered by language while a record is read."""

from collections import defaultdict

from matchmaker.domain.language import Language
from matchmaker.domain.work import WorkText


class TextsByLanguage:
    """What a record says in each language; keys are codes (``sv``, ``en``, ``ger``), None where the record is silent.

    The first title is the work's: a language that has a text but no title of its own borrows it.
    """

    def __init__(self) -> None:
        self.title = ""
        self._main: str | None = None
        self._titles: dict[str | None, str] = {}
        self._texts: dict[str | None, list[str]] = defaultdict(list)
        self._keywords: dict[str | None, list[str]] = defaultdict(list)
        self._unsure: set[str | None] = {None}

    def add_title(self, title: str, key: str | None) -> None:
        if title and not self.title:
            self.title, self._main = title, key
        if title:
            self._titles.setdefault(key, title)

    def add_text(self, text: str, key: str | None) -> None:
        """Add a text. One that is there under another language's label is kept once, its language open."""
        if not text:
            return
        for other, texts in self._texts.items():
            if text in texts:
                if other != key:
                    self._unsure.add(other)
                return
        self._texts[key].append(text)

    def add_keyword(self, word: str, key: str | None) -> None:
        if word and word not in self._keywords[key]:
            self._keywords[key].append(word)

    def to_texts(self) -> tuple[WorkText, ...]:
        """One text a language that has a title or a text; keywords in any other language stay with the main one."""
        keys = list(dict.fromkeys([self._main, *self._titles, *self._texts]))
        own = {key: self._keywords.get(key, []) for key in keys}
        others = [word for key, words in self._keywords.items() if key not in own for word in words]
        own[self._main] = list(dict.fromkeys([*own[self._main], *others]))
        return tuple(
            WorkText(
                title=self._titles.get(key, self.title),
                text="\n".join(self._texts.get(key, [])),
                language=None if key in self._unsure else Language.of(key),
                keywords=tuple(own[key]),
            )
            for key in keys
        )
