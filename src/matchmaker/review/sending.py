"""Sending a draft so that it can fail late but never loudly: what was sent is safe before anything else is tried."""

from collections.abc import Mapping
from typing import Any

from matchmaker.db.session import Database
from matchmaker.domain.case import Case
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.open_page import OpenPage
from matchmaker.review.drafts import Choices, clean, keep, open_link, send, start_amending, start_draft
from matchmaker.review.intake import Matchers, match_if_possible


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

    A matching that fails is made up for when the desk opens the case.

    Raises:
        NotFoundError: the link opens no draft; it may have been sent already.
        InvalidDescriptionError: fields are wrong.
        InvalidChallengeError: the text cannot be matched.
        IllegalActError: the challenge has been closed or withdrawn meanwhile.
        OvertakenError: another version was sent meanwhile, which the sender has not seen.
        StorageError: nothing can be written.
    """
    sent = send(database, token, choices, answer_days, language, seen)
    match_if_possible(database, sent.id, matchers)
    return sent


def keep_somehow(
    database: Database, collection: str, token: str, typed: Mapping[str, Any], page: OpenPage
) -> tuple[str, frozenset[str]]:
    """Keep what was typed, also where its draft is gone.

    Returns the token of the link that it is kept behind, and the fields that were changed in another window too and so
    are not kept. A form that stood open while its challenge was sent elsewhere begins the next version, and is known to
    have begun from the page's version; one whose draft was thrown away begins a new draft.

    Raises:
        IllegalActError: the challenge was sent and has been closed or withdrawn since.
        StorageError: nothing can be written.
    """
    try:
        return token, keep(database, token, typed, page).conflicts
    except NotFoundError:
        return _keep_anew(database, collection, token, typed, page)


def _keep_anew(
    database: Database, collection: str, token: str, typed: Mapping[str, Any], page: OpenPage
) -> tuple[str, frozenset[str]]:
    try:
        _, participant = open_link(database, token)
    except NotFoundError:
        participant = None
        known = False
    else:
        known = participant is None
    if not known:
        return start_draft(database, collection, clean(typed)), frozenset()
    start_amending(database, token, page.begun_from)
    return token, keep(database, token, typed, page).conflicts
