"""The tables of who may sign in and who has. Nothing in them names a person: no names, no addresses, no IP numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.db.models import Base

Digest = String(64)
Identifier = String(36)


class AccountRow(Base):
    """``subject_digest`` is keyed, of the provider's subject or an officer's address: the same has the same account.

    ``password_hash`` (argon2) is for local accounts only.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("label"), UniqueConstraint("subject_digest"))

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    label: Mapped[str] = mapped_column(String(50))
    kind: Mapped[str] = mapped_column(String(20))
    roles: Mapped[list[Any]]
    municipality: Mapped[str | None] = mapped_column(String(4))
    subject_digest: Mapped[str | None] = mapped_column(Digest)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SessionRow(Base):
    """A session. The cookie's random value changes while its id stays; of the value only the SHA-256 is kept.

    ``previous_digest`` is of the value before, still good until the new one has arrived, and ``previous_until``.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (UniqueConstraint("token_digest"),)

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(Digest)
    previous_digest: Mapped[str | None] = mapped_column(Digest, index=True)
    previous_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    rotated_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    idle_minutes: Mapped[int]


class RetiredValueRow(Base):
    """A value that a session's cookie had once: whoever shows it again has copied it."""

    __tablename__ = "retired_session_value"

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sign_in_session.id", ondelete="CASCADE"), index=True)


class AttemptRow(Base):
    """A sign-in that was begun at the provider: state, nonce and verifier, taken out when the browser comes back."""

    __tablename__ = "sign_in_attempt"

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    content: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]


class MailLinkRow(Base):
    """A link that was mailed to an officer; ``subject_digest`` is of the address, keyed."""

    __tablename__ = "sign_in_link"

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    subject_digest: Mapped[str] = mapped_column(Digest)
    municipality: Mapped[str] = mapped_column(String(4))
    expires_at: Mapped[datetime]


class ViewRow(Base):
    """A challenge opened in a session: stands for the private link, in this session only, and ends with it."""

    __tablename__ = "session_view"

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sign_in_session.id", ondelete="CASCADE"), index=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    participant_id: Mapped[str | None] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)


class PersonalTokenRow(Base):
    """A token by which a program works for an account. Of the secret, which is random, only the SHA-256 is kept."""

    __tablename__ = "personal_token"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    secret_digest: Mapped[str] = mapped_column(Digest)
    roles: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
