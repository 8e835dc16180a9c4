import pytest

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import NoticeCode
from matchmaker.text.query import MAXIMUM_CHARACTERS, read_query


@pytest.mark.parametrize("text", ["", "   \n\t", "😀 🎉", "12345 !!", "<br><br>", "\x00\x01"])
def test_a_challenge_without_words_is_refused(text: str) -> None:
    with pytest.raises(InvalidChallengeError) as raised:
        read_query(Challenge("c", text))
    assert raised.value.field == "text"


def test_a_challenge_that_is_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(InvalidChallengeError, match=f"200000.*{MAXIMUM_CHARACTERS}"):
        read_query(Challenge("c", "ord " * 50_000))


def test_half_characters_are_refused() -> None:
    with pytest.raises(InvalidChallengeError, match="surrogates"):
        read_query(Challenge("c", "Buller \ud800 från tåg"))


def test_a_title_that_is_too_long_names_the_title() -> None:
    with pytest.raises(InvalidChallengeError) as raised:
        read_query(Challenge("c", "text", "t" * 301))
    assert raised.value.field == "title"


@pytest.mark.parametrize(
    ("text", "notices"),
    [
        ("Snöröjning", [NoticeCode.SHORT_TEXT]),
        ("<p>Källare översvämmas vid skyfall i byn</p>", [NoticeCode.MARKUP_REMOVED]),
        ("Kellarit tulvivat rankkasateella ja lumen sulaessa", [NoticeCode.UNSUPPORTED_LANGUAGE]),
        ("Källare översvämmas vid skyfall i våra bostadsområden", []),
    ],
)
def test_what_the_sender_must_know_is_noticed(text: str, notices: list[NoticeCode]) -> None:
    found = [one for one in read_query(Challenge("c", text)).notices if one is not NoticeCode.UNCERTAIN_LANGUAGE]
    assert found == notices


def test_a_given_language_is_believed_and_not_called_detected() -> None:
    query = read_query(Challenge("c", "Källare översvämmas", None, Language.ENGLISH))
    assert (query.language, query.language_detected) == (Language.ENGLISH, False)


def test_the_title_counts_and_a_long_challenge_has_passages() -> None:
    query = read_query(Challenge("c", "Vattnet stiger i källaren. " * 100, "Översvämning"))
    assert query.text.startswith("Översvämning. Vattnet")
    assert len(query.passages) == 3
    assert query.passages[0].startswith("Översvämning.")


def test_the_title_is_no_sentence_of_the_text_unless_there_is_no_other() -> None:
    assert read_query(Challenge("c", "Vattnet stiger. Vem hjälper oss?", "Källare")).sentences == (
        "Vattnet stiger.",
        "Vem hjälper oss?",
    )
    assert read_query(Challenge("c", "", "Buller från tåg stör")).sentences == ("Buller från tåg stör",)


def test_a_title_alone_is_enough() -> None:
    assert read_query(Challenge("c", "", "Buller från godståg stör grannar")).text == "Buller från godståg stör grannar"
