"""Alerts by mail: only to who said yes, each challenge once, one letter a day, nothing that was not sent, one click."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from starlette.testclient import TestClient

from matchmaker.db.alerts import delete_group_alerts, list_confirmed
from matchmaker.db.outbox import Job, JobKind
from matchmaker.domain.case import Case, Route
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError
from matchmaker.notify.mail import STOP_HEADER, read_mail, to_message
from matchmaker.notify.worker import CONFIRMING, SendingError, run_due, tidy
from matchmaker.review import portal
from matchmaker.review.alerts import MOST_ADDRESSES, Asked, Wish, ask_for_alerts, confirm, write_alerts
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.integration.cases import send
from tests.integration.imports import COLLECTION
from tests.integration.researcher import GROUP, app, client, link, place, publish, suggest

__all__ = ["app", "client", "link", "place"]  # fixtures

ADDRESS = "grupp@ltu.example"
SITE = "https://matchmaker.example"
FOLLOWING = Wish(ADDRESS, ("infrastructure",), near=False, language="sv")


@pytest.fixture(autouse=True)
def clean(place: Workspace) -> Iterator[None]:
    """Nothing waits, and nobody has asked for alerts."""
    yield
    with place.database.transaction() as session:
        delete_group_alerts(session, COLLECTION, GROUP)
    mail(place)


def later() -> datetime:
    """A moment by which all that was queued up to now is due."""
    return datetime.now(UTC) + timedelta(minutes=5)


def mail(place: Workspace, now: datetime | None = None) -> list[Job]:
    """What goes out by a moment."""
    sent: list[Job] = []
    until = now or later()
    run_due(place.database, {JobKind.MAIL: sent.append}, lambda: until)
    return sent


def texts(sent: list[Job]) -> list[str]:
    return [str(one.payload["text"]) for one in sent if one.payload["to"] == ADDRESS]


def ask(place: Workspace, wish: Wish = FOLLOWING) -> str:
    """The token of the link that asks the address."""
    tokens: list[str] = []
    ask_for_alerts(place.database, COLLECTION, GROUP, wish, lambda token: tokens.append(token) or token)
    (letter,) = texts(mail(place))
    assert tokens[0] in letter
    return tokens[0]


def follow(place: Workspace, wish: Wish = FOLLOWING) -> None:
    confirm(place.database, ask(place, wish))


def write(place: Workspace, now: datetime | None = None) -> int:
    return write_alerts(place.database, COLLECTION, lambda: place.matcher(COLLECTION), SITE, now)


def test_nothing_is_sent_before_the_address_has_said_yes(place: Workspace) -> None:
    token = ask(place)
    publish(place, suggest(place, title="Före ja"))
    assert write(place) == 0
    confirm(place.database, token)
    assert write(place) == 0, "what was sent before the yes is not new"
    publish(place, suggest(place, title="Efter ja"))
    assert write(place) == 1
    (letter,) = texts(mail(place))
    assert "Efter ja" in letter and "Före ja" not in letter


def test_looking_at_the_link_confirms_nothing_and_a_late_yes_neither(client: TestClient, place: Workspace) -> None:
    token = ask(place)
    assert client.get(f"/alerts/{token}").status_code == 200
    with place.database.reading() as session:
        assert list_confirmed(session, COLLECTION) == []
    with pytest.raises(NotFoundError):
        confirm(place.database, token, datetime.now(UTC) + CONFIRMING)
    assert client.post(f"/alerts/{token[:-1]}").status_code == 404
    tidy(place.database, datetime.now(UTC) + CONFIRMING + timedelta(minutes=1))
    assert client.get(f"/alerts/{token}").status_code == 404, "the address is forgotten"


def test_an_address_is_asked_once_however_it_is_spelled(place: Workspace) -> None:
    ask(place)
    for spelling in (ADDRESS.upper(), "grupp+x@ltu.example"):
        again = Wish(spelling, ("tourism",), near=False, language="sv")
        assert ask_for_alerts(place.database, COLLECTION, GROUP, again, lambda token: token) is Asked.WAITING
    assert mail(place) == []


def test_a_link_is_no_means_to_write_to_many_strangers(place: Workspace) -> None:
    for number in range(MOST_ADDRESSES):
        wish = Wish(f"stranger-{number}@ltu.example", (), near=True, language="sv")
        ask_for_alerts(place.database, COLLECTION, GROUP, wish, lambda token: token)
    with pytest.raises(InvalidChallengeError):
        ask_for_alerts(place.database, COLLECTION, GROUP, FOLLOWING, lambda token: token)


def test_each_challenge_is_told_once_in_one_letter_a_day(place: Workspace) -> None:
    follow(place)
    first = suggest(place, title="Den första")
    publish(place, first)
    writers = [Thread(target=write, args=(place,)) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(texts(mail(place))) == 1
    publish(place, suggest(place, title="Den andra"))
    assert write(place) == 0, "there was a letter today"
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert write(place, tomorrow) == 1
    (letter,) = texts(mail(place, tomorrow))
    assert "Den andra" in letter and "Den första" not in letter
    assert write(place, tomorrow + timedelta(days=1)) == 0


def test_nothing_unsent_internal_or_withdrawn_is_told(place: Workspace) -> None:
    follow(place)
    publish(place, suggest(place, title="Internt", visibility="internal"))
    publish(place, suggest(place, title="Väntar ännu"), undo_minutes=60)
    suggest(place, title="Granskas ännu")
    _withdraw(place, suggest(place, title="Återtaget"))
    assert write(place) == 0
    assert texts(mail(place)) == []


def _withdraw(place: Workspace, case: Case) -> None:
    publish(place, case)
    with place.database.transaction() as session:
        portal.withdraw(session, case.id, portal.portal_actor("portal"))


def test_only_what_is_followed_or_near_is_told(place: Workspace) -> None:
    follow(place, Wish(ADDRESS, ("health_and_care",), near=True, language="en"))
    publish(place, suggest(place, title="Spillvärme nära"))
    elsewhere = {"title": "Parkbänkar", "problem": "Vi behöver råd om färgen på bänkarna i parken, och om deras namn."}
    _, far = send(place, **elsewhere)
    far = Desk(place.database, "adviser-1").set_route(far.id, far.revision, Route.NOT_FOR_US)
    publish(place, far)
    assert write(place) == 1
    (letter,) = texts(mail(place))
    assert "Near the group's work:" in letter and "Spillvärme nära" in letter
    assert "Parkbänkar" not in letter and "In areas that you follow" not in letter


def test_a_mail_program_stops_the_alerts_with_one_click_and_the_address_is_forgotten(
    client: TestClient, place: Workspace
) -> None:
    follow(place)
    publish(place, suggest(place, title="Före stoppet"))
    write(place)
    (job,) = mail(place)
    message = to_message(read_mail(job), "matchmaker@example.com")
    found = re.fullmatch(rf"<{SITE}(/letters/alerts/[\w-]{{32}})>", str(message[STOP_HEADER]))
    assert found and message[f"{STOP_HEADER}-Post"] == "List-Unsubscribe=One-Click"
    assert client.get(found.group(1)).status_code == 200
    with place.database.reading() as session:
        assert len(list_confirmed(session, COLLECTION)) == 1, "a scanner that looks stops nothing"
    program = TestClient(client.app, base_url="https://matchmaker.example", client=("203.0.113.9", 5000))
    for _ in range(2):
        answer = program.post(found.group(1), content="List-Unsubscribe=One-Click")
        assert answer.status_code == 200
    with place.database.engine.connect() as connection:
        kept = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert ADDRESS not in kept


def test_a_letter_that_could_not_be_sent_is_forgotten_with_the_address(place: Workspace) -> None:
    follow(place)
    publish(place, suggest(place, title="Servern svarar inte"))
    write(place)

    def refuse(_: Job) -> None:
        raise SendingError("The server does not answer.")

    run_due(place.database, {JobKind.MAIL: refuse}, later)
    with place.database.transaction() as session:
        delete_group_alerts(session, COLLECTION, GROUP)
    assert texts(mail(place, later() + timedelta(days=2))) == []


def test_the_page_asks_an_address_and_keeps_what_was_typed_where_it_cannot(client: TestClient, link: str) -> None:
    wrong = client.post(f"{link}/alerts", data={"address": "nobody", "areas": ["tourism", "infrastructure"]})
    assert wrong.status_code == 422 and 'href="#field-address"' in wrong.text and 'value="nobody"' in wrong.text
    assert len(re.findall(r'name="areas" value="[^"]*" checked', wrong.text)) >= 1
    nothing = client.post(f"{link}/alerts", data={"address": ADDRESS})
    assert nothing.status_code == 422 and 'href="#field-areas"' in nothing.text
    asked = client.post(f"{link}/alerts", data={"address": ADDRESS, "near": "yes"})
    assert "A letter is on its way to the address." in asked.text
    assert ADDRESS not in asked.text, "who else has the link is not told the address"
