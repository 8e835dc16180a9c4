"""The worker as the settings want it."""

from collections.abc import Callable
from functools import partial

from matchmaker.db.outbox import JobKind
from matchmaker.db.session import Database
from matchmaker.notify.addresses import AddressPolicy
from matchmaker.notify.letter_sender import LetterSender, site_address
from matchmaker.notify.smtp import mail_sender
from matchmaker.notify.webhooks import WebhookSender
from matchmaker.notify.worker import Deliverer, Senders
from matchmaker.settings import Settings


def address_policy(settings: Settings) -> AddressPolicy:
    """Where webhooks may be sent."""
    return AddressPolicy(settings.webhook_networks)


def make_senders(settings: Settings, database: Database) -> Senders:
    """What sends each kind of job."""
    mail = mail_sender(settings)
    return {
        JobKind.MAIL: mail,
        JobKind.LETTER: LetterSender(database, site_address(settings), mail),
        JobKind.WEBHOOK: WebhookSender(database, address_policy(settings)),
    }


def deliverer(
    open_database: Callable[[], Database], settings: Settings, hourly: Callable[[], object] = lambda: None
) -> Deliverer:
    """A worker for a server or a process of its own; the database is opened when it starts."""
    return Deliverer(open_database, partial(make_senders, settings), retention=settings.retention, hourly=hourly)
