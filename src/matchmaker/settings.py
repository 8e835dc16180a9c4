"""Settings from the environment (``MATCHMAKER_*``), with a checkout's folders as the default."""

import sys
from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from matchmaker.domain.errors import SetupError, mark

DEFAULT_ENCODER = "default"
MAIN_COLLECTION = "main"


class Settings(BaseSettings):
    """Where things are and which encoder runs. Folders that are not set are found from ``root``."""

    model_config = SettingsConfigDict(env_prefix="MATCHMAKER_", extra="ignore")

    data_dir: Path | None = Field(None, description="The shipped data: catalogue/ and evaluation/.")
    models_dir: Path | None = Field(None, description="The shipped model descriptions; build/ in it is made.")
    state_dir: Path | None = Field(None, description="Database and indexes.")
    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite in the state folder by default.")
    encoder: str = Field(DEFAULT_ENCODER, description="'default', or a sentence-transformers id or folder.")
    host: str = Field("127.0.0.1", description="The address that 'matchmaker serve' listens on.")
    port: int = Field(8017, ge=0, le=65535, description="The port that 'matchmaker serve' listens on.")

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

    def index_folder(self, collection: str) -> Path:
        return self.state_folder / "index" / collection


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
