"""What administrators do to clients' webhook endpoints; each act is written down in the transaction that does it."""

from matchmaker.db import access_record, webhook_log, webhooks
from matchmaker.db.session import Database
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.notify.worker import utc_now


def deactivate_clients(database: Database, endpoint_id: str, by: str) -> None:
    """Tell a client's endpoint nothing any more. ``by`` is who says so.

    Raises:
        NotFoundError: there is no such endpoint.
    """
    with database.transaction() as session:
        if webhooks.own_endpoint(session, None, endpoint_id).is_active:
            webhooks.deactivate(session, None, endpoint_id)
            access_record.note_act(session, by, AccessAct.ENDPOINT_DEACTIVATED, endpoint_id)


def replay_clients(database: Database, endpoint_id: str, delivery_id: str, by: str) -> None:
    """Send a message to a client's endpoint once more. ``by`` is who says so.

    Raises:
        NotFoundError: there is no such endpoint, or the message did not go there.
        ReplayError: it is still waiting, or its endpoint is not active.
    """
    with database.transaction() as session:
        if webhook_log.replay(session, None, delivery_id, utc_now()) != endpoint_id:
            raise NotFoundError(mark("There is no delivery with the id {id}."), id=delivery_id)
        access_record.note_act(session, by, AccessAct.MESSAGE_REPLAYED, endpoint_id, delivery_id)
