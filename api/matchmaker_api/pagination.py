"""Lists in pages by a cursor: it says what came last, so that nothing is shown twice or left out when things change."""

import base64
import binascii
import json
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response

from matchmaker.db.portal import Place
from matchmaker.db.queue import QueuePlace
from matchmaker.db.work_lists import SuggestedPlace, WorkPlace
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.review.feed import FeedPlace

LARGEST_NUMBER = 2**62
LONGEST_CURSOR = 400

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[
    str | None, Query(max_length=LONGEST_CURSOR, description="The cursor of a page's link to the next one.")
]


class InvalidCursorError(InvalidChallengeError):
    """A cursor that none of our pages gave."""

    code = "invalid-cursor"

    def __init__(self) -> None:
        super().__init__("query/after", mark("This is no cursor of this list."))


def place_cursor(place: Place) -> str:
    return _pack([place[0].astimezone(UTC).isoformat(), place[1]])


def read_place(cursor: str | None) -> Place | None:
    """The place that a cursor stands for; None for the beginning.

    Raises:
        InvalidCursorError: it is no cursor.
    """
    return _place(_unpack(cursor)) if cursor else None


def id_cursor(identifier: str) -> str:
    return _pack(identifier)


def read_id(cursor: str | None) -> str:
    """The id that a cursor stands for; "" for the beginning.

    Raises:
        InvalidCursorError: it is no cursor.
    """
    value = _unpack(cursor) if cursor else ""
    if not isinstance(value, str):
        raise InvalidCursorError
    return value


def number_cursor(number: int) -> str:
    return _pack(number)


def read_number(cursor: str | None) -> int:
    """The number that a cursor stands for; 0 for the beginning.

    Raises:
        InvalidCursorError: it is no cursor.
    """
    value = _unpack(cursor) if cursor else 0
    if not isinstance(value, int) or not 0 <= value <= LARGEST_NUMBER:
        raise InvalidCursorError
    return value


def work_cursor(place: WorkPlace) -> str:
    return _pack(list(place))


def read_work_place(cursor: str | None) -> WorkPlace | None:
    """The place in a group's works that a cursor stands for; None for the beginning.

    Raises:
        InvalidCursorError: it is no cursor.
    """
    if not cursor:
        return None
    match _unpack(cursor):
        case [bool(unpinned), bool(undated), int(year), str(identifier)]:
            return unpinned, undated, year, identifier
    raise InvalidCursorError


def suggested_cursor(place: SuggestedPlace) -> str:
    return _pack(list(place))


def read_suggested_place(cursor: str | None) -> SuggestedPlace | None:
    """The place in the suggested links that a cursor stands for; None for the beginning.

    Raises:
        InvalidCursorError: it is no cursor.
    """
    if not cursor:
        return None
    match _unpack(cursor):
        case [None | float() as probability, str(work), str(group)]:
            return probability, work, group
    raise InvalidCursorError


def feed_cursor(place: FeedPlace) -> str:
    release = [place.release[0].astimezone(UTC).isoformat(), place.release[1]] if place.release else None
    return _pack([place.event, release])


def read_feed_place(cursor: str | None) -> FeedPlace:
    """The place that a cursor stands for.

    Raises:
        InvalidCursorError: it is no cursor.
    """
    if not cursor:
        return FeedPlace()
    match _unpack(cursor):
        case [int(event), release] if 0 <= event <= LARGEST_NUMBER:
            return FeedPlace(event, None if release is None else _place(release))
    raise InvalidCursorError


def queue_cursor(place: QueuePlace) -> str:
    promised = place.promised_on.isoformat() if place.promised_on else None
    return _pack([place.is_overdue, promised, place.since.astimezone(UTC).isoformat(), place.id])


def read_queue_place(cursor: str | None) -> QueuePlace | None:
    """The place that a cursor stands for; None for the beginning.

    Raises:
        InvalidCursorError: it is no cursor.
    """
    if not cursor:
        return None
    match _unpack(cursor):
        case [bool(overdue), None | str() as promised, *place]:
            since, identifier = _place(place)
            try:
                return QueuePlace(overdue, date.fromisoformat(promised) if promised else None, since, identifier)
            except ValueError:
                pass
    raise InvalidCursorError


def next_page(request: Request, response: Response, cursor: str | None) -> str | None:
    """Where the next page is, also as the Link header (RFC 8288); a path, so that it does not depend on the Host."""
    if cursor is None:
        return None
    url = request.url.include_query_params(after=cursor)
    path = f"{url.path}?{url.query}"
    response.headers["Link"] = f'<{path}>; rel="next"'
    return path


def _pack(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def _unpack(cursor: str) -> Any:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        value = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        json.dumps(value, ensure_ascii=False).encode()  # half characters cannot be looked for
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidCursorError from None
    return value


def _place(value: Any) -> Place:
    match value:
        case [str(moment), str(identifier)]:
            try:
                at = datetime.fromisoformat(moment)
                if at.tzinfo is not None:
                    return at.astimezone(UTC), identifier
            except (ValueError, OverflowError):
                pass
    raise InvalidCursorError
