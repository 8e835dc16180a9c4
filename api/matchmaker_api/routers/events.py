"""What has happened to a municipality's challenges, for who asks again and again."""

from fastapi import APIRouter, Request, Response

from matchmaker.review.feed import read_feed
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import After, Limit, feed_cursor, next_page, read_feed_place
from matchmaker_api.schemas.event import Feed, FeedEvent

router = APIRouter(prefix="/api/v1/events", tags=["events"])


@router.get("", summary="Read the next events")
def list_events(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    after: After = None,
    limit: Limit = 100,
) -> Feed:
    """Events of the key's municipalities' challenges, oldest first, from behind the cursor on.

    Go on at ``next``: it is always there, also when nothing new has happened. A list that was sent comes half a minute
    after it was; what stays at the desk never comes.
    """
    told, place = read_feed(workspace.database, client.municipalities, read_feed_place(after), limit)
    path = next_page(request, response, feed_cursor(place))
    assert path is not None, "there is a cursor"
    return Feed(items=[FeedEvent.of(one) for one in told], next=path)
