"""Taking in a challenge: stored first, so that nothing typed is lost, then matched, the shortlist frozen beside it."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from matchmaker.db.cases import add_case, get_case, save_case
from matchmaker.db.challenges import StoredShortlist, add_shortlist, find_shortlist
from matchmaker.db.session import Database
from matchmaker.domain.case import Case, rematch, step
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.days import local_day
from matchmaker.domain.description import Description
from matchmaker.domain.errors import MatchmakerError, NotFoundError, mark
from matchmaker.domain.event import SYSTEM, EventKind
from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import Confidence, Shortlist
from matchmaker.domain.workflow import Act, Party, State
from matchmaker.pipeline import Matcher
from matchmaker.text.query import read_query

Matchers = Callable[[str], Matcher]
"""The matcher of a collection by its name."""

_SHORTLIST = TypeAdapter(Shortlist)

log = logging.getLogger(__name__)


def submit_challenge(
    database: Database,
    *,
    text: str,
    title: str | None,
    language: str | None,
    municipality: str | None,
    collection: str,
    answer_days: int,
) -> Case:
    """Store a challenge that came as a text; it is committed when this returns.

    Raises:
        InvalidChallengeError: it cannot be matched as it is; nothing is stored.
    """
    now = datetime.now(UTC)
    case = Case(
        id=str(uuid.uuid4()),
        collection=collection,
        state=State.SUBMITTED,
        revision=0,
        version=1,
        description=Description(municipality, title or "", text),
        language=language,
        created_at=now,
        submitted_at=now,
        promised_on=answer_day(local_day(now), answer_days),
    )
    read_query(challenge_of(case))
    with database.transaction() as session:
        add_case(session, case)
    return case


def match_case(database: Database, case_id: str, matchers: Matchers) -> Case:
    """Freeze the system's shortlist for the challenge's current version, where there is none, and list its candidates.

    Raises:
        NotFoundError: there is no such challenge.
        SetupError: the index or encoder cannot be used.
    """
    with database.reading() as session:
        case = get_case(session, case_id)
        stored = find_shortlist(session, case_id, case.version)
    if case.state is not State.SUBMITTED:
        return case
    if stored is None:
        shortlist = matchers(case.collection).match(challenge_of(case))
        stored = StoredShortlist(
            str(uuid.uuid4()), case_id, datetime.now(UTC), shortlist_content(shortlist), case.version
        )
    with database.transaction() as session:
        current = get_case(session, case_id)
        if current.state is not State.SUBMITTED or current.version != case.version:
            return current  # somebody else was first, or it was amended meanwhile
        if find_shortlist(session, case_id, case.version) is None:
            add_shortlist(session, stored)
        matched = step(rematch(current, _suggestions(stored)), Act.MATCH, Party.SYSTEM)
        best = read_shortlist(stored).experts
        matched = replace(matched, confidence=best[0].confidence if best else Confidence.NONE)
        return save_case(session, current, matched, SYSTEM, EventKind.MATCH, details={"shortlist": stored.id})


def match_if_possible(database: Database, case_id: str, matchers: Matchers) -> MatchmakerError | None:
    """As ``match_case``; what kept the challenge from being matched is logged and returned.

    It is stored, and can be read and matched later: no failure of the matching is to stop whoever sends or opens it.

    Raises:
        NotFoundError: there is no such challenge.
    """
    try:
        match_case(database, case_id, matchers)
    except NotFoundError:
        raise
    except MatchmakerError as error:
        log.warning("The challenge %s could not be matched: %s", case_id, error)
        return error
    except Exception:
        log.exception("The challenge %s could not be matched", case_id)
        return MatchmakerError(mark("Something went wrong on our side. It has been logged."))
    return None


def shortlist_content(shortlist: Shortlist) -> dict[str, Any]:
    """A shortlist in the JSON form in which it is frozen."""
    content: dict[str, Any] = _SHORTLIST.dump_python(shortlist, mode="json")
    return content


def read_shortlist(stored: StoredShortlist) -> Shortlist:
    """A frozen shortlist as it was."""
    return _SHORTLIST.validate_python(stored.content)


def challenge_of(case: Case) -> Challenge:
    """What of a case is matched."""
    described = case.description
    return Challenge(case.id, described.matched_text, described.title or None, Language.of(case.language))


def answer_day(today: date, working_days: int) -> date:
    """The day so many working days from today, Mondays to Fridays; holidays are not known here."""
    day: date = np.busday_offset(np.datetime64(today), working_days, roll="backward").astype(date)
    return day


def _suggestions(stored: StoredShortlist) -> list[Any]:
    shortlist = read_shortlist(stored)
    return [*shortlist.experts, *shortlist.routes]
