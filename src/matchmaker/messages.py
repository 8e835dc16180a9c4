"""Messages in the reader's language, from the gettext catalogues under locales/."""

import gettext
import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from matchmaker.domain.errors import FileProblem, InvalidFileError, MatchmakerError, SetupError, mark

LANGUAGES = ("sv", "en")
"""Languages of the interface, the first of them the default."""

DOMAIN = "matchmaker"


class Translator:
    """Says messages in one language. A message without a translation comes out in English."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._translations = _translations(self.language)

    def say(self, template: str, **values: object) -> str:
        """The template's translation with the values filled in."""
        return self.translation(template).format(**values)

    def say_plural(self, singular: str, plural: str, count: int, **values: object) -> str:
        """The translation of the form that the count takes, with ``count`` and the values filled in."""
        return self.plural_translation(singular, plural, count).format(count=count, **values)

    def translation(self, template: str) -> str:
        """The template's translation, nothing filled in yet."""
        return self._translations.gettext(template)

    def plural_translation(self, singular: str, plural: str, count: int) -> str:
        """The translation of the form that the count takes, nothing filled in yet."""
        return self._translations.ngettext(singular, plural, count)

    def say_error(self, error: MatchmakerError) -> str:
        """An error, with each of a file's problems on a line of its own and the command that mends a setup."""
        lines = [self.say(error.template, **_plain(error.values))]
        match error:
            case InvalidFileError():
                lines += [self.say_problem(problem) for problem in error.problems]
            case SetupError():
                lines.append(self.say(mark("What to do: {command}"), command=error.remedy))
        return "\n".join(lines)

    def say_problem(self, problem: FileProblem) -> str:
        """One problem of a file, with its line and field."""
        what = self.say(problem.template, **_plain(problem.values))
        where = f"{problem.field}: " if problem.field else ""
        if problem.line is not None:
            return self.say(mark("  line {line}: {what}"), line=problem.line, what=where + what)
        if problem.row is not None:
            return self.say(mark("  row {row}: {what}"), row=problem.row, what=where + what)
        return self.say(mark("  the file {what}"), what=where + what)


@cache
def translator(language: str) -> Translator:
    """The translator for a language of the interface; for any other, Swedish."""
    return Translator(language)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {str(key): value for key, value in values.items()}


@cache
def _translations(language: str) -> gettext.NullTranslations:
    """A catalogue compiled in memory: only the text form is kept, so that it cannot be out of date."""
    source = files("matchmaker").joinpath("locales", language, "LC_MESSAGES", f"{DOMAIN}.po")
    if not source.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
