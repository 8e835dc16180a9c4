"""What is PostgreSQL's own: turns of writers, readers of one moment, a replica, servers that are gone or unfit."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select, text

from matchmaker.db import outbox
from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.catalogue import save_collaborators
from matchmaker.db.identity import add_account
from matchmaker.db.models import CollectionRow
from matchmaker.db.outbox import JobKind
from matchmaker.db.pgvector_index import PgvectorForm, open_pgvector
from matchmaker.db.postgres_engine import SERVER_SETTINGS
from matchmaker.db.session import Database, Turn, open_database
from matchmaker.db.vector_cache import DatabaseVectorCache
from matchmaker.domain.access import Role as StaffRole
from matchmaker.domain.account import AccountKind
from matchmaker.domain.errors import SetupError, StorageError
from matchmaker.retrieval.encoder import Role
from matchmaker.review.repeats import do_once
from tests.conftest import collaborator
from tests.postgres_server import PostgresServer, PrimaryAndReplica
from tests.waiting import PATIENCE_SECONDS, becomes

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
AT_ONCE = 8


@pytest.fixture
def opened(postgres_url: str) -> Iterator[Database]:
    database = open_database(postgres_url)
    yield database
    database.close()


def all_at_once(act: Callable[[int], object]) -> list[object]:
    """What each of several threads gets that begin together."""
    together = threading.Barrier(AT_ONCE)

    def begin(number: int) -> object:
        together.wait(PATIENCE_SECONDS)
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(begin, range(AT_ONCE)))


def test_processes_that_start_together_make_the_tables_once(postgres_url: str) -> None:
    databases = all_at_once(lambda _: open_database(postgres_url))
    for one in databases:
        assert isinstance(one, Database)
        with one.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM challenge")) == 0
        one.close()


@pytest.mark.parametrize("begins", [open_database, open_pgvector])
def test_rows_and_vectors_share_a_database(begins: Callable[[str], Database | PgvectorForm], postgres_url: str) -> None:
    begins(postgres_url).close()
    database, vectors = open_database(postgres_url), open_pgvector(postgres_url)
    cache, vector = DatabaseVectorCache(database), np.ones(2, dtype=np.float32)
    cache.store({"key": vector}, Role.DOCUMENT)
    built = vectors.build("main", "stamp", np.array([7], dtype=np.int64), vector[np.newaxis])
    assert list(built.search(vector, 1).ids) == [7]
    assert list(cache.find(["key"])) == ["key"]
    vectors.close()
    database.close()


def test_next_numbers_are_given_out_once(opened: Database) -> None:
    def add(_: int) -> str:
        with opened.transaction() as session:
            return add_account(session, AccountKind.LOCAL, [StaffRole.ADVISER], "adviser", NOW).label

    assert sorted(all_at_once(add), key=str) == [f"adviser-{number}" for number in range(1, AT_ONCE + 1)]


def test_a_request_that_comes_several_times_at_once_is_done_once(opened: Database) -> None:
    done: list[int] = []

    def ask(number: int) -> bool:
        def act(_: object) -> dict[str, int]:
            done.append(number)
            return {"by": number}

        return do_once(opened, "portal", "key", "the same", act, NOW)[1]

    assert sorted(map(bool, all_at_once(ask))) == [False] + [True] * (AT_ONCE - 1)
    assert len(done) == 1


def test_a_message_is_claimed_once(opened: Database) -> None:
    with opened.transaction() as session:
        for number in range(3):
            outbox.add(session, JobKind.MAIL, {}, f"mail-{number}", run_at=NOW)

    def claim(_: int) -> list[str]:
        with opened.transaction(Turn.CLAIMS) as session:
            return [one.id for one in outbox.claim(session, [JobKind.MAIL], NOW, NOW + timedelta(minutes=5))]

    claimed = [one for own in all_at_once(claim) for one in own]  # type: ignore[attr-defined]
    assert len(claimed) == len(set(claimed)) == 3


def test_cases_wait_for_each_other_and_not_for_an_import(opened: Database) -> None:
    order: list[str] = []

    def write(name: str, turn: Turn) -> threading.Thread:
        def begin() -> None:
            with opened.transaction(turn):
                order.append(name)

        thread = threading.Thread(target=begin)
        thread.start()
        return thread

    with opened.transaction(Turn.CASES):
        write("import", Turn.CATALOGUE).join(PATIENCE_SECONDS)
        waiting = [write("case", Turn.CASES), write("opting out", Turn.CATALOGUE_AND_CASES)]
        locks = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

        def both_wait() -> bool:
            with opened.reading() as session:
                return session.scalar(locks) == len(waiting)

        assert becomes(both_wait)
        assert order == ["import"]
    for one in waiting:
        one.join(PATIENCE_SECONDS)
    assert sorted(order) == ["case", "import", "opting out"]


def test_who_waits_too_long_is_told_that_nothing_can_be_saved(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SERVER_SETTINGS, "lock_timeout", "1")  # milliseconds
    database = open_database(postgres_url)
    with database.transaction(), pytest.raises(StorageError), database.transaction():
        pass
    database.close()


def test_a_reader_sees_one_moment_and_cannot_write(opened: Database) -> None:
    with opened.reading() as session:
        assert session.query(CollectionRow).count() == 0
        save_collaborators(opened, "main", "origin", [collaborator("one", "Snö.")])
        assert session.query(CollectionRow).count() == 0
    with pytest.raises(StorageError), opened.reading() as session:
        session.execute(text("DELETE FROM collection"))


def test_a_server_that_ended_the_connections_is_gone_on_with(opened: Database, postgres_server: PostgresServer) -> None:
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    name = opened.engine.url.database
    with opened.reading():
        pass
    other = open_database(postgres_server.url)
    with pytest.raises(StorageError), opened.transaction() as session:
        session.execute(text("SELECT 1"))
        with other.engine.connect() as connection:
            connection.execute(end, {"name": name})
        session.execute(text("SELECT 1"))
    other.close()
    with opened.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_what_may_be_a_moment_old_is_read_from_the_replica(primary_and_replica: PrimaryAndReplica) -> None:
    database = open_database(primary_and_replica.primary_url, primary_and_replica.replica_url)
    save_collaborators(database, "main", "origin", [collaborator("one", "Snö.")])
    is_replica = text("SELECT pg_is_in_recovery()")

    def has_followed() -> bool:
        with database.reading(may_be_behind=True) as session:
            assert session.scalar(is_replica)
            there = session.scalar(text("SELECT count(*) FROM pg_tables WHERE tablename = 'collection'"))
            return bool(there) and session.query(CollectionRow).count() == 1

    assert becomes(has_followed)
    with database.reading() as session:
        assert not session.scalar(is_replica)
    database.close()


def test_without_the_replica_the_primary_is_read(opened: Database) -> None:
    url = opened.engine.url.render_as_string(hide_password=False)
    database = open_database(url, "postgresql://nobody@127.0.0.1:9/none")
    with database.reading(may_be_behind=True) as session:
        assert not session.scalar(text("SELECT pg_is_in_recovery()"))
    database.close()


@pytest.mark.parametrize("written", ["a\x00b", "\x00", "a\\u0000b", "a\\\x00b", "\\\\\x00"])
def test_text_loses_the_character_that_the_server_has_no_place_for_and_no_other(opened: Database, written: str) -> None:
    kept = written.replace("\x00", "")
    with opened.transaction() as session:
        description = {"title": written, "case_number": "KS 1"}
        session.add(ChallengeRow(id="c", collection="main", text=written, created_at=NOW, description=description))
    with opened.reading() as session:
        query = select(ChallengeRow.text, ChallengeRow.description, ChallengeRow.description["title"].as_string())
        text_, described, title = session.execute(query.where(ChallengeRow.id == "\x00c")).one()
        assert (text_, described["title"], title) == (kept, kept, kept)


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(SetupError, match="cannot be used") as told:
        open_database("postgresql://somebody:secret@127.0.0.1:9/none")
    assert "secret" not in str(told.value)
    assert "MATCHMAKER_DATABASE_URL" in told.value.remedy


def test_a_database_without_swedish_letters_is_refused(postgres_server: PostgresServer) -> None:
    with postgres_server.fresh_database("LOCALE 'C'") as url, pytest.raises(SetupError, match="å, ä and ö"):
        open_database(url)
