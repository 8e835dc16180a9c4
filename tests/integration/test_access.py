"""API keys, requests that are sent twice, and the feed of events."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.db.access import ANSWERS_KEPT, find_key
from matchmaker.db.access_models import AnswerRow
from matchmaker.db.session import Database
from matchmaker.domain.access import (
    ExpiredKeyError,
    KeyRefusedError,
    OtherMunicipalityError,
    Principal,
    RevokedKeyError,
    Role,
    Scope,
)
from matchmaker.domain.case import Case
from matchmaker.domain.description import Description
from matchmaker.domain.errors import InvalidNameError, NotFoundError
from matchmaker.domain.event import EventKind
from matchmaker.notify.worker import tidy
from matchmaker.review import approval
from matchmaker.review.access import authenticate, create_key, list_keys, own_municipality, revoke_key
from matchmaker.review.desk import Desk
from matchmaker.review.feed import SETTLED, FeedPlace, read_feed
from matchmaker.review.portal import portal_actor, submit
from matchmaker.review.repeats import KeyReusedError, do_once
from matchmaker.workspace import Workspace
from tests.integration.cases import approved, kinds, send

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_key_speaks_for_its_client_until_it_expires(database: Database) -> None:
    key, text = create_key(database, "portal", [Scope.CHALLENGES_READ], ["2580", "2582"], DAY, NOW)
    assert re.fullmatch(r"mm_[0-9a-f]{12}_[\w-]{43}", text)
    principal = authenticate(database, text, NOW)
    scopes = frozenset({Scope.CHALLENGES_READ})
    assert principal == Principal(Role.PORTAL, "portal", frozenset({"2580", "2582"}), scopes)
    assert principal.acts_for("2580") and not principal.acts_for("2514") and not principal.acts_for(None)
    with pytest.raises(ExpiredKeyError):
        authenticate(database, text, NOW + DAY)
    with database.reading() as session:
        found = find_key(session, key.id)
    assert found is not None and text.rsplit("_", 1)[-1] not in found[1], "only the digest is kept"


def test_a_revoked_key_is_refused_at_once(database: Database) -> None:
    key, text = create_key(database, "portal", list(Scope), None, DAY, NOW)
    assert authenticate(database, text, NOW).acts_for(None)
    revoke_key(database, key.id, NOW)
    with pytest.raises(RevokedKeyError):
        authenticate(database, text, NOW)
    with pytest.raises(NotFoundError):
        revoke_key(database, "nowhere", NOW)


def test_what_is_no_key_is_refused_without_telling_why(database: Database) -> None:
    key, text = create_key(database, "portal", list(Scope), None, DAY, NOW)
    revoke_key(database, key.id, NOW)
    wrong = [
        text[:-1],
        text[:-1] + ("A" if text[-1] != "A" else "B"),
        f"mm_{'0' * 12}_{text[-43:]}",
        "",
        "mm__",
        f"{text}\n",
    ]
    for one in wrong:
        with pytest.raises(KeyRefusedError) as raised:
            authenticate(database, one, NOW)
        assert raised.value.code == "invalid-key", one


def test_the_use_of_a_key_is_written_once_a_minute(database: Database) -> None:
    _, text = create_key(database, "portal", list(Scope), None, DAY, NOW)
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (61, 60)):
        authenticate(database, text, NOW + timedelta(seconds=seconds))
        assert [one.last_used_at for one in list_keys(database)] == [NOW + timedelta(seconds=noted)]


def test_a_client_has_a_name_and_not_a_sentence(database: Database) -> None:
    with pytest.raises(InvalidNameError):
        create_key(database, "Our portal", list(Scope), None, DAY, NOW)


@pytest.mark.parametrize(
    ("municipalities", "named", "taken"),
    [
        ({"2580"}, None, "2580"), ({"2580"}, "2580", "2580"), ({"2580", "2582"}, "2582", "2582"),
        (None, None, None), (None, "2514", "2514"),
    ],
)  # fmt: skip
def test_what_is_sent_belongs_to_a_municipality_of_the_key(
    municipalities: set[str] | None, named: str | None, taken: str | None
) -> None:
    codes = None if municipalities is None else frozenset(municipalities)
    assert own_municipality(Principal(Role.PORTAL, "portal", codes), named) == taken


@pytest.mark.parametrize(("municipalities", "named"), [({"2580"}, "2582"), ({"2580", "2582"}, None), (set(), None)])
def test_another_municipality_is_refused(municipalities: set[str], named: str | None) -> None:
    with pytest.raises(OtherMunicipalityError):
        own_municipality(Principal(Role.PORTAL, "portal", frozenset(municipalities)), named)


def test_what_is_sent_many_times_at_once_is_done_once(database: Database) -> None:
    done = []

    def act(session: object) -> dict[str, object]:
        done.append(session)
        return {"number": len(done)}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: do_once(database, "portal", "key", "request", act), range(24)))
    assert len(done) == 1
    assert {content["number"] for content, _ in answers} == {1}
    assert sorted(replayed for _, replayed in answers) == [False] + [True] * 23


def test_what_was_answered_is_deleted_after_a_day_also_where_nobody_asks_again(database: Database) -> None:
    do_once(database, "portal", "key", "one", lambda _: {"contact_email": "va@kommun.example"}, NOW)
    for now, left in ((NOW + ANSWERS_KEPT - timedelta(seconds=1), 1), (NOW + ANSWERS_KEPT, 0)):
        tidy(database, now)
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(AnswerRow)) == left


def test_a_repeated_request_must_be_the_same_within_a_day_and_of_the_same_client(database: Database) -> None:
    assert do_once(database, "portal", "key", "one", lambda _: {"is": 1}, NOW) == ({"is": 1}, False)
    with pytest.raises(KeyReusedError):
        do_once(database, "portal", "key", "another", lambda _: {"is": 2}, NOW + ANSWERS_KEPT - timedelta(seconds=1))
    assert do_once(database, "other", "key", "another", lambda _: {"is": 3}, NOW) == ({"is": 3}, False)
    assert do_once(database, "portal", "key", "another", lambda _: {"is": 4}, NOW + ANSWERS_KEPT) == ({"is": 4}, False)
    assert do_once(database, "portal", None, "one", lambda _: {"is": 5}, NOW) == ({"is": 5}, False)


def test_what_failed_is_not_remembered(database: Database) -> None:
    def fail(_: object) -> dict[str, object]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do_once(database, "portal", "key", "one", fail, NOW)
    assert do_once(database, "portal", "key", "another", lambda _: {"is": 1}, NOW) == ({"is": 1}, False)


def test_the_feed_tells_what_the_municipality_may_know(
    workspace: Workspace, desk: Desk, sent: tuple[str, Case]
) -> None:
    now = datetime.now(UTC)
    _, start = read_feed(workspace.database, frozenset({"2580"}), _end(workspace), 100, now)
    _, case = send(workspace)
    send(workspace, municipality="2514")
    approved(workspace, desk, case, now)
    sent_at = now + timedelta(minutes=10)

    def told(at: datetime) -> list[EventKind]:
        events, _ = read_feed(workspace.database, frozenset({"2580"}), start, 100, at)
        return [one.kind for one in events if one.challenge_id == case.id]

    assert EventKind.DECIDE in kinds(workspace, case.id)
    assert told(sent_at) == [EventKind.SUBMIT]
    assert told(sent_at + SETTLED) == [EventKind.SUBMIT, EventKind.RELEASE]
    events, _ = read_feed(workspace.database, frozenset({"2580"}), start, 100, sent_at + SETTLED)
    pages, place = [], start
    while True:
        page, place = read_feed(workspace.database, frozenset({"2580"}), place, 1, sent_at + SETTLED)
        if not page:
            break
        pages += page
    assert sorted(one.id for one in pages) == sorted(one.id for one in events)


def test_a_list_that_is_taken_back_is_never_told(workspace: Workspace, desk: Desk, sent: tuple[str, Case]) -> None:
    now = datetime.now(UTC)
    case = approved(workspace, desk, sent[1], now)
    approval.take_back(desk, case.id, case.revision, now)
    events, _ = read_feed(workspace.database, None, FeedPlace(), 10_000, now + timedelta(days=1))
    assert [one.kind for one in events if one.challenge_id == case.id] == [EventKind.SUBMIT]


def test_a_challenge_of_a_portal_tells_who_sent_it(workspace: Workspace) -> None:
    described = Description("2580", "Buller", "Vägen bullrar.")
    with workspace.database.transaction() as session:
        case = submit(session, described, "sv", "main", 10, portal_actor("portal"))
    events, _ = read_feed(workspace.database, None, FeedPlace(), 10_000)
    assert [one.kind for one in events if one.challenge_id == case.id] == [EventKind.SUBMIT]


def _end(workspace: Workspace) -> FeedPlace:
    place = FeedPlace()
    while True:
        events, place = read_feed(workspace.database, frozenset({"2580"}), place, 100)
        if not events:
            return place
