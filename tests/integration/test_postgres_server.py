"""The servers that other tests lean on: each test's database is its own, and a replica follows."""

from sqlalchemy import Connection, create_engine, text

from tests.postgres_server import PostgresServer, PrimaryAndReplica
from tests.waiting import becomes


def tables(connection: Connection) -> int:
    found = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    assert found is not None
    return int(found)


def test_each_database_is_empty_and_gone_afterwards(postgres_server: PostgresServer) -> None:
    names = []
    for _ in range(2):
        with postgres_server.fresh_database() as url:
            engine = create_engine(url)
            with engine.begin() as connection:
                assert tables(connection) == 0
                connection.execute(text("CREATE TABLE one (id int)"))
            engine.dispose()
            names.append(engine.url.database)
    left = create_engine(postgres_server.url)
    with left.connect() as connection:
        still = connection.scalars(text("SELECT datname FROM pg_database")).all()
        version = connection.scalar(text("SHOW server_version_num"))
    left.dispose()
    assert not set(names) & set(still)
    assert version is not None
    assert int(version) >= 160_000


def test_a_replica_has_what_the_primary_has_and_takes_no_writing(primary_and_replica: PrimaryAndReplica) -> None:
    primary, replica = (
        create_engine(url) for url in (primary_and_replica.primary_url, primary_and_replica.replica_url)
    )
    with primary.begin() as connection:
        connection.execute(text("CREATE TABLE followed AS SELECT 1 AS id"))

    def follows() -> bool:
        with replica.connect() as connection:
            return connection.scalar(text("SELECT to_regclass('public.followed')")) is not None

    assert becomes(follows)
    with replica.connect() as connection:
        assert connection.scalar(text("SELECT pg_is_in_recovery()"))
    with primary.begin() as connection:
        connection.execute(text("DROP TABLE followed"))
    primary.dispose()
    replica.dispose()
