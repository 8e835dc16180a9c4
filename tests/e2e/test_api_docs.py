"""The quick start of docs/api.md, to the letter: its commands and its program, against a real server."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from matchmaker.db.outbox import JobKind
from matchmaker.db.webhooks import WebhookEvent
from matchmaker.domain.access import Role
from matchmaker.notify.endpoints import MAXIMUM_ENDPOINTS
from matchmaker.notify.schedule import DELAYS
from matchmaker.notify.webhooks import TIMEOUT_SECONDS, signed_headers
from matchmaker.notify.worker import KEPT
from matchmaker.workspace import Workspace
from tests.conftest import ROOT
from tests.e2e.keys import approve, bearing, new_key
from tests.e2e.staff import Staff, staff
from tests.integration.cases import send

__all__ = ["staff"]

NAMED = re.compile(r"\{\w+\}")
BLOCKS = re.compile(r"^```(sh \w+|python(?: \w+)?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def blocks() -> dict[str, str]:
    found = BLOCKS.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    return {kind.rpartition(" ")[2]: content for kind, content in found}


def test_from_a_key_to_an_approved_shortlist(
    blocks: dict[str, str], server: str, environment: dict[str, str], workspace: Workspace
) -> None:
    own = {"setup", "send", "events", "python", "webhook", "verify"}
    others = {"client", "client_send", "client_read", "steward", "adviser", "administrator", "link", "group"}
    assert set(blocks) == own | others, "the rest is run by test_client.py, and by the next tests"
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    given = {**environment, "PATH": path, "MATCHMAKER": server}

    def run(*command: str) -> str:
        done = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    given["MATCHMAKER_KEY"] = run("sh", "-c", blocks["setup"]).strip()
    sent = json.loads(run("sh", "-c", blocks["send"]))
    assert json.loads(run("sh", "-c", blocks["send"])) == sent
    told = json.loads(run("sh", "-c", blocks["events"]))
    assert told["next"].startswith("/api/v1/events?")
    assert "An adviser is reading it." in run(sys.executable, "-c", blocks["python"])
    approve(workspace, sent["id"], "Begin with the first.")
    shown = run(sys.executable, "-c", blocks["python"])
    assert shown.startswith("Begin with the first.\n1 Urban Water Engineering - strong match\n")


def test_a_steward_reads_the_catalogue_and_sends_a_table(
    blocks: dict[str, str], staff: Staff, environment: dict[str, str], tmp_path: Path
) -> None:
    given = {**environment, "MATCHMAKER": staff.address, "MATCHMAKER_TOKEN": staff.token}
    given["TABLE"] = str(tmp_path / "works.csv")
    done = subprocess.run(["sh", "-c", blocks["steward"]], env=given, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    decoder = json.JSONDecoder()
    listed, end = decoder.raw_decode(done.stdout.decode())
    assert listed["items"][0]["is_thin"] and listed["next"]
    assert decoder.raw_decode(done.stdout.decode(), end)[0]["state"] in {"waiting", "reading", "ready"}


def test_an_administrator_makes_a_key_and_looks_at_the_outbox(
    blocks: dict[str, str], staff: Staff, environment: dict[str, str]
) -> None:
    given = {**environment, "MATCHMAKER": staff.address}
    given["MATCHMAKER_ADMINISTRATOR"] = staff.tokens[Role.ADMINISTRATOR]
    made, outbox = answers(blocks["administrator"], given)
    assert made["secret"].startswith(made["key"]["prefix"]) and made["key"]["made_with"]
    assert {one["kind"] for one in outbox["items"]} == set(JobKind)


def test_who_holds_a_private_link_reads_it_and_stops_the_letters(
    blocks: dict[str, str], server: str, environment: dict[str, str], workspace: Workspace
) -> None:
    given = {**environment, "MATCHMAKER": server, "PRIVATE_LINK": send(workspace)[0]}
    opened, letters = answers(blocks["link"], given)
    assert opened["can"] == ["amend", "withdraw"] and opened["letters"]["wanted"]
    assert letters["wanted"] is False


def test_who_holds_a_groups_link_reads_where_it_was_suggested(
    blocks: dict[str, str], staff: Staff, environment: dict[str, str]
) -> None:
    given = {**environment, "MATCHMAKER": staff.address, "GROUP_LINK": staff.group_link}
    (suggested,) = answers(blocks["group"], given)
    assert suggested == {"items": []}, "nothing has been published in that place"


def answers(script: str, given: dict[str, str]) -> list[Any]:
    """What the commands of a script answer, one after the other."""
    done = subprocess.run(["sh", "-c", script], env=given, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    text, found = done.stdout.decode(), []
    while text:
        answer, end = json.JSONDecoder().raw_decode(text)
        found.append(answer)
        text = text[end:].lstrip()
    return found


def test_an_adviser_accepts_a_candidate_and_approves_the_list_as_it_was_seen(
    blocks: dict[str, str], staff: Staff, environment: dict[str, str]
) -> None:
    staff.send()
    given = {**environment, "MATCHMAKER": staff.address, "MATCHMAKER_TOKEN": staff.tokens[Role.ADVISER]}
    command = [sys.executable, "-c", blocks["adviser"]]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    decided, shown, approved = done.stdout.splitlines()
    assert decided.startswith("in_review ") and shown.startswith("1 ") and "in common" in shown
    state, _, released_at = approved.partition(" ")
    assert state == "approved" and datetime.fromisoformat(released_at) > datetime.now(UTC)


def test_a_webhook_is_added_and_its_messages_are_verified(
    blocks: dict[str, str], server: str, environment: dict[str, str], workspace: Workspace
) -> None:
    given = {**environment, "MATCHMAKER": server, "PORTAL_WEBHOOK": "https://192.88.98.1/hook"}
    given["MATCHMAKER_KEY"] = new_key(workspace, client="listening")
    done = subprocess.run(["sh", "-c", blocks["webhook"]], env=given, capture_output=True, check=False, timeout=120)
    added = json.loads(done.stdout)
    assert added["endpoint"]["municipality"] == "2580"
    httpx2.delete(
        f"{server}/api/v1/webhooks/{added['endpoint']['id']}", headers=bearing(given["MATCHMAKER_KEY"])
    ).raise_for_status()
    program: dict[str, Any] = {}
    exec(blocks["verify"], program)
    body, secret = b'{"type": "state.changed", "data": "\xc3\xa5"}', added["secret"]
    now = datetime.now(UTC)
    for secrets in ([secret], ["whsec_" + "A" * 44, secret]):
        assert program["is_genuine"](body, signed_headers("1", body.decode(), secrets, now), secret)
    forged = signed_headers("1", body.decode(), ["whsec_" + "A" * 44], now)
    old, ahead = (signed_headers("1", body.decode(), [secret], now + timedelta(minutes=minutes)) for minutes in (-6, 6))
    other = signed_headers("2", body.decode(), [secret], now)
    assert not program["is_genuine"](body + b" ", signed_headers("1", body.decode(), [secret], now), secret)
    for headers in (forged, old, ahead, {**other, "webhook-id": "1"}, {**other, "webhook-timestamp": "soon"}):
        assert not program["is_genuine"](body, headers, secret)


def test_what_is_said_of_webhooks_is_so() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+\.\w+)` \|", text, re.MULTILINE)) == set(WebhookEvent)
    assert f"within {TIMEOUT_SECONDS:.0f} seconds" in text
    assert f"at most {MAXIMUM_ENDPOINTS} active endpoints" in text
    assert f"in the last {KEPT.days} days" in text
    hours = [f"{one / timedelta(hours=1):.0f}" for one in DELAYS[3:]]
    first = "5 seconds, 5 minutes, 30 minutes"
    assert [one.total_seconds() for one in DELAYS[:3]] == [5, 300, 1800]
    assert f"{first}, {', '.join(hours[:-1])} and {hours[-1]} hours" in " ".join(text.split())


def test_every_route_and_scope_that_is_named_exists() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    described = json.loads((ROOT / "api" / "openapi.json").read_text(encoding="utf-8"))
    paths = {NAMED.sub("{}", one) for one in described["paths"]}
    told = re.findall(r"`(?:GET|PUT|POST|DELETE) ([/…][^`? ]*)", at_the_desk(text))
    assert len(told) > 20
    for one in told:
        assert NAMED.sub("{}", f"/api/v1/desk{one.replace('…', '/cases/{id}')}") in paths, one
    scopes = {one["x-scope"] for path in described["paths"].values() for one in path.values() if "x-scope" in one}
    assert scopes == set(re.findall(r"^\| `([\w:]+)` \|", text, re.MULTILINE))


def at_the_desk(text: str) -> str:
    """The part of the documentation that is for advisers."""
    return text.partition("## Advisers: the desk")[2].partition("\n## ")[0]
