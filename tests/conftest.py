"""What the tests share. Tests that need the development data beside the checkout skip with a reason elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import hypothesis
import pytest

from matchmaker.db.session import Database, open_database
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Document
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.indexing import IndexRecipe, ReferenceTexts
from matchmaker.settings import Settings
from matchmaker.text.analysis import Analyzer
from matchmaker.workspace import Workspace
from tests.fakes import HashingEncoder
from tests.identity_place import keep_prepared

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
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


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
def workspace(settings: Settings) -> Workspace:
    """A prepared workspace with the real encoder; made once, since it encodes the catalogue."""
    opened = Workspace(settings)
    opened.prepare(lambda _step: None)
    keep_prepared(opened)
    return opened


def collaborator(
    identifier: str, *texts: str, kind: CollaboratorKind = CollaboratorKind.RESEARCH_GROUP
) -> Collaborator:
    """A collaborator with a Swedish document for each text."""
    documents = tuple(
        Document(f"{identifier}:{number}", text, None, Language.SWEDISH) for number, text in enumerate(texts)
    )
    return Collaborator(identifier, LocalisedText(identifier.title(), identifier.title()), kind, documents)
