"""The commands that do by hand, or from a timetable, what a server does by itself: each in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from matchmaker.cli import EXIT_INPUT
from matchmaker.db.case_models import ChallengeRow, EventRow, VersionRow
from matchmaker.db.cases import get_case
from matchmaker.db.notify_models import OutboxRow
from matchmaker.domain.case import Case, ClosingReason, Route
from matchmaker.review.alerts import Wish, ask_for_alerts, confirm
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.identity_place import copied
from tests.integration.cases import send
from tests.integration.imports import COLLECTION
from tests.integration.researcher import GROUP, publish, suggest

ADDRESS = "grupp@ltu.example"
SITE = {"MATCHMAKER_PUBLIC_URL": "https://matchmaker.example"}
MAIL = {
    "MATCHMAKER_SMTP_URL": "smtp://mail.example:587",
    "MATCHMAKER_MAIL_FROM": "Matchmaker <matchmaker@example.com>",
}
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def place(workspace: Workspace, tmp_path: Path) -> Workspace:
    return copied(workspace, tmp_path / "state")


@pytest.fixture
def command(place: Workspace) -> Command:
    """Runs a command over the place, as an operator does."""
    folders = {name: str(getattr(place.settings, name)) for name in ("state_dir", "data_dir", "models_dir")}
    given = {f"MATCHMAKER_{name.upper()}": value for name, value in folders.items()}

    def run(*arguments: str, given_too: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **given, "MATCHMAKER_LANGUAGE": "en", **(given_too or {})}
        program = Path(sys.executable).parent / "matchmaker"
        return subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)

    return run


def letters(place: Workspace) -> list[str]:
    with place.database.reading() as session:
        payloads = session.scalars(select(OutboxRow.payload)).all()
    return [str(one["text"]) for one in payloads if one.get("to") == ADDRESS]


def follow(place: Workspace) -> None:
    """An address that has said yes; the letter that asked it has been sent."""
    tokens: list[str] = []
    wish = Wish(ADDRESS, (), near=True, language="en")
    ask_for_alerts(place.database, COLLECTION, GROUP, wish, lambda token: tokens.append(token) or token)
    confirm(place.database, tokens[0])


def test_alerts_are_written_once_however_often_the_command_is_run(place: Workspace, command: Command) -> None:
    follow(place)
    publish(place, suggest(place, title="Spillvärme från smältverket"))
    before = len(letters(place))
    first = command("alerts", given_too=SITE)
    assert (first.returncode, "1 alert was written." in first.stderr) == (0, True), first.stderr
    (written,) = letters(place)[before:]
    assert "Spillvärme från smältverket" in written and "https://matchmaker.example/letters/alerts/" in written
    again = command("alerts", given_too=SITE)
    assert (again.returncode, "0 alerts were written." in again.stderr) == (0, True), again.stderr
    assert len(letters(place)) == before + 1


def test_with_a_mail_server_alerts_need_the_address_of_the_pages_and_without_it_nothing_is_written(
    place: Workspace, command: Command
) -> None:
    follow(place)
    publish(place, suggest(place, title="Spillvärme från bryggeriet"))
    before = letters(place)
    refused = command("alerts", given_too={"MATCHMAKER_PUBLIC_URL": "", **MAIL})
    assert refused.returncode == EXIT_INPUT and "MATCHMAKER_PUBLIC_URL" in refused.stderr
    assert letters(place) == before
    assert "1 alert was written." in command("alerts", given_too=SITE).stderr, "nothing was taken as told"


def closed(place: Workspace, days_ago: int) -> Case:
    """A challenge that was closed, with the last act on it some days ago."""
    _, case = send(place)
    desk = Desk(place.database, "adviser-1")
    case = desk.close(case.id, case.revision, ClosingReason.OUT_OF_SCOPE, Route.NOT_FOR_US)
    then = datetime.now(UTC) - timedelta(days=days_ago)
    with place.database.transaction() as session:
        session.execute(update(ChallengeRow).where(ChallengeRow.id == case.id).values(created_at=then))
        session.execute(update(EventRow).where(EventRow.challenge_id == case.id).values(at=then))
    return case


def contacts(place: Workspace, case: Case) -> str:
    with place.database.reading() as session:
        versions = session.scalars(select(VersionRow.description).where(VersionRow.challenge_id == case.id)).all()
        return get_case(session, case.id).description.contact_email + "".join(one["contact_email"] for one in versions)


def test_contacts_of_what_was_closed_long_ago_are_erased_at_once_and_nothing_else(
    place: Workspace, command: Command
) -> None:
    old, young = closed(place, 181), closed(place, 179)
    _, still_open = send(place)
    done = command("forget-closed")
    assert done.returncode == 0, done.stderr
    assert "Challenges whose contacts were erased: 1." in done.stderr and "Challenges deleted: 0." in done.stderr
    assert contacts(place, old) == ""
    assert contacts(place, young) and contacts(place, still_open)
    assert "Challenges whose contacts were erased: 0." in command("forget-closed").stderr


def test_challenges_are_deleted_whole_only_where_the_setting_says_after_how_long(
    place: Workspace, command: Command
) -> None:
    old, young = closed(place, 401), closed(place, 399)
    done = command("forget-closed", given_too={"MATCHMAKER_CASE_DAYS": "400"})
    assert "Challenges deleted: 1." in done.stderr and "contacts were erased: 1." in done.stderr
    with place.database.reading() as session:
        assert set(session.scalars(select(ChallengeRow.id)).all()) & {old.id, young.id} == {young.id}
