"""Builds of terms on a server: one a stamp, the one before kept, others' untouched; what a process keeps of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, event, inspect

from matchmaker.db.postgres_lexical import PostgresLexicalForm, open_postgres_lexical
from matchmaker.db.term_tables import LONGEST_LEXEME, SCHEMA
from matchmaker.domain.errors import SetupError
from matchmaker.settings import Settings

IDS = np.arange(3, dtype=np.int64)
TERMS = [["snö", "väg"], ["malm"], ["väg", "is"]]
ROAD = [{"väg": 1.0}]


@pytest.fixture
def form(postgres_url: str) -> Iterator[PostgresLexicalForm]:
    opened = open_postgres_lexical(postgres_url)
    yield opened
    opened.close()


def stamp(number: int) -> str:
    return f"{number:032x}"


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names(schema=SCHEMA))
    engine.dispose()
    return names


def test_a_build_that_another_machine_has_made_is_taken_as_it_is(form: PostgresLexicalForm) -> None:
    form.build("main", stamp(1), IDS, TERMS).upsert(np.array([9]), [["hamn"]])
    assert form.build("main", stamp(1), IDS, TERMS).count == 4


def test_machines_that_build_the_same_at_once_make_it_once(form: PostgresLexicalForm, postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as machines:
        built = list(machines.map(lambda _: form.build("main", stamp(1), IDS, TERMS), range(4)))
    assert [sorted(one.search(ROAD, 5).tolist()) for one in built] == [[0, 2]] * 4
    assert tables(postgres_url) == {"build", f"passage_{stamp(1)}", f"posting_{stamp(1)}"}


def test_a_build_that_fails_leaves_nothing(form: PostgresLexicalForm, postgres_url: str) -> None:
    with pytest.raises(ValueError, match="shorter"):
        form.build("main", stamp(1), IDS, TERMS[:2])
    assert tables(postgres_url) == {"build"}
    assert form.build("main", stamp(1), IDS, TERMS).count == 3


def test_the_builds_of_the_last_two_changes_are_kept_and_those_of_other_collections(
    form: PostgresLexicalForm, postgres_url: str, tmp_path: Path
) -> None:
    form.build("other", stamp(100), IDS, TERMS)
    for number in range(6):
        form.build("main", stamp(number), IDS, TERMS)
    kept = {f"{kind}_{stamp(number)}" for number in (2, 3, 4, 5, 100) for kind in ("passage", "posting")}
    assert tables(postgres_url) == {"build", *kept}
    assert form.read(tmp_path, "main", stamp(2)).count == 3
    with pytest.raises(OSError, match="no terms"):
        form.read(tmp_path, "main", stamp(1))


def test_opening_the_server_again_loses_nothing(form: PostgresLexicalForm, postgres_url: str, tmp_path: Path) -> None:
    form.build("main", stamp(1), IDS, TERMS)
    again = open_postgres_lexical(postgres_url)
    assert sorted(again.read(tmp_path, "main", stamp(1)).search(ROAD, 5).tolist()) == [0, 2]
    again.close()


def test_what_another_machine_adds_to_an_opened_index_does_not_disturb_it(form: PostgresLexicalForm) -> None:
    first = form.build("main", stamp(1), IDS, TERMS)
    before = first.scores([{"is": 1.0}], IDS)
    form.build("main", stamp(1), IDS, TERMS).upsert(np.array([9]), [["is"]])
    assert sorted(first.search([{"is": 1.0}], 5).tolist()) == [2]
    assert np.array_equal(first.scores([{"is": 1.0}], IDS), before)


def test_lists_of_several_blocks_are_one_list(form: PostgresLexicalForm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaker.db.term_tables.BLOCK", 4)
    index = form.build("main", stamp(1), np.arange(30), [["väg", f"w{row}"] for row in range(30)])
    index.delete(np.array([5, 6]))
    assert sorted(index.search(ROAD, 40).tolist()) == [row for row in range(30) if row not in {5, 6}]
    assert index.search([{"w17": 1.0}], 5).tolist() == [17]


def test_a_term_that_is_too_long_for_the_server_is_found_all_the_same(form: PostgresLexicalForm) -> None:
    long = "å" * LONGEST_LEXEME
    index = form.build("main", stamp(1), IDS, [[long, "väg"], [f"{long}n"], ["väg"] * 300])
    assert index.search([{long: 1.0}], 5).tolist() == [0]
    assert sorted(index.search(ROAD, 5).tolist()) == [0, 2]


def test_what_was_just_asked_for_is_not_fetched_again_until_much_else_was(
    form: PostgresLexicalForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = form.build("main", stamp(1), IDS, TERMS)
    asked: list[str] = []
    event.listen(form._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for _ in range(3):
        index.scores(ROAD, IDS)
        index.search(ROAD, 2)
        assert index.term_weight("väg") > 0
    assert len(asked) == 1
    monkeypatch.setattr("matchmaker.db.postgres_lexical.KEPT_POSTINGS", 3)
    index.scores([{"malm": 1.0}], IDS)
    index.scores(ROAD, IDS)
    assert len(asked) == 3


def test_a_url_of_another_database_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(SetupError) as raised:
        open_postgres_lexical("sqlite:///somewhere.db")
    assert raised.value.remedy is not None
    assert "MATCHMAKER_LEXICAL" in raised.value.remedy


@pytest.mark.parametrize(
    ("given", "server"),
    [
        ({}, None),
        ({"database_url": "postgresql://db/m"}, None),
        ({"database_url": "postgresql://db/m", "vectors": "pgvector"}, "postgresql://db/m"),
        ({"vectors": "pgvector", "vectors_url": "postgresql://vectors/m"}, "postgresql://vectors/m"),
        ({"database_url": "postgresql://db/m", "vectors": "pgvector", "lexical": "files"}, None),
        ({"database_url": "postgresql://db/m", "lexical": "postgresql"}, "postgresql://db/m"),
    ],
)
def test_terms_lie_with_the_vectors_unless_it_is_said_otherwise(given: dict[str, str], server: str | None) -> None:
    assert Settings.model_validate(given).lexical_database == server
