"""One draft open in two windows, or with two colleagues: nothing typed is lost, and both texts are shown."""

import re

import pytest
from starlette.testclient import TestClient

from matchmaker.workspace import Workspace
from tests.integration.test_challenge_pages import client, draft, hidden, kept

__all__ = ["client"]

WHERE = "Vid skyfall tränger vatten in i källarna på Storgatan."


def page_of(client: TestClient, token: str, number: int = 2) -> dict[str, str]:
    """What a page says of itself, as its form sends it."""
    text = client.get(f"/challenges/{token}/form/{number}").text
    return {name: hidden(text, name) for name in ("filled", "window", "begun_from")}


def test_an_older_window_does_not_overwrite_what_it_has_not_touched(client: TestClient, workspace: Workspace) -> None:
    token = draft(workspace, problem="Kort.", tried="")
    here, there = page_of(client, token), page_of(client, token)
    client.post(f"/challenges/{token}/autosave/2", data={"problem": WHERE, "tried": "", **here})
    saved = client.post(f"/challenges/{token}/autosave/2", data={"problem": "Kort.", "tried": "Spolning.", **there})
    assert saved.status_code == 200
    assert (kept(workspace, token)["problem"], kept(workspace, token)["tried"]) == (WHERE, "Spolning.")


def test_what_was_changed_in_both_is_shown_from_both_and_kept_when_it_was_seen(
    client: TestClient, workspace: Workspace
) -> None:
    token = draft(workspace, problem="Kort.")
    here, there = page_of(client, token), page_of(client, token)
    client.post(f"/challenges/{token}/autosave/2", data={"problem": WHERE, "tried": "", **here})
    mine = {"problem": "Min text.", "tried": "Spolning."}
    told = client.post(f"/challenges/{token}/autosave/2", data={**mine, **there})
    assert told.status_code == 409 and "What is the problem, and for whom?" in told.text
    assert kept(workspace, token)["problem"] == WHERE and kept(workspace, token)["tried"] == "Spolning."
    there["filled"] = hidden(told.text, "filled")
    both = client.post(f"/challenges/{token}/form/2", data={**mine, **there, "go": "next"})
    assert both.status_code == 409 and WHERE in both.text and "Min text.</textarea>" in both.text
    seen = {name: hidden(both.text, name) for name in ("filled", "window")}
    assert client.post(f"/challenges/{token}/form/2", data={**mine, **seen, "go": "next"}).status_code == 303
    assert kept(workspace, token)["problem"] == "Min text."


@pytest.mark.parametrize("answer_is_lost", [False, True])
def test_who_writes_alone_is_never_told_of_another_window(
    client: TestClient, workspace: Workspace, answer_is_lost: bool
) -> None:
    token = draft(workspace, problem="")
    page = page_of(client, token)
    for text in ("Vid", "Vid sky", "Vid skyfall", ""):
        answer = client.post(f"/challenges/{token}/autosave/2", data={"problem": text, "tried": "", **page})
        assert answer.status_code == 200 and kept(workspace, token)["problem"] == text
        if not answer_is_lost:
            page["filled"] = hidden(answer.text, "filled")


def test_each_page_is_a_window_of_its_own(client: TestClient, workspace: Workspace) -> None:
    token = draft(workspace)
    one, other = page_of(client, token), page_of(client, token)
    assert one["window"] != other["window"] and one["filled"] == other["filled"]
    assert re.fullmatch(r"problem=[0-9a-f]{16} tried=[0-9a-f]{16}", one["filled"])
