"""Words for readers, in both languages."""

import pytest
from babel.messages.pofile import read_po

from matchmaker.domain.errors import FileProblem, InvalidFileError, SetupError, mark
from matchmaker.messages import translator
from matchmaker_api.language import local_path, preferred_language
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "sv"), ("en", "en"), ("en-GB,en;q=0.9,sv;q=0.8", "en"), ("fi,sv;q=0.5,en;q=0.4", "sv"), ("de", "sv"),
        ("sv;q=0.1, en;q=0.2", "en"), ("en;q=0", "sv"), ("en;q=x, sv", "sv"), (";;,,", "sv"),
    ],
)  # fmt: skip
def test_the_language_of_a_request(header: str, language: str) -> None:
    assert preferred_language(header) == language


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/challenges/new?step=2", "/challenges/new?step=2"), ("/", "/"), ("", "/"), ("challenges", "/"),
        ("//elsewhere.example", "/"), ("/\\elsewhere.example", "/"), ("/\t/elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"), ("javascript:alert(1)", "/"), ("/a\r\nSet-Cookie: b", "/"), ("///a", "/"),
        ("http:///a", "/"), (" /a", "/"), ("//[", "/"),
    ],
)  # fmt: skip
def test_only_paths_of_this_site_are_gone_back_to(address: str, path: str) -> None:
    assert local_path(address) == path


def test_plurals_follow_the_count() -> None:
    english = translator("en")
    assert english.say_plural("{count} day", "{count} days", 1) == "1 day"
    assert english.say_plural("{count} day, {place}", "{count} days, {place}", 2, place="Boden") == "2 days, Boden"


def test_messages_come_in_the_readers_language() -> None:
    template = mark("There is no challenge with the id {id}.")
    assert translator("sv").say(template, id="7") == "Det finns ingen utmaning med id 7."
    assert translator("en").say(template, id="7") == "There is no challenge with the id 7."
    assert translator("fi").language == "sv"


def test_file_problems_and_remedies_are_lines_of_their_own() -> None:
    problem = FileProblem(mark("is not JSON: {reason}"), line=3, reason="x")
    said = translator("sv").say_error(InvalidFileError("f.jsonl", [problem]))
    assert said.splitlines() == ["f.jsonl har 1 fel; ingenting har skrivits.", "  rad 3: är inte JSON: x"]
    said = translator("en").say_error(SetupError("x", remedy="make setup"))
    assert said.splitlines() == ["x", "What to do: make setup"]


def test_every_message_is_translated_with_the_same_placeholders() -> None:
    path = ROOT / "src" / "matchmaker" / "locales" / "sv" / "LC_MESSAGES" / "matchmaker.po"
    with path.open("rb") as stream:
        catalog = read_po(stream, locale="sv")
    for message in catalog:
        if message.id:
            forms = list(message.string) if message.pluralizable else [message.string]
            assert all(forms), message.id
            # A singular may say "one" where the plural has a number.
            template = message.id[-1] if message.pluralizable else message.id
            assert sorted(_placeholders(template)) == sorted(_placeholders(forms[-1])), message.id


def _placeholders(template: str) -> list[str]:
    return [part.split("}")[0] for part in template.split("{")[1:]]
