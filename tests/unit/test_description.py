"""What an officer may send, and what is told of what is wrong."""

from datetime import date

import pytest

from matchmaker.domain.description import InvalidDescriptionError, Visibility, find_problems, read_description

TODAY = date(2026, 11, 25)
MUNICIPALITIES = ("2580", "2514")
AREAS = ("health_and_care", "digitalisation")
TYPED: dict[str, str | list[str]] = {
    "municipality": "2580",
    "title": " Källare översvämmas ",
    "problem": "Vatten tränger in i källare vid skyfall.",
    "tried": "",
    "success": "Torra källare.",
    "by_when": "2027-05-31",
    "offers": "Mätdata från pumpstationer.",
    "areas": ["digitalisation"],
    "visibility": "public",
    "contact_role": "VA-ingenjör",
    "contact_email": "va@kommun.example",
    "case_number": "KS 2026/123",
}


def test_what_was_typed_becomes_a_description() -> None:
    described = read_description(TYPED, MUNICIPALITIES, AREAS, TODAY)
    assert described.title == "Källare översvämmas"
    assert described.by_when == date(2027, 5, 31)
    assert (described.areas, described.visibility) == (("digitalisation",), Visibility.PUBLIC)
    assert described.matched_text == "Vatten tränger in i källare vid skyfall.\n\nTorra källare."


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("municipality", "", "Choose your municipality"),
        ("municipality", "0180", "Choose your municipality"),
        ("title", "  ", "title"),
        ("title", "???", "no words"),
        ("title", "t" * 301, "301 characters long; at most 300"),
        ("problem", "", "what the problem is"),
        ("problem", "12 34", "no words"),
        ("problem", "ord " * 2000, "7999 characters"),
        ("offers", "x" * 6001, "6001 characters"),
        ("by_when", "i vår", "not a date"),
        ("by_when", "2026-02-30", "not a date"),
        ("by_when", "2026-11-24", "has passed"),
        ("areas", ["astrology"], "among the areas"),
        ("visibility", "", "who may see"),
        ("visibility", "secret", "who may see"),
        ("contact_role", "", "your role"),
        ("contact_email", "", "e-mail address"),
        ("contact_email", "va@kommun", "not an e-mail address"),
        ("contact_email", "a b@kommun.example", "not an e-mail address"),
        ("contact_email", "va@kommun.example, b@kommun.example", "not an e-mail address"),
        ("case_number", "x" * 301, "301 characters"),
    ],
)
def test_each_wrong_field_is_named_alone(field: str, value: str | list[str], words: str) -> None:
    with pytest.raises(InvalidDescriptionError) as raised:
        read_description({**TYPED, field: value}, MUNICIPALITIES, AREAS, TODAY)
    [problem] = raised.value.problems
    assert problem.field == field
    assert words in problem.template.format(**problem.values)


def test_an_empty_form_names_every_field_that_is_needed() -> None:
    problems = find_problems({}, MUNICIPALITIES, AREAS, TODAY)
    assert [one.field for one in problems] == [
        "municipality", "title", "contact_role", "contact_email", "problem", "visibility"
    ]  # fmt: skip


def test_only_the_asked_fields_are_looked_at() -> None:
    assert [one.field for one in find_problems({}, MUNICIPALITIES, AREAS, TODAY, ["problem"])] == ["problem"]


def test_today_is_not_too_late() -> None:
    assert read_description({**TYPED, "by_when": "2026-11-25"}, MUNICIPALITIES, AREAS, TODAY).by_when == TODAY
