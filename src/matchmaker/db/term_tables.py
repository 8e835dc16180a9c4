"""The tables of terms in PostgreSQL: each passage's as a tsvector, and the lists that the server makes of these."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql

from matchmaker.retrieval.vector_index import Ids

SCHEMA = "matchmaker_terms"

BLOCK = 8_192
"""How many ids one list covers: a change makes the lists of its blocks anew, and a query reads one of each block."""

SORTED_IN = "128MB"

LONGEST_LEXEME = 2_046
MOST_POSITIONS = 255
"""Bytes of a term and occurrences in one passage, above which a tsvector takes no more."""

_ESCAPED = str.maketrans({"'": "''", "\\": "\\\\"})
_POSITIONS = [str(number) for number in range(1, MOST_POSITIONS + 1)]


def term_tables(stamp: str) -> tuple[Table, Table]:
    """The passages of a build, and the lists of who has a term how often."""
    schema = MetaData(schema=SCHEMA)
    passage = Table(
        f"passage_{stamp}",
        schema,
        Column("passage_id", BigInteger, primary_key=True, autoincrement=False),
        Column("length", Integer, nullable=False),
        Column("terms", postgresql.TSVECTOR, nullable=False),
    )
    posting = Table(
        f"posting_{stamp}",
        schema,
        Column("term", Text(collation="C"), primary_key=True),
        Column("block", BigInteger, primary_key=True, autoincrement=False),
        Column("passage_ids", postgresql.ARRAY(BigInteger), nullable=False),
        Column("counts", postgresql.ARRAY(SmallInteger), nullable=False),
    )
    return passage, posting


def copy_passages(connection: Connection, table: Table, ids: Ids, passages: Iterable[Sequence[str]]) -> None:
    """Write the terms of passages by COPY."""
    driver = connection.connection.driver_connection
    assert driver is not None
    columns = "passage_id, length, terms"
    with driver.cursor() as cursor, cursor.copy(f"COPY {SCHEMA}.{table.name} ({columns}) FROM STDIN") as copy:
        for identifier, terms in zip(ids.tolist(), passages, strict=True):
            copy.write_row((identifier, len(terms), _tsvector(terms)))


def make_lists(connection: Connection, passage: Table, posting: Table, ids: Ids) -> None:
    """Let the server make the lists of the blocks of some passages anew out of the terms that are there.

    One block after another, so that each is sorted in memory, however many there are.
    """
    connection.execute(text(f"SET LOCAL work_mem = '{SORTED_IN}'"))
    order = postgresql.aggregate_order_by
    one = func.unnest(passage.c.terms).table_valued("lexeme", "positions").lateral()
    term = one.c.lexeme.collate("C")
    identifier, times = passage.c.passage_id, cast(func.cardinality(one.c.positions), SmallInteger)
    for block in np.unique(ids // BLOCK).tolist():
        connection.execute(delete(posting).where(posting.c.block == block))
        lists = (
            select(
                term,
                literal(block, BigInteger),
                func.array_agg(order(identifier, identifier)),
                func.array_agg(order(times, identifier)),
            )
            .select_from(passage.join(one, true()))
            .where(identifier >= block * BLOCK, identifier < (block + 1) * BLOCK)
            .group_by(term)
        )
        connection.execute(insert(posting).from_select(["term", "block", "passage_ids", "counts"], lists))


def lexeme_of(term: str) -> str:
    """A term as the server knows it: one that is too long for it, by a digest."""
    encoded = term.encode()
    return term if len(encoded) <= LONGEST_LEXEME else hashlib.sha256(encoded).hexdigest()


def _tsvector(terms: Sequence[str]) -> str:
    """Terms as PostgreSQL reads them; of positions only the number is used, which is how often a term occurs."""
    return " ".join(
        f"'{lexeme_of(term).translate(_ESCAPED)}':{','.join(_POSITIONS[: min(times, MOST_POSITIONS)])}"
        for term, times in Counter(terms).items()
    )
