"""The tables of letters: which are to be sent or were, and the links that they carry."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.db.case_models import ApprovalRow, ChallengeRow, ParticipantRow
from matchmaker.db.models import Base
from matchmaker.db.notify_models import Code, Moment, OutboxRow

Digest = String(64)


class LetterRow(Base):
    """What a job of the outbox is to tell, and whom: the owner, or another municipality (``participant_id``).

    It goes with its job. ``approval_id`` is the list that a letter tells of.
    """

    __tablename__ = "letter"

    job_id: Mapped[str] = mapped_column(ForeignKey(OutboxRow.id, ondelete="CASCADE"), primary_key=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey(ChallengeRow.id, ondelete="CASCADE"), index=True)
    participant_id: Mapped[str | None] = mapped_column(ForeignKey(ParticipantRow.id, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    approval_id: Mapped[str | None] = mapped_column(ForeignKey(ApprovalRow.id, ondelete="CASCADE"))


class LetterLinkRow(Base):
    """The two links of a letter, of each only the digest: one opens the challenge, one stops the letters.

    They are the owner's, or those of another municipality's part (``participant_id``), and end at ``expires_at``.
    """

    __tablename__ = "letter_link"
    __table_args__ = (UniqueConstraint("stop_digest"),)

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    stop_digest: Mapped[str] = mapped_column(Digest)
    challenge_id: Mapped[str] = mapped_column(ForeignKey(ChallengeRow.id, ondelete="CASCADE"), index=True)
    participant_id: Mapped[str | None] = mapped_column(ForeignKey(ParticipantRow.id, ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
