"""Numbers are those that Skatteverket and PTS keep for tests and fiction; names are made of letters nobody bears."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.text.personal_data import PersonalDataKind, find_personal_data

ID, MAIL, PHONE, NAME = (
    PersonalDataKind.IDENTITY_NUMBER,
    PersonalDataKind.E_MAIL,
    PersonalDataKind.TELEPHONE,
    PersonalDataKind.NAME,
)


def found(text: str) -> list[tuple[PersonalDataKind, str]]:
    return [(own.kind, text[own.start : own.end]) for own in find_personal_data(text)]


def luhn_digit(nine: str) -> int:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(nine)]
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """Birth numbers 980 to 999 are given to nobody: Skatteverket keeps them for tests."""
    born = draw(st.dates(date(1927, 1, 1), date(2026, 1, 1)))
    day = born.day + 60 * draw(st.booleans())
    nine = f"{born:%y%m}{day:02}{draw(st.integers(980, 999))}"
    century = f"{born:%Y}"[:2] if draw(st.booleans()) else ""
    return f"{century}{nine[:6]}{draw(st.sampled_from(['', '-', '–', ' ']))}{nine[6:]}{luhn_digit(nine)}"


@given(
    identity_numbers(),
    st.sampled_from(["", "Brukaren (", "pnr ", "Se ", "\n", "nr:"]),
    st.sampled_from(["", ")", ".", ", ", " kom"]),
)
def test_every_identity_number_in_any_form_is_found(number: str, before: str, after: str) -> None:
    assert (ID, number) in found(f"{before}{number}{after}")


@given(identity_numbers())
def test_one_wrong_digit_makes_it_no_identity_number(number: str) -> None:
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert ID not in [kind for kind, _ in found(wrong)]


@given(st.one_of(st.text(max_size=300), st.text(alphabet="0123456789 -+().@åAB elevn\n", max_size=300)))
def test_any_text_gives_findings_in_order_that_do_not_overlap(text: str) -> None:
    findings = find_personal_data(text)
    ends = [0, *(own.end for own in findings)]
    assert all(end <= own.start < own.end <= len(text) for end, own in zip(ends, findings, strict=False))


def test_a_centenarians_number_has_a_plus() -> None:
    assert found("född 18900102+9819?") == [(ID, "18900102+9819")]


@pytest.mark.parametrize(
    "number",
    ["070-1740605", "070-174 06 05", "0701740605", "070 174 06 05", "+46701740605", "+46 70 174 06 05",
     "+46 (0)70-174 06 05", "0046 70 1740605", "08-46500400", "08-465 004 00", "(08) 465 004 00",
     "031-3900600", "040-628 04 00", "0980-319200"],
)  # fmt: skip
def test_telephone_numbers_as_people_write_them(number: str) -> None:
    assert found(f"Ring {number}, helst före tolv.") == [(PHONE, number)]


@pytest.mark.parametrize(
    "text",
    ["åren 2019-2026", "2026-11-25", "25-11-2026", "08-12-2026", "den 1/12 2026", "1 250 000 kr", "dnr KS 2026/123",
     "KS 2026/00123", "SWEREF 7294500, 828000", "65.5848, 22.1547", "972 31 Luleå", "12 500 m²", "kl. 08-17",
     "kl. 08.00-16.30",
     "öppet 0800-1630", "väg 0,5 km", "org.nr 202100-2841", "bankgiro 000-0000", "ISO 9001:2015", "2025-00966",
     "0,25-0,50",
     "EU 2016/679", "fastighet 1:234", "112 och 1177"],
)  # fmt: skip
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_e_mail_addresses_without_what_stands_around_them() -> None:
    assert found("Skriv till fornamn.efternamn@example.org. Tack!") == [(MAIL, "fornamn.efternamn@example.org")]
    assert found("<info@example.com>") == [(MAIL, "info@example.com")]
    assert found("@kommunen i Boden, a@b") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Vi har provat med elev A.B. i två år.", "A.B."),
        ("Eleven K. kommer inte till skolan.", "K."),
        ("Brukaren Karin ringer varje natt.", "Karin"),
        ("Det gäller patienten Björn på korttids.", "Björn"),
        ("Vi mötte klienten Xyzmo igår.", "Xyzmo"),
        ("Två elever, eleverna Anna och någon till.", "Anna"),
        ("kunden Karin Xström klagar", "Karin Xström"),
        ("The patient Karin calls every night.", "Karin"),
        ("Our client A.B. moved.", "A.B."),
        ("I somras fick Karin Xström vänta.", "Karin Xström"),
        ("Då kom Xyzmo Xyström förbi.", "Xyzmo Xyström"),
    ],
)
def test_names_are_told_where_the_text_says_that_they_are(text: str, name: str) -> None:
    assert found(text) == [(NAME, name)]


@pytest.mark.parametrize(
    "text",
    [
        "Eleven kommer. Brukaren går.",
        "Elever i Boden och Luleå kommun åker buss.",
        "Kunden Norrbottens Kommuner vill ha Microsoft Teams.",
        "Vi samarbetar med Region Norrbotten, Luleå tekniska universitet och Horizon Europe.",
        "Patient Safety Act och Student Union",
        "Källare i Gamla Staden, Norra Hamn och Övre Norrland",
        "Vid Karin Boyes plats, på Sven Duvas väg och i Folke Bernadotteakademin",
        "Marie Curie Actions och Max Planck Institute",
        "Elevens Chromebook, brukarens Teams-möte",
    ],
)
def test_places_organisations_and_programmes_are_no_names(text: str) -> None:
    assert found(text) == []
