import pytest

from matchmaker.text.normalise import clean_text, word_count


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<p>Källare <b>översvämmas</b></p><script>alert(1)</script>", "Källare översvämmas"),
        ("a &amp; b", "a & b"),
        ("<html><head><title>Behov</title><body><p>Källare", "Behov\nKällare"),
        ("Vi skrev <script> i texten och källare översvämmas", "Vi skrev i texten och källare översvämmas"),
        ("om a <x och c är större> källare", "om a <x och c är större> källare"),
        ("<p>Mejl <anna@example.org> till</p>", "Mejl <anna@example.org> till"),
        ("rad ett\r\n\r\n\r\n  rad två", "rad ett\nrad två"),
        ("dag\u00advatten\u200b\ufeff", "dagvatten"),
        ("ett\x00två\x1b[31m", "ett två [31m"),
        ("a\u0308pple och o\u0308ga", "äpple och öga"),
        ("  \t ", ""),
    ],
)
def test_text_is_cleaned(raw: str, clean: str) -> None:
    assert clean_text(raw).text == clean


def test_signs_that_only_look_like_markup_stay() -> None:
    cleaned = clean_text("färre än 5 < 7 personer, x<y & z")
    assert cleaned.text == "färre än 5 < 7 personer, x<y & z"
    assert not cleaned.markup_removed


def test_removed_markup_is_told() -> None:
    assert clean_text("<br>Hej").markup_removed


@pytest.mark.parametrize(("text", "words"), [("två ord", 2), ("😀 112 --", 0), ("IT-stöd", 1), ("", 0)])
def test_words_have_letters(text: str, words: int) -> None:
    assert word_count(text) == words


@pytest.mark.parametrize("opening", ["<script>", "<!--", "<a ", '<a href="', "<![CDATA[", "<?", "</style>", "&#"])
def test_what_is_opened_and_never_closed_hides_nothing_however_often(opening: str) -> None:
    """Two million characters: read in a time that grew with their square, they would keep a server for an hour."""
    hostile = opening * (2_000_000 // len(opening))
    assert clean_text(f"<p>Källare {hostile}</p> översvämmas").text.startswith("Källare")
    assert clean_text(f"{hostile}<p>översvämmas").text.endswith("översvämmas")


def test_a_tags_values_and_hidden_elements_are_not_read() -> None:
    assert clean_text(
        '<p title="a > b">Hej <STYLE>p{}</style >du <!-- <b>--> <script>x<b></script> &lt;b&gt;'
    ).text == ("Hej du <b>")
