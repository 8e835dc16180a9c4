"""Signing in over HTTP: with a password, by mail; what needs it, and what forms must carry."""

import re

import pytest
from fastapi import FastAPI, Request

from matchmaker.db.cases import get_case
from matchmaker.domain.access import Role
from matchmaker.review.identity.accounts import add_local
from matchmaker.review.identity.sessions import list_live
from matchmaker.workspace import Workspace
from matchmaker_api.pages.rendering import environment
from tests.identity_place import OTHER_PASSWORD, PASSWORD, form_token, sign_in
from tests.integration.cases import send
from tests.integration.sign_in_place import HERE, Browse, app, browse, place, quick_hashes

__all__ = ["app", "browse", "place", "quick_hashes"]  # fixtures


@pytest.fixture
def adviser(place: Workspace) -> str:
    return add_local(place.database, place.settings, Role.ADVISER, PASSWORD).label


@pytest.fixture
def administrator(place: Workspace) -> str:
    return add_local(place.database, place.settings, Role.ADMINISTRATOR, OTHER_PASSWORD).label


def test_without_accounts_the_desk_stays_with_who_sits_at_the_machine(browse: Browse, place: Workspace) -> None:
    place.settings.public_url = None
    assert browse(HERE, "127.0.0.1").get("/desk").status_code == 200
    assert "You work as" in browse(HERE, "127.0.0.1").get("/desk").text
    assert browse().get("/desk").status_code == 403
    assert "open to who sits at the machine" in browse().get("/sign-in").text


def test_with_an_address_for_others_the_desk_waits_for_its_first_account(browse: Browse, place: Workspace) -> None:
    as_through_a_proxy = browse(HERE, "127.0.0.1")
    for path in ("/desk", "/desk/access"):
        answer = as_through_a_proxy.get(path)
        assert answer.status_code == 403 and "matchmaker account add" in answer.text
    sent = {"client": "portal", "scopes": ["match"], "all": "yes", "days": "30"}
    assert as_through_a_proxy.post("/desk/access/keys", data=sent).status_code == 403
    assert "open to who sits at the machine" not in as_through_a_proxy.get("/sign-in").text
    place.settings.public_url = "http://localhost:8017"
    assert as_through_a_proxy.get("/desk").status_code == 200, "an address for the machine itself is nobody else's"


