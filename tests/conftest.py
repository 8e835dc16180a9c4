"""What the tests share. Tests that need the development data beside the checkout skip with a reason elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from matchmaker.db.moving import copy_rows
from matchmaker.db.session import Database, open_database
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Document
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.indexing import IndexRecipe, ReferenceTexts
from matchmaker.settings import Settings
from matchmaker.text.analysis import Analyzer
from matchmaker.workspace import Workspace
from tests.fakes import HashingEncoder
from tests.identity_place import PREPARED, keep_prepared

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer  # as a plugin it is imported by pytest, and not before

pytest_plugins = ["tests.milvus_server", "tests.postgres_server"]

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
"""A busy machine would fail what it only does slowly."""

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def development_data() -> Path:
    if not DEVELOPMENT_DATA.is_dir():
        pytest.skip("the development data are not beside this checkout")
    return DEVELOPMENT_DATA


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture
def recipe(encoder: HashingEncoder, analyzer: Analyzer) -> IndexRecipe:
    texts = {Language.SWEDISH: ["vatten och avlopp i byn"], Language.ENGLISH: ["water and sewerage in the village"]}
    return IndexRecipe(encoder, analyzer, ReferenceTexts(texts, texts))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked ``both_databases`` runs on PostgreSQL too."""
    if metafunc.definition.get_closest_marker("both_databases"):
        if "database_url" in metafunc.fixturenames:
            metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
        if "workspace" in metafunc.fixturenames:
            metafunc.parametrize("workspace", ["sqlite", "postgresql"], indirect=True, scope="session")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    return _empty_database(getattr(request, "param", "sqlite"), request, tmp_path)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(open_database(database_url)) as opened:
        yield opened


@pytest.fixture
def database_on(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    """Opens an empty database of a kind, for tests whose parameters tell which."""
    with ExitStack() as stack:
        yield lambda kind: stack.enter_context(closing(open_database(_empty_database(kind, request, tmp_path))))


def _empty_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of one; the server is started only where it is asked for."""
    if kind == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{folder / 'matchmaker.db'}"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The checkout's catalogue and prepared encoder, over a state of the tests' own."""
    return Settings(
        data_dir=ROOT / "data",
        models_dir=ROOT / "models",
        state_dir=tmp_path_factory.mktemp("state"),
        encoder="default",
    )


@pytest.fixture(scope="session")
def prepared(settings: Settings) -> Workspace:
    """A prepared workspace with the real encoder; made once, since it encodes the catalogue."""
    opened = Workspace(settings)
    opened.prepare(lambda _step: None)
    keep_prepared(opened)
    return opened


@pytest.fixture(scope="session")
def moved(
    prepared: Workspace, postgres_server: "PostgresServer", tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """The prepared workspace in its other form: a server holds its rows, vectors and terms."""
    with postgres_server.fresh_database() as url:
        source = f"sqlite:///{prepared.settings.state_folder / PREPARED / 'matchmaker.db'}"
        with closing(open_database(source)) as here, closing(open_database(url)) as there:
            copy_rows(here, there)
        form = {"database_url": url, "vectors": "pgvector", "state_dir": tmp_path_factory.mktemp("moved")}
        with closing(Workspace(prepared.settings.model_copy(update=form))) as opened:
            yield opened


@pytest.fixture(scope="session")
def workspace(request: pytest.FixtureRequest) -> Workspace:
    """The prepared workspace, on the kind of database that a test's parameter tells."""
    found: Workspace = request.getfixturevalue("moved" if getattr(request, "param", "") == "postgresql" else "prepared")
    return found


def collaborator(
    identifier: str, *texts: str, kind: CollaboratorKind = CollaboratorKind.RESEARCH_GROUP
) -> Collaborator:
    """A collaborator with a Swedish document for each text."""
    documents = tuple(
        Document(f"{identifier}:{number}", text, None, Language.SWEDISH) for number, text in enumerate(texts)
    )
    return Collaborator(identifier, LocalisedText(identifier.title(), identifier.title()), kind, documents)
