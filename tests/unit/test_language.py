import pytest

from matchmaker.domain.language import Language
from matchmaker.text.language import detect_language

SAMPLES = [
    ("Äldreomsorg", "sv"),
    ("Vi vill ha fler lärare", "sv"),
    ("Källare översvämmas vid skyfall", "sv"),
    ("buller", "sv"),
    ("Elderly care", "en"),
    ("How can a small municipality keep its teachers?", "en"),
    ("Kellarit tulvivat rankkasateella ja lumen sulaessa", "fi"),
    ("Подвалы затапливает после сильных дождей", "ru"),
    ("مياه الأمطار تغمر الأقبية", "ar"),
    ("Der Bürgermeister möchte wissen, wie man Überschwemmungen in den Kellern der Altstadt verhindern kann.", "de"),
]


@pytest.mark.parametrize(("text", "code"), SAMPLES)
def test_language_of_needs(text: str, code: str) -> None:
    detected = detect_language(text)
    assert detected.code == code
    assert detected.language == (Language(code) if code in ("sv", "en") else Language.OTHER)


def test_a_short_text_is_not_called_certain() -> None:
    assert not detect_language("buller").certain


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("sv", Language.SWEDISH), ("sv-SE", Language.SWEDISH), ("EN_us", Language.ENGLISH), ("swe", Language.SWEDISH),
        ("fi", Language.OTHER), (None, None), ("  ", None),
    ],
)  # fmt: skip
def test_codes(code: str | None, language: Language | None) -> None:
    assert Language.of(code) is language
