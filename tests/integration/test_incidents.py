"""What bears on security is logged, a JSON document a line, without an address, a name or a secret."""

import json
import logging
from typing import Any

import pytest
from fastapi import FastAPI

from matchmaker.domain.access import Role
from matchmaker.review.identity.accounts import add_local
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.identity_place import PASSWORD, sign_in
from tests.integration.sign_in_place import Browse, app, browse, place, quick_hashes

__all__ = ["app", "browse", "place", "quick_hashes"]  # fixtures

ADDRESS = "203.0.113.9"


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(one.getMessage()) for one in caplog.records if one.name == "matchmaker.security"]


def test_failed_sign_ins_are_seen_to_be_at_one_account_and_from_one_place(
    browse: Browse, place: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    label = add_local(place.database, place.settings, Role.ADVISER, PASSWORD).label
    for address in (ADDRESS, ADDRESS, "198.51.100.7"):
        browse(address=address).post("/sign-in/password", data={"account": label, "password": "a wrong one"})
    sign_in(browse(), label)
    lines = logged(caplog)
    assert [one["event"] for one in lines] == ["sign_in_failed"] * 3 + ["signed_in"]
    assert len({one["subject"] for one in lines}) == 1, "the one who was meant and the one who came in"
    assert lines[0]["network"] == lines[1]["network"] != lines[2]["network"]
    assert {one["route"] for one in lines} == {"/sign-in/password"} and all(one["request"] for one in lines)
    assert not [secret for secret in (ADDRESS, PASSWORD, "a wrong one", f'"{label}"') if secret in caplog.text]


def test_what_is_refused_is_logged_with_its_reason_and_without_the_key_or_the_link(
    browse: Browse, place: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    label = add_local(place.database, place.settings, Role.ADVISER, PASSWORD).label
    client = browse()
    sign_in(client, label)
    browse().get("/api/v1/challenges", headers={"Authorization": "Bearer mm_0123456789abcdef_stolen"})
    assert client.get("/desk/access").status_code == 403
    assert client.post("/account/sign-out").status_code == 403
    browse().post("/sign-in/link/a-link-that-was-guessed")
    refused = [one for one in logged(caplog) if one["event"] != "signed_in"]
    lines = [(one["event"], one.get("reason"), one.get("way")) for one in refused]
    assert lines == [
        ("access_refused", "invalid-key", None),
        ("access_refused", "not-your-role", None),
        ("form_token_refused", None, None),
        ("sign_in_failed", None, "link"),
    ]
    assert "stolen" not in caplog.text and "a-link-that" not in caplog.text


def test_a_portal_that_asks_too_often_is_logged_once_a_refusal(
    app: FastAPI, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    app.state.rates = type(app.state.rates)(app.state.workspace.settings.model_copy(update={"api_rate": "1/hour"}))
    headers = bearing(new_key(app.state.workspace, client="a-portal"))
    answers = [browse().get("/api/v1/challenges", headers=headers).status_code for _ in range(3)]
    assert answers == [200, 429, 429]
    assert [one["event"] for one in logged(caplog)] == ["rate_exceeded"] * 2 and "a-portal" not in caplog.text