def test_one_account_closes_the_desk_for_everybody_else(browse: Browse, adviser: str) -> None:
    for client in (browse(), browse(HERE, "127.0.0.1")):
        answer = client.get("/desk?state=open", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/desk%3Fstate%3Dopen")
        assert client.post("/desk/assign", data={"owner": adviser}).status_code == 401
    client = browse()
    sign_in(client, adviser)
    page = client.get("/desk").text
    assert "desk-adviser" not in page and "Adviser 1" in page
    assert "Runs only on this machine" not in page


def test_the_cookie_is_guarded_and_new_at_every_sign_in(browse: Browse, adviser: str) -> None:
    client = browse()
    client.cookies.set("__Host-matchmaker-session", "planted")
    answer = client.post("/sign-in/password", data={"account": adviser, "password": PASSWORD}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert re.match(r"__Host-matchmaker-session=[\w-]{43}; ", cookie)
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/")) and "Domain" not in cookie
    assert "planted" not in cookie


def test_cookies_are_guarded_by_the_operators_address_where_the_proxy_does_not_tell_of_https(
    browse: Browse, place: Workspace, adviser: str
) -> None:
    def cookies() -> list[str]:
        client = browse("http://matchmaker.example")
        sent = {"account": adviser, "password": PASSWORD}
        answers = [
            client.post("/sign-in/password", data=sent, follow_redirects=False),
            client.get("/language/sv", follow_redirects=False),
        ]
        return [one.headers["set-cookie"] for one in answers]

    assert all(re.match(r"__Host-(matchmaker-session|language)=", one) and "Secure" in one for one in cookies())
    place.settings.public_url = None
    assert not any("Secure" in one or "__Host-" in one for one in cookies()), "browsers would not keep them"


def test_signing_in_again_ends_the_session_before(browse: Browse, adviser: str) -> None:
    client = browse()
    sign_in(client, adviser)
    before = dict(client.cookies)
    sign_in(client, adviser)
    thief = browse()
    thief.cookies.update(before)
    assert thief.get("/desk", follow_redirects=False).status_code == 303
    assert client.get("/desk", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/sign-in",
    ],
)
def test_nobody_is_led_elsewhere(browse: Browse, adviser: str, where: str) -> None:
    client = browse()
    sent = {"account": adviser, "password": PASSWORD, "next": where}
    assert client.post("/sign-in/password", data=sent, follow_redirects=False).headers["location"] == "/desk"


def test_one_is_led_back(browse: Browse, adviser: str) -> None:
    sent = {"account": adviser, "password": PASSWORD, "next": "/desk?state=open"}
    answer = browse().post("/sign-in/password", data=sent, follow_redirects=False)
    assert answer.headers["location"] == "/desk?state=open"


def test_a_link_on_another_site_begins_no_sign_in(browse: Browse, app: FastAPI) -> None:
    begun: list[str] = []

    class Asked:
        def begin(self, _request: Request, back: str) -> tuple[str, dict[str, str]]:
            begun.append(back)
            return "https://sso.example/authorise", {}

    app.state.provider = Asked()
    answers = [
        browse().get("/sign-in/provider", headers={"Sec-Fetch-Site": site}, follow_redirects=False)
        for site in ("cross-site", "same-origin")
    ]
    assert [one.status_code for one in answers] == [200, 303] and len(begun) == 1
    assert "set-cookie" not in answers[0].headers


def test_a_wrong_password_and_an_unknown_account_are_answered_alike(browse: Browse, adviser: str) -> None:
    answers = [
        browse().post("/sign-in/password", data={"account": label, "password": "not the password"})
        for label in (adviser, "adviser-7")
    ]
    assert [one.status_code for one in answers] == [422, 422]
    texts = [one.text.replace("adviser-7", adviser) for one in answers]
    assert texts[0] == texts[1]
    assert "set-cookie" not in answers[0].headers


def test_tries_are_limited_for_an_account_and_for_an_address(browse: Browse, adviser: str) -> None:
    def attempt(address: str, label: str, password: str = "wrong") -> int:
        sent = {"account": label, "password": password}
        return browse(address=address).post("/sign-in/password", data=sent, follow_redirects=False).status_code

    assert [attempt("198.51.100.1", adviser) for _ in range(11)] == [422] * 10 + [429]
    assert attempt("198.51.100.1", adviser, PASSWORD) == 429, "of one account, from one network"
    assert attempt("198.51.100.2", adviser, PASSWORD) == 303, "its owner is elsewhere, and still gets in"
    # The two tries that were refused stopped at the network's own count, before that of the account.
    assert {attempt(f"198.51.101.{number}", adviser) for number in range(49)} == {422}
    assert attempt("198.51.102.1", adviser, PASSWORD) == 429, "of one account, from wherever"
    answers = [attempt(f"2001:db8::1:{number:x}", f"adviser-{number + 50}") for number in range(31)]
    assert answers[:30] == [422] * 30 and answers[30] == 429, "a whole /64 counts as one"
    assert attempt("203.0.113.77", "adviser-2") == 422


def test_roles_are_kept_apart(browse: Browse, place: Workspace, adviser: str, administrator: str) -> None:
    steward = add_local(place.database, place.settings, Role.STEWARD, PASSWORD).label
    first, second, third = browse(), browse(), browse()
    sign_in(first, adviser)
    sign_in(second, administrator, OTHER_PASSWORD)
    sign_in(third, steward)
    paths = ("/desk", "/desk/access", "/account", "/my")
    assert [first.get(path).status_code for path in paths] == [200, 403, 200, 403]
    assert [second.get(path).status_code for path in paths] == [200, 200, 200, 403]
    assert [third.get(path).status_code for path in paths] == [403, 403, 200, 403]


def test_a_form_without_the_sessions_token_is_kept_but_not_done(browse: Browse, place: Workspace, adviser: str) -> None:
    _, case = send(place)
    mine, other = browse(), browse()
    sign_in(mine, adviser)
    sign_in(other, adviser)
    typed = {"act": "note", "revision": case.revision, "note": "Ring VA-chefen först."}
    path = f"/desk/cases/{case.id}/act"
    token = form_token(mine.get(f"/desk/cases/{case.id}").text)
    others = form_token(other.get("/desk").text)
    assert others != token
    for sent in (
        typed,
        {**typed, "form_token": "0" * 64},
        {**typed, "form_token": others},
        {**typed, "form_token": "å"},
    ):
        answer = mine.post(path, data=sent, follow_redirects=False)
        assert answer.status_code == 403
        assert "Ring VA-chefen först." in answer.text and 'name="act" value="note"' in answer.text
    with place.database.reading() as session:
        assert get_case(session, case.id).revision == case.revision
    again = {**typed, "form_token": form_token(answer.text)}
    assert mine.post(path, data=again, follow_redirects=False).status_code == 303
    assert (
        mine.post(path, data={**typed, "form_token": token}, headers={"Origin": "https://evil.example"}).status_code
        == 403
    )


def test_a_form_sent_after_the_session_is_over_loses_nothing(browse: Browse, place: Workspace, adviser: str) -> None:
    _, case = send(place)
    client = browse()
    sign_in(client, adviser)
    client.cookies.clear()
    typed = {"act": "note", "revision": str(case.revision), "note": "Ring VA-chefen först."}
    answer = client.post(f"/desk/cases/{case.id}/act", data=typed, headers={"HX-Request": "true"})
    assert answer.status_code == 401 and "Ring VA-chefen först." in answer.text
    assert answer.headers["hx-retarget"] == "#content"
    assert client.get(f"/desk/cases/{case.id}/presence").status_code == 204, "a page that asks by itself is left alone"


def test_every_form_of_the_pages_that_posts_carries_the_token() -> None:
    loader = environment.loader
    assert loader is not None
    for name in environment.list_templates(extensions=["html"]):
        source = loader.get_source(environment, name)[0]
        for form in re.finditer(r'<form\b.*?method="post".*?</form>', source, re.DOTALL):
            assert "form_token.html" in form.group() or "forms.token()" in form.group(), name


def test_signing_out_here_and_everywhere(browse: Browse, adviser: str) -> None:
    first, second, third = browse(), browse(), browse()
    for one in (first, second, third):
        sign_in(one, adviser)
    kept = dict(first.cookies)
    page = first.get("/account").text
    assert page.count("Last used") >= 3 and "this browser" in page
    assert first.post("/account/sign-out").status_code == 403, "a form without its token signs nobody out"
    first.post("/account/sign-out", data={"form_token": form_token(page)})
    first.cookies.update(kept)
    assert first.get("/account", follow_redirects=False).status_code == 303, "the server has forgotten the session"
    assert second.get("/account").status_code == 200
    second.post("/account/sign-out-everywhere", data={"form_token": form_token(second.get("/account").text)})
    assert third.get("/account", follow_redirects=False).status_code == 303


def test_another_accounts_session_cannot_be_ended(browse: Browse, place: Workspace, adviser: str) -> None:
    other = add_local(place.database, place.settings, Role.ADVISER, PASSWORD).label
    mine, theirs = browse(), browse()
    sign_in(mine, adviser)
    sign_in(theirs, other)
    target = next(one for one in list_live(place.database, place.settings) if one.account.label == other)
    token = form_token(mine.get("/account").text)
    assert mine.post(f"/account/sessions/{target.id}/end", data={"form_token": token}).status_code == 404
    assert theirs.get("/account").status_code == 200


def test_private_links_go_on_without_an_account(browse: Browse, place: Workspace, adviser: str) -> None:
    token, _ = send(place)
    client = browse()
    assert client.get(f"/challenges/{token}").status_code == 200
    sign_in(client, adviser)
    assert client.post(f"/challenges/{token}/amend", follow_redirects=False).status_code == 303, "no token needed there"


def test_owners_are_the_accounts(browse: Browse, place: Workspace, adviser: str, administrator: str) -> None:
    _, case = send(place)
    client = browse()
    sign_in(client, adviser)
    page = client.get("/desk").text
    assert '<option value="adviser-1" selected>Adviser 1' in page and ">Administrator 1</option>" in page
    assert "adviser-2" not in page
    token = form_token(page)
    client.post("/desk/assign", data={"case": case.id, "owner": "adviser-2", "form_token": token})
    client.post("/desk/assign", data={"case": case.id, "owner": administrator, "form_token": token})
    with place.database.reading() as session:
        assert get_case(session, case.id).owner == administrator


def test_the_access_page_makes_shows_once_and_revokes_keys(
    browse: Browse, place: Workspace, administrator: str
) -> None:
    client = browse()
    sign_in(client, administrator, OTHER_PASSWORD)
    token = form_token(client.get("/desk/access").text)
    sent = {"client": "portal", "scopes": ["match", "events:read"], "municipalities": ["2580"], "days": "30"}
    for days in ("0", "1096", "0000136500", "00001999999999", "²", "-1", ""):
        refused = client.post("/desk/access/keys", data={**sent, "days": days, "form_token": token})
        assert refused.status_code == 422 and not re.search(r"mm_[0-9a-f]{12}_", refused.text), days
    wrong = client.post("/desk/access/keys", data={"client": "Fel namn", "days": "x", "form_token": token})
    assert wrong.status_code == 422 and 'value="Fel namn"' in wrong.text
    made = client.post("/desk/access/keys", data={**sent, "form_token": token})
    key = re.search(r"mm_[0-9a-f]{12}_[\w-]{43}", made.text)
    assert key and made.headers["cache-control"] == "no-store"
    page = client.get("/desk/access").text
    assert key.group() not in page and key.group()[:15] in page
    identifier = key.group()[3:15]
    bearing = {"Authorization": f"Bearer {key.group()}"}
    assert client.get("/api/v1/events", headers=bearing).status_code == 200
    client.post(f"/desk/access/keys/{identifier}/revoke", data={"form_token": token})
    assert client.get("/api/v1/events", headers=bearing).status_code == 401


def test_the_access_page_ends_sessions_and_accounts(
    browse: Browse, place: Workspace, adviser: str, administrator: str
) -> None:
    client, other = browse(), browse()
    sign_in(client, administrator, OTHER_PASSWORD)
    sign_in(other, adviser)
    token = form_token(client.get("/desk/access").text)
    assert client.post(f"/desk/access/accounts/{adviser}/end", data={"form_token": token}).status_code == 200
    assert other.get("/desk", follow_redirects=False).status_code == 303
    refused = other.post("/sign-in/password", data={"account": adviser, "password": PASSWORD})
    assert refused.status_code == 422
    assert client.post(f"/desk/access/accounts/{administrator}/end", data={"form_token": token}).status_code == 409
    client.post(f"/desk/access/accounts/{adviser}/take-up", data={"form_token": token})
    sign_in(other, adviser)


def test_no_page_tells_the_cookies_value_and_no_log_a_secret(
    browse: Browse, place: Workspace, adviser: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = browse()
    sign_in(client, adviser)
    value = next(iter(dict(client.cookies).values()))
    assert all(value not in client.get(path).text for path in ("/desk", "/account", "/"))
    assert value not in caplog.text and PASSWORD not in caplog.text
    content = (place.settings.state_folder / "matchmaker.db").read_bytes()
    assert value.encode() not in content and PASSWORD.encode() not in content
