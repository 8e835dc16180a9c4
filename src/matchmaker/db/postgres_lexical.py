"""The lexical channel in PostgreSQL: for several machines that search the same index.

Each passage's terms are a tsvector of the analyzer's own; from these the server makes, for each term and each block of
passages, one list of who has it how often. A process asks for the lists of a query's terms and scores by them as it
would by its own; it keeps those that were asked for last, since a challenge's sentences have no other terms.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import (
    Connection,
    Engine,
    Text,
    bindparam,
    delete,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import ArgumentError, DBAPIError

from matchmaker.db.index_builds import IndexBuilds
from matchmaker.db.number_arrays import given, numbers_in, sent
from matchmaker.db.postgres_engine import make_postgres_engine
from matchmaker.db.term_tables import SCHEMA, copy_passages, lexeme_of, make_lists, term_tables
from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.bm25 import Bm25Index, TermPostings
from matchmaker.retrieval.lexical_index import LexicalIndex, Scores
from matchmaker.retrieval.postings import Counts, Found, length_norms, term_weights
from matchmaker.retrieval.vector_index import IdRows, Ids

KEPT_POSTINGS = 2_000_000
"""How many postings a process keeps of those that were asked for last: 16 MB."""

_builds = IndexBuilds(SCHEMA, ["passage", "posting"])


class RecentPostings:
    """The postings of the terms that were asked for last, by several threads; no more than ``KEPT_POSTINGS``."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, TermPostings] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def find(self, terms: Collection[str]) -> dict[str, TermPostings]:
        """Those that are there."""
        with self._lock:
            found = {term: self._kept[term] for term in terms if term in self._kept}
            for term in found:
                self._kept.move_to_end(term)
        return found

    def keep(self, fresh: Mapping[str, TermPostings]) -> None:
        with self._lock:
            for term, postings in fresh.items():
                if term not in self._kept:
                    self._kept[term] = postings
                    self._size += _size(postings)
            while self._size > KEPT_POSTINGS:
                self._size -= _size(self._kept.popitem(last=False)[1])


class PostgresLexicalIndex(Bm25Index):
    """The terms of one build. This process holds the passages' ids and lengths, 12 bytes each, and some postings."""

    def __init__(self, engine: Engine, stamp: str) -> None:
        super().__init__(np.zeros(0, dtype=np.int64))
        self._engine = engine
        self._passage, self._posting = term_tables(stamp)
        self._look_up()

    def upsert(self, ids: Ids, passages: Sequence[Sequence[str]]) -> None:
        self._change(ids, ids, passages)

    def delete(self, ids: Ids) -> None:
        self._change(ids, ids[:0], [])

    def write(self, folder: Path) -> None:
        """Nothing: the server has it all."""

    def _change(self, gone: Ids, ids: Ids, passages: Sequence[Sequence[str]]) -> None:
        with self._engine.begin() as connection:
            # The lists are made of what others have committed too: one change after the other.
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(self._passage.name, 0))))
            connection.execute(delete(self._passage).where(self._passage.c.passage_id == func.any(given(gone))))
            copy_passages(connection, self._passage, ids, passages)
            make_lists(connection, self._passage, self._posting, gone)
        self._look_up()

    def _look_up(self) -> None:
        """Ask the server which passages there are, and forget what was asked before."""
        own = self._passage.c
        order = postgresql.aggregate_order_by
        ids, lengths = (sent(func.array_agg(order(one, own.passage_id))) for one in (own.passage_id, own.length))
        with self._engine.connect() as connection:
            row = connection.execute(select(ids, lengths)).one()
        self._rows = IdRows(numbers_in(row[0], ">i8").astype(np.int64))
        self._norms = length_norms(numbers_in(row[1], ">i4"))
        self._recent = RecentPostings()

    def _postings(self, terms: Collection[str]) -> Mapping[str, TermPostings]:
        found = self._recent.find(terms)
        fresh = self._fetched([term for term in terms if term not in found])
        self._recent.keep(fresh)
        return {term: postings for term, postings in (found | fresh).items() if len(postings[0])}

    def _sums(self, rows: Ids, asked: Sequence[Mapping[str, float]]) -> Scores:
        sums = np.zeros((len(asked), len(rows)), dtype=np.float32)
        for term, (having, values) in self._postings({term for shares in asked for term in shares}).items():
            places, own = _among(having, values, rows)
            for text, shares in enumerate(asked):
                if term in shares:
                    sums[text, places] += np.float32(shares[term]) * own
        return sums

    def _fetched(self, terms: Sequence[str]) -> dict[str, TermPostings]:
        """The postings of each of some terms by the server; empty ones of those that no passage has."""
        if not terms:
            return {}
        own = self._posting.c
        asked = bindparam(None, [lexeme_of(term) for term in terms], type_=postgresql.ARRAY(Text), unique=True)
        lists = select(own.term, own.block, sent(own.passage_ids), sent(own.counts))
        blocks: dict[str, list[tuple[Ids, Counts]]] = {}
        with self._engine.connect() as connection:
            for term, _, ids, counts in sorted(connection.execute(lists.where(own.term == func.any(asked))).tuples()):
                blocks.setdefault(term, []).append((numbers_in(ids, ">i8"), numbers_in(counts, ">i2")))
        return {term: self._scored_there(blocks.get(lexeme_of(term), [])) for term in terms}

    def _scored_there(self, blocks: Sequence[tuple[Ids, Counts]]) -> TermPostings:
        """A term's postings from its lists, block by block."""
        if not blocks:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        ids, counts = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        rows = self._rows.of(ids)
        known = rows >= 0  # another machine may have added some
        rows, counts = rows[known], counts[known]
        weight = term_weights(np.array(len(rows)), self.count).astype(np.float32)
        return rows.astype(np.int32), weight * (counts / (counts + self._norms[rows])).astype(np.float32)


