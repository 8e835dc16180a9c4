"""The rules of sign-in that need no database: passwords, domains, roles, where one may be led, settings."""

from pathlib import Path

import httpx2
import pytest
from pydantic import ValidationError

from matchmaker.catalogue.seed import read_municipalities
from matchmaker.domain.access import Role
from matchmaker.domain.account import InvalidPasswordError
from matchmaker.review.identity.domains import mail_domains, municipality_of
from matchmaker.review.identity.passwords import check_password
from matchmaker.review.identity.secrets import installation_key
from matchmaker.settings import Settings
from matchmaker_api.identity.provider import REST_SECONDS, Provider, map_roles
from tests.conftest import ROOT


@pytest.mark.parametrize(
    "password",
    ["elva tecken", "password1234", "Lösenord!2026", "sommarsommar1", "123456789012", "aaaaaaaaaaaaaaaa",
     "abababababab", "Matchmaker-2026", "iloveyou2026!", "P4ssw0rd!2026", "1qaz2wsx3edc", "8392017465920",
     "12345678901234567890", "abc1abc1abc1abc1", "QWERTYUIOP12", "x" * 300],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    with pytest.raises(InvalidPasswordError):
        check_password(password)


@pytest.mark.parametrize(
    "password",
    ["blå hästar äter gräs", "Tj4l-sprang3r-vagar", "åäöÅÄÖ ij kl mn", "sommar i norr 7 mil", "83920174655029384756"],
)
def test_long_ones_need_no_signs(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize(
    ("told", "roles"),
    [
        (["staff", "adviser"], {Role.ADVISER}),
        (["innovation", "boss"], {Role.ADVISER, Role.ADMINISTRATOR}),
        ("steward,adviser other", {Role.STEWARD, Role.ADVISER}),
        (["Adviser", "adviser-of-studies", " adviser"], set()),
        ([["adviser"], {"adviser": True}, None], set()),
        ({"adviser": True}, set()),
        (None, set()),
        (17, set()),
    ],
)
def test_roles_are_whole_values_of_the_claim(told: object, roles: set[Role]) -> None:
    settings = Settings(oidc_adviser_values="adviser, innovation", oidc_administrator_values="boss")
    assert map_roles(settings, told) == roles


def test_a_role_without_a_value_is_nobodys() -> None:
    assert map_roles(Settings(oidc_administrator_values=""), ["", "administrator"]) == frozenset()


def test_every_municipality_has_a_domain_and_every_domain_a_municipality() -> None:
    settings = Settings(data_dir=ROOT / "data")
    codes = {one.code for one in read_municipalities(settings.catalogue_folder)}
    assert {one.municipality for one in mail_domains(settings)} == codes
    unchecked = [one for one in mail_domains(settings) if not one.is_checked]
    assert unchecked, "those without a source say so"
    assert {municipality_of(settings, f"a@{one.domain}") for one in unchecked} == {None}
    assert municipality_of(settings, "a@lulea.se") == "2580"


def test_the_operators_domains_take_the_place_of_the_shipped_ones() -> None:
    settings = Settings(data_dir=ROOT / "data", mail_domains="2580=Lulea.se, 2580=edu.lulea.se")
    assert municipality_of(settings, "a@LULEA.se") == municipality_of(settings, "a@edu.lulea.se") == "2580"
    assert municipality_of(settings, "a@boden.se") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_domains": "2580:lulea.se"},
        {"mail_domains": "2580=lulea"},
        {"mail_domains": "2580=lulea.se,2582=lulea.se"},
        {"public_url": "http://matchmaker.example"},
        {"public_url": "matchmaker.example"},
        {"oidc_issuer": "http://sso.example"},
        {"oidc_issuer": "https://sso.example"},
        {"oidc_client_secret": "alone"},
        {"secret_key": "short"},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as told:
        Settings(**wrong)
    assert "alone" not in str(told.value)


def test_the_installations_key_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "state")
    key = installation_key(settings)
    file = tmp_path / "state" / "identity.key"
    assert len(key) == 32 and file.read_bytes() == key and file.stat().st_mode & 0o777 == 0o600
    assert installation_key(settings) == key
    assert installation_key(Settings(secret_key="k" * 32)) == b"k" * 32


def test_a_provider_that_did_not_answer_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"oidc_issuer": "https://sso.example", "oidc_client_id": "matchmaker", "oidc_client_secret": "secret"}
    asked: list[float] = []
    clock = [1000.0]

    def unreachable(*_: object) -> None:
        asked.append(clock[0])
        raise httpx2.ConnectTimeout("nobody answers")

    monkeypatch.setattr("matchmaker_api.identity.provider.from_thread.run", unreachable)
    monkeypatch.setattr("matchmaker_api.identity.provider.time.monotonic", lambda: clock[0])
    provider = Provider(Settings(**given))
    assert [provider.end_address() for _ in range(5)] == [None] * 5
    assert asked == [1000.0], "each of these would hold up a thread for seconds"
    clock[0] += REST_SECONDS + 1
    assert provider.end_address() is None and len(asked) == 2
