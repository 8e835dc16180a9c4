"""The law of letters: whatever is done in whatever order, none tells of a list that no adviser has approved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from matchmaker.db.case_records import ParticipantRole
from matchmaker.db.cases import get_case, save_case
from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.outbox import Job, JobKind
from matchmaker.db.session import Database, open_database
from matchmaker.domain.case import Case, ClosingReason, Route, step
from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.event import SYSTEM, EventKind
from matchmaker.domain.workflow import Act, Party, State
from matchmaker.notify.letter_sender import LetterSender
from matchmaker.notify.worker import Sender, SendingError, run_due
from matchmaker.review import approval, drafts, joining
from matchmaker.review.desk import Desk
from matchmaker.review.drafts import Choices
from matchmaker.review.status import answer_question, read_status, withdraw
from tests.integration.cases import let_in

CHOICES = Choices(("2580", "2514"), ())
TYPED = {
    "municipality": "2580",
    "title": "Källare översvämmas",
    "problem": "Vid skyfall tränger vatten in i källarna.",
    "visibility": "public",
    "contact_role": "VA-ingenjör",
    "contact_email": "va@kommun.example",
}
FOLLOWER = {"municipality": "2514", "contact_role": "Chef", "contact_email": "chef@annan.example"}
UNDO = 60
"""Minutes; each tick of the clock is half of it."""

ACTS = ("match", "route", "ask", "answer", "approve", "take_back", "release", "revise", "close", "reopen", "amend")
steps = st.lists(st.sampled_from((*ACTS, "withdraw", "tick", "tick", "deliver", "fail")), max_size=25)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('letters') / 'matchmaker.db'}")
    yield opened
    opened.engine.dispose()


@dataclass
class Walk:
    """A case with a follower, a clock, and what an adviser has approved: kept apart from what the program keeps."""

    database: Database
    token: str
    case_id: str
    clock: datetime
    release_at: datetime | None = None
    """When the list leaves that is approved now; None when none is."""
    letters: list[tuple[str, str]] = field(default_factory=list)
    """Addresses and subjects, of tries that failed too."""
    sent: list[str] = field(default_factory=list)
    """The ids of those that did not fail."""
    is_broken: bool = False
    """Whether a list was told of that nobody had sent. Kept, since a worker goes on after whatever is raised in it."""

    @property
    def case(self) -> Case:
        with self.database.reading() as session:
            return get_case(session, self.case_id)

    def do(self, act: str) -> None:
        """Do an act, if the case's state allows it."""
        try:
            getattr(self, f"_{act}")()
        except MatchmakerError:
            return
        if act in {"take_back", "close", "withdraw", "amend", "revise"} and not self.is_released:
            self.release_at = None

    @property
    def is_released(self) -> bool:
        return self.release_at is not None and self.release_at <= self.clock

    def read(self, job: Job) -> None:
        """A letter arrives: if it tells of a list, one is approved, and the time to take it back is over."""
        subject = job.payload["subject"]
        self.letters.append((job.payload["to"], subject))
        self.is_broken |= subject.startswith("An answer") and not self.is_released

    def _deliver(self) -> None:
        def taken(job: Job) -> None:
            self.read(job)
            self.sent.append(job.id)

        self._run(taken)

    def _fail(self) -> None:
        def broken(job: Job) -> None:
            self.read(job)
            raise SendingError("no")

        self._run(broken)

    def _run(self, deliver: Sender) -> None:
        sender = LetterSender(self.database, "https://matchmaker.example", deliver, lambda: self.clock)
        run_due(self.database, {JobKind.LETTER: sender}, lambda: self.clock)

    def _tick(self) -> None:
        self.clock += timedelta(minutes=UNDO / 2)

    def _match(self) -> None:
        with self.database.transaction() as session:
            case = get_case(session, self.case_id)
            save_case(session, case, step(case, Act.MATCH, Party.SYSTEM), SYSTEM, EventKind.MATCH)

    @property
    def desk(self) -> Desk:
        return Desk(self.database, "adviser-1")

    def _route(self) -> None:
        if self.case.route is None:
            self.desk.set_route(self.case_id, self.case.revision, Route.NOT_FOR_US)

    def _ask(self) -> None:
        self.desk.ask(self.case_id, self.case.revision, "Finns det mätdata?")

    def _answer(self) -> None:
        question = read_status(self.database, self.case_id).question
        if question:
            answer_question(self.database, self.case_id, str(question.id), "Ja.")

    def _approve(self) -> None:
        self._route()
        approval.approve(self.desk, self.case_id, self.case.revision, "Inget passar.", UNDO, self.clock)
        self.release_at = self.clock + timedelta(minutes=UNDO)

    def _take_back(self) -> None:
        approval.take_back(self.desk, self.case_id, self.case.revision, self.clock)
        self.release_at = None

    def _release(self) -> None:
        approval.release(self.desk, self.case_id, self.case.revision, self.clock)
        self.release_at = self.clock

    def _revise(self) -> None:
        approval.revise(self.desk, self.case_id, self.case.revision, self.clock.date())

    def _close(self) -> None:
        self.desk.close(self.case_id, self.case.revision, ClosingReason.DONE, Route.NOT_FOR_US)

    def _reopen(self) -> None:
        self.desk.reopen(self.case_id, self.case.revision, self.clock.date())

    def _amend(self) -> None:
        drafts.start_amending(self.database, self.token)
        drafts.send(self.database, self.token, CHOICES, 10, "en")

    def _withdraw(self) -> None:
        withdraw(self.database, self.case_id)


def begun(database: Database) -> Walk:
    """A walk of its own: what earlier ones have left to be sent is not told in it."""
    with database.transaction() as session:
        session.execute(delete(OutboxRow))
    token = drafts.start_draft(database, "main", TYPED)
    case = drafts.send(database, token, CHOICES, 10, "en")
    draft = drafts.start_draft(database, "main", FOLLOWER)
    joining.join(database, draft, case.id, ParticipantRole.FOLLOWER, CHOICES, "en")
    let_in(database, case.id)
    # Later than the real clock for the whole test, so that nothing that is due has to be waited for.
    return Walk(database, token, case.id, datetime.now(UTC) + timedelta(hours=1))


@settings(max_examples=60)
@given(tried=steps)
def test_no_letter_tells_of_a_list_that_is_not_approved_and_released(store: Database, tried: list[str]) -> None:
    walk = begun(store)
    for act in ("match", *tried):
        walk.do(act)
    walk.do("deliver")
    assert not walk.is_broken, "a list was told of that nobody had sent"
    assert len(walk.sent) == len(set(walk.sent)), "each is sent once"


@settings(max_examples=20)
@given(
    before=st.lists(st.sampled_from(("match", "route", "ask", "answer", "take_back", "tick", "deliver")), max_size=8)
)
def test_an_approved_list_is_told_of_once_its_time_is_over(store: Database, before: list[str]) -> None:
    """The other half of the law, without which a program that sends nothing would keep it."""
    walk = begun(store)
    for act in (*before, "match", "answer", "route", "approve"):
        walk.do(act)
    assert walk.case.state is State.APPROVED
    for _ in range(3):
        walk.do("tick")
        walk.do("deliver")
    answers = sorted(to for to, subject in walk.letters if subject.startswith("An answer"))
    assert answers == ["chef@annan.example", "va@kommun.example"]
