"""The queue by places: on either database each case comes once, in the order that the whole list has."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.queue import QueueFilter, QueuePlace, list_queue
from matchmaker.db.session import Database
from matchmaker.review.intake import submit_challenge
from matchmaker_api.pagination import InvalidCursorError, queue_cursor, read_queue_place

TODAY = date(2026, 11, 25)
DAYS = (3, -2, None, 3, -2, 0, None)
"""In how many days an answer is promised; several on one day, and for some on none."""


@pytest.fixture
def queue(database: Database) -> list[str]:
    """The ids of cases, in the order in which they came in."""
    sent = [
        submit_challenge(
            database,
            text="Vägen bullrar.",
            title=None,
            language="sv",
            municipality="2580",
            collection="main",
            answer_days=10,
        ).id
        for _ in DAYS
    ]
    with database.transaction() as session:
        for case_id, days in zip(sent, DAYS, strict=True):
            day = None if days is None else TODAY + timedelta(days=days)
            session.execute(update(ChallengeRow).where(ChallengeRow.id == case_id).values(promised_on=day))
    return sent


@pytest.mark.both_databases
def test_pages_of_every_size_are_the_whole_list(database: Database, queue: list[str]) -> None:
    with database.reading() as session:
        whole, total = list_queue(session, QueueFilter(), TODAY, limit=100)
        assert [one.id for one in whole] == [queue[at] for at in (1, 4, 5, 0, 3, 2, 6)]
        assert total == len(queue) and [one.is_overdue for one in whole] == [True, True, *[False] * 5]
        for size in range(1, len(queue)):
            found: list[str] = []
            place: QueuePlace | None = None
            while True:
                page, _ = list_queue(session, QueueFilter(), TODAY, limit=size, after=place)
                found += [one.id for one in page]
                if not page:
                    break
                place = read_queue_place(queue_cursor(page[-1].place))
                assert place == page[-1].place
            assert found == [one.id for one in whole], size


@pytest.mark.parametrize(
    "cursor", ["bm8", "W10", "WzEsMiwzLDRd", "W3RydWUsImRheSIsIjIwMjYtMTEtMjVUMDA6MDA6MDBaIiwiYSJd"]
)
def test_what_is_no_place_of_the_queue_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        read_queue_place(cursor)
