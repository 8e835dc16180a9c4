"""What somebody does with the own account, and what administrators read of acts on access."""

import re
from datetime import UTC, datetime

import pytest

from matchmaker.db.webhooks import add_endpoint
from matchmaker.domain.access import Role
from matchmaker.domain.access_event import OPERATOR, SETTINGS, AccessAct
from matchmaker.review.access_record import list_acts, note_domains
from matchmaker.review.identity.accounts import add_local
from matchmaker.review.identity.passwords import check_sign_in
from matchmaker.review.identity.sessions import list_live
from matchmaker.workspace import Workspace
from tests.identity_place import OTHER_PASSWORD, PASSWORD, form_token, sign_in
from tests.integration.sign_in_place import Browse, app, browse, place, quick_hashes

__all__ = ["app", "browse", "place", "quick_hashes"]  # fixtures


@pytest.fixture
def adviser(place: Workspace) -> str:
    return add_local(place.database, place.settings, Role.ADVISER, PASSWORD).label


@pytest.fixture
def administrator(place: Workspace) -> str:
    return add_local(place.database, place.settings, Role.ADMINISTRATOR, OTHER_PASSWORD).label


def test_the_access_page_tells_who_did_what_and_no_secret(
    browse: Browse, place: Workspace, adviser: str, administrator: str
) -> None:
    client, other = browse(), browse()
    sign_in(client, administrator, OTHER_PASSWORD)
    sign_in(other, adviser)
    token = form_token(client.get("/desk/access").text)
    sent = {"client": "portal", "scopes": ["match"], "municipalities": ["2580"], "days": "30", "form_token": token}
    made = re.search(r"mm_[0-9a-f]{12}_([\w-]{43})", client.post("/desk/access/keys", data=sent).text)
    assert made
    known, secret = made.group()[:15], made.group(1)
    session = next(one for one in list_live(place.database, place.settings) if one.account.label == adviser)
    with place.database.transaction() as writing:
        named = {"client": "portal", "municipality": "2580", "url": "https://x.example/", "events": []}
        hook = add_endpoint(writing, **named, now=datetime.now(UTC))[0]
    for act in (
        f"keys/{known[3:]}/revoke",
        f"sessions/{session.id}/end",
        f"accounts/{adviser}/end",
        f"accounts/{adviser}/take-up",
        f"webhooks/{hook.id}/deactivate",
    ):
        assert client.post(f"/desk/access/{act}", data={"form_token": token}).status_code == 200, act
    acts = list_acts(place.database)
    assert [(one.by, one.act, one.about) for one in acts[:6]] == [
        (administrator, AccessAct.ENDPOINT_DEACTIVATED, hook.id),
        (administrator, AccessAct.ACCOUNT_TAKEN_UP, adviser),
        (administrator, AccessAct.ACCOUNT_ENDED, adviser),
        (administrator, AccessAct.SESSION_ENDED, adviser),
        (administrator, AccessAct.KEY_REVOKED, known),
        (administrator, AccessAct.KEY_MADE, known),
    ]
    assert (OPERATOR, AccessAct.ACCOUNT_MADE, administrator) in [(one.by, one.act, one.about) for one in acts]
    page = client.get("/desk/access").text
    assert "made an API key" in page and secret not in page
    assert not any(secret in f"{one.about} {one.details}" for one in acts)


def test_a_refused_act_is_not_in_the_record(browse: Browse, place: Workspace, administrator: str) -> None:
    client = browse()
    sign_in(client, administrator, OTHER_PASSWORD)
    token = form_token(client.get("/desk/access").text)
    before = list_acts(place.database)
    client.post("/desk/access/keys/000000000000/revoke", data={"form_token": token})
    client.post("/desk/access/accounts/adviser-9/end", data={"form_token": token})
    client.post("/desk/access/keys", data={"client": "Fel namn", "form_token": token})
    client.post("/desk/access/sessions/nowhere/end", data={"form_token": token})
    assert list_acts(place.database) == before


def test_other_mail_domains_are_noted_once_when_a_server_starts(place: Workspace) -> None:
    def noted() -> list[str]:
        acts = [one for one in list_acts(place.database) if one.act is AccessAct.DOMAINS_CHANGED]
        assert {one.by for one in acts} <= {SETTINGS}
        return [one.details for one in acts]

    before = len(noted())  # a server may have started over this database already
    place.settings.mail_domains = "2580=lulea.se"
    note_domains(place.database, place.settings)
    note_domains(place.database, place.settings)
    place.settings.mail_domains = "2580=lulea.se,2582=boden.se"
    note_domains(place.database, place.settings)
    assert noted()[:2] == ["2580=lulea.se,2582=boden.se", "2580=lulea.se"] and len(noted()) == before + 2


def test_somebody_changes_the_own_password_knowing_the_present_one(
    browse: Browse, place: Workspace, adviser: str
) -> None:
    client, elsewhere = browse(), browse()
    sign_in(client, adviser)
    sign_in(elsewhere, adviser)
    token = form_token(client.get("/account/password").text)

    def change(present: str, fresh: str, again: str) -> int:
        sent = {"password": present, "new_password": fresh, "new_password_again": again, "form_token": token}
        answer = client.post("/account/password", data=sent, follow_redirects=False)
        assert fresh not in answer.text and present not in answer.text
        return answer.status_code

    assert change("not the present one", OTHER_PASSWORD, OTHER_PASSWORD) == 422
    assert change(PASSWORD, OTHER_PASSWORD, "something else now") == 422
    assert change(PASSWORD, "lösenord-2026", "lösenord-2026") == 422
    assert change(PASSWORD, PASSWORD, PASSWORD) == 422
    assert check_sign_in(place.database, place.settings, adviser, PASSWORD)
    assert elsewhere.get("/account").status_code == 200
    assert change(PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD) == 303
    assert client.get("/account", follow_redirects=False).status_code == 200
    assert elsewhere.get("/account", follow_redirects=False).status_code == 303, "at other browsers it is over"
    assert check_sign_in(place.database, place.settings, adviser, PASSWORD) is None
    sign_in(elsewhere, adviser, OTHER_PASSWORD)


def test_guessing_the_present_password_is_limited_as_signing_in_is(browse: Browse, adviser: str) -> None:
    client = browse()
    sign_in(client, adviser)
    sent = {"password": "wrong", "new_password": OTHER_PASSWORD, "new_password_again": OTHER_PASSWORD}
    sent["form_token"] = form_token(client.get("/account/password").text)
    answers = [client.post("/account/password", data=sent).status_code for _ in range(10)]
    assert answers == [422] * 9 + [429], "the sign-in was one of ten tries"


def test_a_session_that_is_over_shows_no_password_again(browse: Browse, adviser: str) -> None:
    sent = {"password": PASSWORD, "new_password": OTHER_PASSWORD, "new_password_again": OTHER_PASSWORD}
    answer = browse().post("/account/password", data=sent)
    assert answer.status_code == 401 and PASSWORD not in answer.text and OTHER_PASSWORD not in answer.text


def test_every_page_of_who_is_signed_in_has_a_way_out(browse: Browse, adviser: str) -> None:
    client = browse()
    assert 'action="/account/sign-out"' not in client.get("/").text
    sign_in(client, adviser)
    for path in ("/", "/data", "/challenges/new", "/desk", "/account"):
        header = client.get(path).text.partition("<main")[0]
        assert 'action="/account/sign-out"' in header and "form_token" in header, path
    client.post("/account/sign-out", data={"form_token": form_token(client.get("/").text)})
    assert client.get("/account", follow_redirects=False).status_code == 303
