"""Sessions: how long they last, what becomes of a cookie's value, and how they end; by a clock of the test's own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matchmaker.db import access_record
from matchmaker.db.session import Database
from matchmaker.domain.access import Role
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.account import Account, SignInRefusedError
from matchmaker.review.identity import accounts, mail_links, sessions
from matchmaker.review.identity.passwords import check_sign_in
from matchmaker.settings import Settings
from tests.conftest import ROOT
from tests.identity_place import OTHER_PASSWORD, PASSWORD

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=ROOT / "data", state_dir=tmp_path, session_idle_minutes=30, session_hours=10)


@pytest.fixture
def account(database: Database, settings: Settings) -> Account:
    return accounts.add_local(database, settings, Role.ADVISER, PASSWORD)


@pytest.fixture
def with_provider(settings: Settings) -> Settings:
    given = {"oidc_issuer": "https://sso.example", "oidc_client_id": "matchmaker", "oidc_client_secret": "secret"}
    return Settings(**{**settings.model_dump(), **given})


def test_a_session_ends_when_it_is_not_used(database: Database, settings: Settings, account: Account) -> None:
    token = sessions.begin(database, settings, account, now=NOW)
    used = NOW + 29 * MINUTE
    resumed = sessions.resume(database, settings, token, now=used)
    assert resumed
    token = resumed.new_token or token
    assert sessions.resume(database, settings, token, now=used + 29 * MINUTE)
    again = sessions.begin(database, settings, account, now=NOW)
    assert sessions.resume(database, settings, again, now=NOW + 30 * MINUTE) is None


def test_what_a_page_asks_by_itself_keeps_no_session_alive(
    database: Database, settings: Settings, account: Account
) -> None:
    token = sessions.begin(database, settings, account, now=NOW)
    for minute in range(1, 30):
        assert sessions.resume(database, settings, token, is_use=False, now=NOW + minute * MINUTE)
    assert sessions.resume(database, settings, token, is_use=False, now=NOW + 30 * MINUTE) is None


def test_a_session_ends_however_much_it_is_used(database: Database, settings: Settings, account: Account) -> None:
    token, now = sessions.begin(database, settings, account, now=NOW), NOW
    while now < NOW + timedelta(hours=10) - 20 * MINUTE:
        now += 20 * MINUTE
        resumed = sessions.resume(database, settings, token, now=now)
        assert resumed
        token = resumed.new_token or token
    assert sessions.resume(database, settings, token, now=NOW + timedelta(hours=10)) is None


def test_the_value_changes_and_the_old_one_is_good_until_the_new_one_has_arrived(
    database: Database, settings: Settings, account: Account
) -> None:
    old = sessions.begin(database, settings, account, now=NOW)
    assert sessions.resume(database, settings, old, now=NOW + 14 * MINUTE).new_token is None
    later = NOW + 16 * MINUTE
    new = sessions.resume(database, settings, old, now=later).new_token
    assert new and new != old
    lost = sessions.resume(database, settings, old, now=later + 5 * MINUTE)
    assert lost and lost.new_token is None, "the answer with the new one may be lost"
    assert sessions.resume(database, settings, new, now=later + 6 * MINUTE)
    assert sessions.resume(database, settings, old, now=later + 6.5 * MINUTE), "requests that are under way"
    assert sessions.resume(database, settings, new, now=later + 8 * MINUTE)


def test_a_value_that_comes_back_after_it_was_replaced_ends_the_session_for_both(
    database: Database, settings: Settings, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    other = sessions.begin(database, settings, account, now=NOW)
    copied = sessions.begin(database, settings, account, now=NOW)
    later = NOW + 16 * MINUTE
    thiefs = sessions.resume(database, settings, copied, now=later).new_token
    assert sessions.resume(database, settings, thiefs, now=later + MINUTE)
    assert sessions.resume(database, settings, copied, is_use=False, now=later + 3 * MINUTE) is None, "the owner's"
    assert sessions.resume(database, settings, thiefs, now=later + 3 * MINUTE) is None, "and the thief's"
    assert sessions.resume(database, settings, other, now=later + 3 * MINUTE), "of no other session"
    with database.reading() as session:
        [noted] = access_record.list_acts(session, 5, AccessAct.VALUE_REUSED)
    assert noted.about == account.label and "came back" in caplog.text
    assert not any(one in caplog.text for one in (copied, thiefs))


def test_an_old_value_is_known_however_often_it_was_replaced(
    database: Database, settings: Settings, account: Account
) -> None:
    first = token = sessions.begin(database, settings, account, now=NOW)
    for number in range(1, 5):
        now = NOW + number * 16 * MINUTE
        token = sessions.resume(database, settings, token, now=now).new_token
        assert token and sessions.resume(database, settings, token, now=now + MINUTE)
    assert sessions.resume(database, settings, first, now=NOW + 66 * MINUTE) is None
    assert sessions.resume(database, settings, token, now=NOW + 66 * MINUTE) is None


def test_a_session_is_the_same_one_while_its_value_changes(
    database: Database, settings: Settings, account: Account
) -> None:
    token = sessions.begin(database, settings, account, now=NOW)
    first = sessions.resume(database, settings, token, now=NOW)
    second = sessions.resume(database, settings, token, now=NOW + 16 * MINUTE)
    third = sessions.resume(database, settings, second.new_token, now=NOW + 17 * MINUTE)
    assert first.session.id == second.session.id == third.session.id, "forms stay good"


def test_ending_an_account_or_changing_its_password_ends_its_sessions(
    database: Database, settings: Settings, account: Account
) -> None:
    token = sessions.begin(database, settings, account)
    accounts.set_password(database, settings, account.label, OTHER_PASSWORD)
    assert sessions.resume(database, settings, token) is None
    assert check_sign_in(database, settings, account.label, PASSWORD) is None
    assert check_sign_in(database, settings, account.label, OTHER_PASSWORD)
    token = sessions.begin(database, settings, account)
    accounts.end_account(database, account.label)
    assert sessions.resume(database, settings, token) is None
    assert check_sign_in(database, settings, account.label, OTHER_PASSWORD) is None
    assert accounts.sign_in_is_set_up(database, settings), "ending the last account opens nothing"


def test_a_password_opens_nothing_once_there_is_a_provider(
    database: Database, settings: Settings, with_provider: Settings, account: Account
) -> None:
    token = sessions.begin(database, settings, account)
    assert sessions.resume(database, with_provider, token) is None
    assert check_sign_in(database, with_provider, account.label, PASSWORD) is None
    assert accounts.desk_labels(database, with_provider) == []


def test_numbers_are_never_given_twice(database: Database, settings: Settings, with_provider: Settings) -> None:
    labels = [
        accounts.provider_account(database, with_provider, "https://sso.example", one, [Role.ADVISER]).label
        for one in ("a", "b", "a", "c")
    ]
    assert labels == ["adviser-1", "adviser-2", "adviser-1", "adviser-3"]
    other = accounts.provider_account(database, with_provider, "https://other.example", "a", [Role.ADVISER])
    assert other.label == "adviser-4", "a subject is its issuer's"


def test_a_role_that_is_taken_is_gone_at_once(database: Database, settings: Settings, with_provider: Settings) -> None:
    issuer = "https://sso.example"
    known = accounts.provider_account(database, with_provider, issuer, "a", [Role.ADVISER])
    token = sessions.begin(database, with_provider, known)
    with pytest.raises(SignInRefusedError):
        accounts.provider_account(database, with_provider, issuer, "a", [])
    assert sessions.resume(database, with_provider, token) is None
    assert accounts.provider_account(database, with_provider, issuer, "a", [Role.STEWARD]).label == known.label


def test_a_link_is_good_for_ten_minutes(database: Database, settings: Settings) -> None:
    sent: list[str] = []
    mail_links.request_link(database, settings, "a@lulea.se", lambda one: sent.append(one) or one, NOW)
    assert mail_links.is_good(database, sent[0], NOW + 9 * MINUTE)
    assert not mail_links.is_good(database, sent[0], NOW + 10 * MINUTE)
    with pytest.raises(SignInRefusedError):
        mail_links.use_link(database, settings, sent[0], NOW + 10 * MINUTE)
    officer = mail_links.use_link(database, settings, sent[0], NOW + 9 * MINUTE)
    assert (officer.municipality, officer.roles) == ("2580", {Role.OFFICER})
    with pytest.raises(SignInRefusedError):
        mail_links.use_link(database, settings, sent[0], NOW + 9 * MINUTE)


def test_a_domain_that_the_operator_takes_out_opens_nothing(database: Database, settings: Settings) -> None:
    sent: list[str] = []
    mail_links.request_link(database, settings, "a@lulea.se", lambda one: sent.append(one) or one, NOW)
    other = Settings(**{**settings.model_dump(), "mail_domains": "2582=boden.se"})
    with pytest.raises(SignInRefusedError):
        mail_links.use_link(database, other, sent[0], NOW)
    mail_links.request_link(database, other, "a@lulea.se", lambda one: sent.append(one) or one, NOW)
    assert len(sent) == 1


def test_only_digests_are_stored(database: Database, settings: Settings, account: Account) -> None:
    sent: list[str] = []
    token = sessions.begin(database, settings, account)
    mail_links.request_link(database, settings, "a@lulea.se", lambda one: sent.append(one) or one)
    with database.engine.connect() as connection:
        for table in ("account", "sign_in_session", "sign_in_link"):
            rows = str(connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall())
            assert not any(one in rows for one in (token, sent[0], "lulea", PASSWORD)), table
