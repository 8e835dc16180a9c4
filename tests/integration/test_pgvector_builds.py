"""Builds of vectors on a server: one a stamp, the one before kept, others' untouched."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, inspect

from matchmaker.db.pgvector_index import SCHEMA, PgvectorForm, open_pgvector
from matchmaker.domain.errors import SetupError
from matchmaker.retrieval.encoder import Vectors

IDS = np.arange(3, dtype=np.int64)
UNIT: Vectors = np.eye(3, dtype=np.float32)


@pytest.fixture
def form(postgres_url: str) -> Iterator[PgvectorForm]:
    opened = open_pgvector(postgres_url)
    yield opened
    opened.close()


def stamp(number: int) -> str:
    return f"{number:032x}"


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names(schema=SCHEMA))
    engine.dispose()
    return names


def test_a_build_that_another_machine_has_made_is_taken_as_it_is(form: PgvectorForm) -> None:
    form.build("main", stamp(1), IDS, UNIT).upsert(np.array([9]), UNIT[:1])
    assert form.build("main", stamp(1), IDS, UNIT).count == 4


def test_the_builds_of_the_last_two_changes_are_kept_and_those_of_other_collections(
    form: PgvectorForm, postgres_url: str, tmp_path: Path
) -> None:
    form.build("other", stamp(100), IDS, UNIT)
    for number in range(6):
        form.build("main", stamp(number), IDS, UNIT)
    assert tables(postgres_url) == {"build", *(f"of_{stamp(number)}" for number in (2, 3, 4, 5, 100))}
    assert form.read(tmp_path, "main", stamp(2)).count == 3
    with pytest.raises(OSError, match="no vectors"):
        form.read(tmp_path, "main", stamp(1))


def test_opening_the_server_again_loses_nothing(form: PgvectorForm, postgres_url: str, tmp_path: Path) -> None:
    form.build("main", stamp(1), IDS, UNIT)
    again = open_pgvector(postgres_url)
    assert again.read(tmp_path, "main", stamp(1)).count == 3
    again.close()


def test_a_url_of_another_database_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(SetupError) as raised:
        open_pgvector("sqlite:///somewhere.db")
    assert raised.value.remedy is not None
    assert "MATCHMAKER_VECTORS" in raised.value.remedy
