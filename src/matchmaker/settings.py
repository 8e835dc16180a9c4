"""Settings from the environment (``MATCHMAKER_*``), with a checkout's folders as the default."""

import re
import sys
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from matchmaker.domain.errors import SetupError, mark
from matchmaker.domain.retention import ACT_DAYS, CONTACT_DAYS, Retention

DEFAULT_ENCODER = "default"

DRAFT_DAYS = 180

RATE = r"^[1-9]\d{0,8}/(second|minute|hour|day)$"

_ORIGIN = r"(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d{1,5})?"
ORIGINS = rf"^({_ORIGIN}( *, *{_ORIGIN})*)?$"
"""They are written into a header as they are: nothing but whole origins, http for this machine only."""


VectorEngine = Literal["faiss", "pgvector", "milvus"]

SMTP_PORTS = {"smtps": 465, "smtp": 587}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. ``tls_from_start`` or by STARTTLS."""

    host: str
    port: int
    tls_from_start: bool
    user: str
    password: SecretStr

    @property
    def is_this_machine(self) -> bool:
        """A server on this machine may be talked to in the clear."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class Settings(BaseSettings):
    """Where things are and which encoder runs. Folders that are not set are found from ``root``."""

    model_config = SettingsConfigDict(
        env_prefix="MATCHMAKER_", extra="ignore", hide_input_in_errors=True, validate_default=True
    )

    data_dir: Path | None = Field(None, description="The shipped data: catalogue/ and evaluation/.")
    models_dir: Path | None = Field(None, description="The shipped model descriptions; build/ in it is made.")
    state_dir: Path | None = Field(None, description="Database and indexes.")
    index_dir: Path | None = Field(None, description="Indexes; in the state folder by default.")
    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite in the state folder by default.")
    database_replica_url: str | None = Field(None, description="A streaming replica, for what may be a moment old.")
    milvus_uri: str | None = Field(None, description="The Milvus that holds the vectors, https://host:19530/database.")
    milvus_token: SecretStr | None = Field(None, description="What it lets us in by, user:password or a key.")
    vectors: VectorEngine = Field("faiss", description="What holds the vectors that are searched.")
    vectors_url: str | None = Field(None, description="The PostgreSQL server for pgvector; the database's by default.")
    lexical: Literal["files", "postgresql"] | None = Field(
        None, description="Where the lexical channel's terms lie; by default where the vectors do."
    )
    encoder: str = Field(DEFAULT_ENCODER, description="'default', or a sentence-transformers id or folder.")
    host: str = Field("127.0.0.1", description="The address that 'matchmaker serve' listens on.")
    port: int = Field(8017, ge=0, le=65535, description="The port that 'matchmaker serve' listens on.")
    answer_days: int = Field(10, ge=1, le=60, description="Working days within which a challenge is answered.")
    undo_minutes: int = Field(10, ge=0, le=1440, description="How long an approval can be taken back.")
    advisers: int = Field(3, ge=1, le=50, description="How many advisers share the desk, until they sign in.")
    api_rate: str = Field("600/minute", pattern=RATE, description="How often a client may use the API.")
    draft_rate: str = Field("60/hour", pattern=RATE, description="How many challenges a network may begin.")
    preview_rate: str = Field("120/minute", pattern=RATE, description="How often a network has texts understood.")
    draft_days: int = Field(DRAFT_DAYS, ge=1, le=3650, description="When what was typed and not sent is forgotten.")
    contact_days: int = Field(
        CONTACT_DAYS, ge=1, le=3650, description="When contacts are erased from a challenge that is closed."
    )
    case_days: int | None = Field(
        None, ge=1, le=36500, description="When a closed challenge is deleted whole; never unless it is set."
    )
    act_days: int = Field(ACT_DAYS, ge=1, le=3650, description="When the record of who may do what is forgotten.")
    match_rate: str = Field("20/minute", pattern=RATE, description="How often a client may match a text.")
    upload_megabytes: int = Field(2000, ge=1, le=2048, description="How large a file for an import may be.")
    cors_origins: str = Field("", description="Sites whose pages may read the API's answers, with commas between.")
    embed_origins: str = Field("", pattern=ORIGINS, description="Sites that may show the form in a frame, https://….")
    public_url: str | None = Field(None, description="The address that readers know the pages by, https://…")
    secret_key: SecretStr | None = Field(None, min_length=32, description="Keys what is kept of accounts; else a file.")
    session_idle_minutes: int = Field(30, ge=1, le=1440, description="When an unused session ends.")
    session_hours: int = Field(10, ge=1, le=168, description="When a session ends in any case.")
    oidc_issuer: str | None = Field(None, description="The organisation's OpenID Connect provider, for staff.")
    oidc_client_id: str | None = Field(None, description="As what Matchmaker is registered there.")
    oidc_client_secret: SecretStr | None = Field(None, description="The secret that the provider gave.")
    oidc_scope: str = Field("openid", description="What is asked for; more where the provider gives roles for it only.")
    oidc_roles_claim: str = Field("roles", description="The claim with somebody's roles or groups.")
    oidc_adviser_values: str = Field("adviser", description="Its values for advisers, with commas between.")
    oidc_steward_values: str = Field("steward", description="… for stewards of the catalogue.")
    oidc_administrator_values: str = Field("administrator", description="… for administrators.")
    mail_domains: str = Field(
        "", description="Whose officers may sign in by mail: 2580=lulea.se,2581=pitea.se. Instead of the shipped file."
    )
    contact: str | None = Field(None, description="The operator's address for accessibility and personal data.")

    mail_from: str | None = Field(None, description="The sender of mail: an address, or a name and <an address>.")
    smtp_url: SecretStr | None = Field(
        None, description="The mail server, smtps://user:password@host:465 or smtp://… (STARTTLS); none: printed."
    )
    webhook_private_ranges: str = Field(
        "", description="Networks of your own that webhooks may be sent to, 10.20.0.0/16,fd00::/8; none by default."
    )

    @field_validator("milvus_uri")
    @classmethod
    def _check_milvus(cls, value: str | None) -> str | None:
        return _milvus_address(value) if value else None

    @field_validator("milvus_token")
    @classmethod
    def _check_milvus_token(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if not _is_private(urlsplit(others.data.get("milvus_uri") or "")):
            raise ValueError("it goes over the network: MATCHMAKER_MILVUS_URI must be an https:// address")
        return value

    @field_validator("mail_from")
    @classmethod
    def _check_sender(cls, value: str | None) -> str | None:
        if value and (not value.isprintable() or "@" not in parseaddr(value)[1]):
            raise ValueError("it is no e-mail address")
        return value or None

    @field_validator("smtp_url")
    @classmethod
    def _check_mail_server(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        _mail_server(value)
        if not others.data.get("mail_from"):
            raise ValueError("MATCHMAKER_MAIL_FROM must be set as well")
        return value

    @field_validator("webhook_private_ranges")
    @classmethod
    def _check_networks(cls, value: str) -> str:
        _networks(value)
        return value

    @field_validator("public_url", "oidc_issuer")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        return _web_address(value) if value else None

    @field_validator("oidc_client_secret")
    @classmethod
    def _check_provider(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        given = [others.data.get("oidc_issuer"), others.data.get("oidc_client_id"), value and value.get_secret_value()]
        if any(given) and not all(given):
            raise ValueError("MATCHMAKER_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET must be set together")
        return value if all(given) else None

    @field_validator("mail_domains")
    @classmethod
    def _check_domains(cls, value: str) -> str:
        _mail_domains(value)
        return value

    @property
    def retention(self) -> Retention:
        """How long what people gave is kept."""
        return Retention(
            drafts=timedelta(days=self.draft_days),
            contacts=timedelta(days=self.contact_days),
            cases=timedelta(days=self.case_days) if self.case_days else None,
            acts=timedelta(days=self.act_days),
        )

    @property
    def oidc_is_configured(self) -> bool:
        """Whether staff sign in at the organisation's provider."""
        return self.oidc_client_secret is not None

    @property
    def is_for_others(self) -> bool:
        """Whether the operator has given an address by which others come, over TLS (http is for this machine only)."""
        return (self.public_url or "").startswith("https:")

    @property
    def given_mail_domains(self) -> dict[str, str]:
        """The operator's own mail domains: the municipality's code by domain; empty where the shipped file counts."""
        return _mail_domains(self.mail_domains)

    @property
    def mail_server(self) -> MailServer | None:
        """The mail server, or None where mail is printed to the operator's console."""
        return _mail_server(self.smtp_url) if self.smtp_url else None

    @property
    def webhook_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Networks that are not public, and that webhooks may be sent to all the same."""
        return _networks(self.webhook_private_ranges)

    @cached_property
    def root(self) -> Path:
        """The folder that holds data/ and models/: a checkout, or what the installed package brought along.

        Looked for from the working folder upwards, then beside the virtual environment, then in it. Never from this
        file's place, which says nothing once the package is installed from a wheel.
        """
        prefix = Path(sys.prefix)
        shared = prefix / "share" / "matchmaker"
        candidates = [*_upwards(Path.cwd()), prefix.parent, shared]
        return next((one for one in candidates if (one / "data" / "catalogue").is_dir()), shared)

    @property
    def is_checkout(self) -> bool:
        return (self.root / "pyproject.toml").is_file()

    @property
    def catalogue_folder(self) -> Path:
        return (self.data_dir or self.root / "data") / "catalogue"

    @property
    def evaluation_folder(self) -> Path:
        return (self.data_dir or self.root / "data") / "evaluation"

    @property
    def training_folder(self) -> Path:
        return (self.data_dir or self.root / "data") / "training"

    @property
    def models_folder(self) -> Path:
        return self.models_dir or self.root / "models"

    @property
    def encoder_description(self) -> Path:
        return self.models_folder / "encoder"

    @property
    def ranking_weights(self) -> Path:
        return self.models_folder / "ranking" / "weights.json"

    @property
    def term_bridge(self) -> Path:
        return self.models_folder / "lexical" / "term-bridge.tsv"

    @property
    def state_folder(self) -> Path:
        if self.state_dir:
            return self.state_dir
        return self.root / "var" if self.is_checkout else Path.home() / ".local" / "share" / "matchmaker"

    @property
    def encoder_build_folder(self) -> Path:
        if self.models_dir or self.is_checkout:
            return (self.models_dir or self.root / "models") / "build"
        return self.state_folder / "models"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.state_folder / 'matchmaker.db'}"

    @property
    def vector_database(self) -> str:
        """The URL of the server that holds the vectors, where a server does."""
        return self.vectors_url or self.database

    @property
    def lexical_database(self) -> str | None:
        """The URL of the PostgreSQL server that holds the terms; None where they lie in files of each machine."""
        server = self.vector_database if self.vectors == "pgvector" else self.database
        beside_the_vectors = self.vectors != "faiss" and server.startswith("postgresql")
        return server if self.lexical == "postgresql" or (self.lexical is None and beside_the_vectors) else None

    @property
    def opt_outs(self) -> Path:
        """Who has opted out, beside the database: see curation/opt_outs.py."""
        return self.state_folder / "opt-outs.jsonl"

    @property
    def uploads(self) -> Path:
        """Where files lie that are being imported."""
        return self.state_folder / "imports"

    def index_folder(self, collection: str) -> Path:
        return (self.index_dir or self.state_folder / "index") / collection


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        SetupError: a variable has a value that it cannot have.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"MATCHMAKER_{str(first['loc'][0]).upper()}"
        raise SetupError(
            mark("The setting {variable} is wrong: {problem}."),
            remedy=f"unset {variable}  (or correct it)",
            variable=variable,
            problem=first["msg"],
        ) from error


def _upwards(folder: Path) -> list[Path]:
    return [folder, *folder.parents]


def _mail_server(url: SecretStr) -> MailServer:
    """The mail server of a URL. What is wrong with one is told without repeating it: it has a password in it."""
    try:
        parts = urlsplit(url.get_secret_value())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in SMTP_PORTS or not parts.hostname:
        raise ValueError("it must look like smtps://user:password@host:465 or smtp://user:password@host:587")
    return MailServer(
        parts.hostname,
        port or SMTP_PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        SecretStr(unquote(parts.password or "")),
    )


def _milvus_address(uri: str) -> str:
    """The address of a Milvus. What is wrong with one is told without repeating it: it may have a password in it."""
    try:
        parts = urlsplit(uri)
        _ = parts.port  # whether it is a number is only seen here
    except ValueError:
        parts = urlsplit("")
    is_socket = parts.scheme == "unix" and bool(parts.path)
    is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    if not (is_socket or is_address):
        raise ValueError("it must look like https://host:19530/database")
    if parts.username or parts.password:
        raise ValueError("it must have no password in it: MATCHMAKER_MILVUS_TOKEN is for that")
    return uri


def _is_private(address: SplitResult) -> bool:
    """Whether nobody on the way can read what is sent there."""
    return address.scheme in {"https", "unix"} or address.hostname in {"localhost", "127.0.0.1", "::1"}


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def _web_address(text: str) -> str:
    """An https address without a slash at its end; http is for this machine only."""
    parts = urlsplit(text)
    is_local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or is_local) or parts.query or parts.fragment:
        raise ValueError("it must be an https:// address without ? and #")
    return text.rstrip("/")


DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def _mail_domains(text: str) -> dict[str, str]:
    """The municipality's code by domain."""
    domains: dict[str, str] = {}
    for one in (part.strip() for part in text.split(",") if part.strip()):
        code, _, domain = (part.strip().lower() for part in one.partition("="))
        if not re.fullmatch(r"\d{4}", code) or not DOMAIN.fullmatch(domain):
            raise ValueError("it must look like 2580=lulea.se,2581=pitea.se")
        if domains.setdefault(domain, code) != code:
            raise ValueError("a domain can only be of one municipality")
    return domains
