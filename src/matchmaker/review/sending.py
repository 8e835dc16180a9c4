"""Sending a draft so that it can fail late but never loudly: what was sent is safe before anything else is tried."""

import logging
from collections.abc import Mapping
from typing import Any

from matchmaker.db.session import Database
from matchmaker.domain.case import Case
from matchmaker.domain.errors import NotFoundError
from matchmaker.review.drafts import Choices, clean, keep, open_link, send, start_amending, start_draft
from matchmaker.review.intake import Matchers, match_case

log = logging.getLogger(__name__)


def send_and_match(
    database: Database,
    token: str,
    choices: Choices,
    answer_days: int,
    matchers: Matchers,
    language: str | None = None,
    seen: int | None = None,
) -> Case:
    """Send the draft as ``send`` does, then match it.

    A matching that fails is logged, and made up for when the desk opens the case.

    Raises:
        NotFoundError: the link opens no draft; it may have been sent already.
        InvalidDescriptionError: fields are wrong.
        InvalidChallengeError: the text cannot be matched.
        IllegalActError: the challenge has been closed or withdrawn meanwhile.
        OvertakenError: another version was sent meanwhile, which the sender has not seen.
        StorageError: nothing can be written.
    """
    sent = send(database, token, choices, answer_days, language, seen)
    try:
        return match_case(database, sent.id, matchers)
    except Exception:  # whatever it is, it is not the officer's to mend: the challenge is stored
        log.exception("The challenge %s was taken in but could not be matched", sent.id)
        return sent


def keep_somehow(
    database: Database, collection: str, token: str, typed: Mapping[str, Any], begun_from: int | None = None
) -> str:
    """Keep what was typed, also where its draft is gone; returns the token of the link that it is kept behind.

    A form that stood open while its challenge was sent elsewhere begins the next version, and is known to have begun
    from the version ``begun_from``; one whose draft was thrown away begins a new draft.

    Raises:
        IllegalActError: the challenge was sent and has been closed or withdrawn since.
        StorageError: nothing can be written.
    """
    try:
        keep(database, token, typed, begun_from)
    except NotFoundError:
        return _keep_anew(database, collection, token, typed, begun_from)
    return token


def _keep_anew(
    database: Database, collection: str, token: str, typed: Mapping[str, Any], begun_from: int | None
) -> str:
    try:
        _, participant = open_link(database, token)
    except NotFoundError:
        participant = None
        known = False
    else:
        known = participant is None
    if not known:
        return start_draft(database, collection, clean(typed))
    start_amending(database, token, begun_from)
    keep(database, token, typed)
    return token