class PostgresLexicalForm:
    """The lexical channel on a PostgreSQL server."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def takes_changes(self, index: LexicalIndex) -> bool:  # noqa: ARG002
        """Never: its tables are searched by every machine."""
        return False

    def close(self) -> None:
        """End the connections."""
        self._engine.dispose()

    def build(self, collection: str, stamp: str, ids: Ids, passages: Iterable[Sequence[str]]) -> LexicalIndex:
        """As promised by ``LexicalForm``; a build that another machine has made already is taken as it is."""
        passage, posting = term_tables(stamp)

        def fill(connection: Connection) -> Mapping[str, Any]:
            passage.create(connection)
            posting.create(connection)
            copy_passages(connection, passage, ids, passages)
            make_lists(connection, passage, posting, ids)
            return {}

        _builds.make(self._engine, collection, stamp, fill)
        return PostgresLexicalIndex(self._engine, stamp)

    def read(self, folder: Path, collection: str, stamp: str) -> LexicalIndex:  # noqa: ARG002
        if _builds.find(self._engine, stamp) is None:
            raise OSError(f"the server has no terms of {collection} of the build {stamp}")
        return PostgresLexicalIndex(self._engine, stamp)


def open_postgres_lexical(url: str) -> PostgresLexicalForm:
    """The lexical channel on the server of a URL, ``postgresql://…``; what it needs is made where it is missing.

    Raises:
        SetupError: the server is out of reach.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise ArgumentError("MATCHMAKER_DATABASE_URL must look like postgresql://…")
        engine = make_postgres_engine(parsed)
        with engine.begin() as connection:
            _builds.prepare(connection)
    except (ArgumentError, ImportError, DBAPIError) as error:
        problem = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        raise SetupError(
            mark("The terms of passages cannot be kept in PostgreSQL: {problem}."),
            remedy="MATCHMAKER_LEXICAL=files  (or set MATCHMAKER_DATABASE_URL to a PostgreSQL server)",
            problem=problem.strip().rstrip("."),
        ) from error
    return PostgresLexicalForm(engine)


def _size(postings: TermPostings) -> int:
    """Its number of postings; a term that nobody has takes a place, too."""
    return len(postings[0]) + 1


def _among(having: Found, values: Scores, rows: Ids) -> tuple[Ids, Scores]:
    """Of a term's postings those in ``rows``, as places in it; both rise: the shorter is sought in the longer."""
    if not len(having) or not len(rows):
        return np.zeros(0, dtype=np.int64), values[:0]
    if len(having) < len(rows):
        places = np.minimum(np.searchsorted(rows, having), len(rows) - 1)
        met = rows[places] == having
        return places[met], values[met]
    found = np.minimum(np.searchsorted(having, rows.astype(having.dtype)), len(having) - 1)
    places = np.flatnonzero(having[found] == rows)
    return places, values[found[places]]
