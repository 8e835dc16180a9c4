"""The workspace: what is stale is refreshed, what fails leaves the old serving."""

import logging
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from matchmaker.db.collection import StoredCollection
from matchmaker.db.vector_cache import DatabaseVectorCache
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import InvalidNameError, NotFoundError, NotReadyError, SetupError
from matchmaker.retrieval.encoder import CachedEncoder, Progress, Role, Span, Vectors
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace
from tests.conftest import ROOT, collaborator
from tests.fakes import HashingEncoder
from tests.waiting import PATIENCE_SECONDS, becomes


@pytest.fixture
def own(tmp_path: Path) -> Workspace:
    """A workspace over a small collection and the tests' encoder."""
    workspace = Workspace(Settings(data_dir=ROOT / "data", models_dir=ROOT / "models", state_dir=tmp_path))
    workspace.encoder = HashingEncoder()
    workspace.save("small", "test", [collaborator("snow", "snö och is på vägen")])
    return workspace


def first(workspace: Workspace, text: str) -> str:
    ((_, ranking),) = workspace.matcher("small").rank([Challenge("c", text)])
    return ranking[0].collaborator_id


def test_a_changed_collection_is_ranked_at_once(own: Workspace) -> None:
    assert first(own, "malm i berget") == "snow"
    own.save("small", "test", [collaborator("ore", "malm i berget")])
    assert first(own, "malm i berget") == "ore"


def test_a_failed_rebuild_keeps_the_old_index_serving(
    own: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert first(own, "malm i berget") == "snow"
    own.save("small", "test", [collaborator("ore", "malm i berget")])
    with monkeypatch.context() as broken:
        broken.setattr("matchmaker.indexing.build_index", _disk_full)
        with caplog.at_level(logging.ERROR):
            assert first(own, "malm i berget") == "snow"
    assert "goes on serving" in caplog.text
    assert first(own, "malm i berget") == "ore", "and it is built as soon as it can be"


def test_without_any_index_a_failed_build_is_told(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaker.indexing.build_index", _disk_full)
    with pytest.raises(OSError, match="disk full"):
        own.matcher("small")


def test_in_the_background_the_old_index_answers_until_the_new_one_is_there(own: Workspace) -> None:
    server = Workspace(own.settings, background=True)
    server.encoder = HashingEncoder()
    serving = server.matcher("small")
    own.save("small", "test", [collaborator("ore", "malm i berget")])
    assert server.matcher("small") is serving
    server.wait_for_refresh()
    assert first(server, "malm i berget") == "ore"


def test_a_shortlist_is_not_made_of_evidence_that_is_gone(own: Workspace) -> None:
    server = Workspace(own.settings, background=True)
    server.encoder = HashingEncoder()
    old = server.matcher("small")
    own.save("small", "test", [collaborator("snow", "snö och is på vägen och bron")])
    with pytest.raises(NotReadyError):
        old.match(Challenge("c", "snö på bron"))
    server.matcher("small")
    server.wait_for_refresh()
    assert server.matcher("small").match(Challenge("c", "snö på bron")).experts[0].evidence


def test_a_rebuild_that_failed_is_not_tried_again_at_once(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Workspace(own.settings, background=True)
    server.encoder = HashingEncoder()
    serving = server.matcher("small")
    own.save("small", "test", [collaborator("ore", "malm i berget")])
    tried: list[int] = []

    def fail(*_arguments: object) -> None:
        tried.append(1)
        raise OSError("disk full")

    monkeypatch.setattr("matchmaker.indexing.build_index", fail)
    for _ in range(5):
        assert server.matcher("small").index.stamp == serving.index.stamp
        server.wait_for_refresh()
    assert len(tried) == 1


@pytest.mark.parametrize("name", ["../elsewhere", "", "/tmp/elsewhere"])
def test_a_collection_cannot_be_a_path(own: Workspace, name: str) -> None:
    with pytest.raises(InvalidNameError):
        own.save(name, "test", [collaborator("snow", "snö")])
    with pytest.raises(InvalidNameError):
        own.matcher(name)


@pytest.mark.parametrize("content", [None, "", '{"id": "x", "title": "t", "text": "t", "split": "test"}', "{"])
def test_missing_reference_texts_are_told(tmp_path: Path, content: str | None) -> None:
    shutil.copytree(ROOT / "data" / "catalogue", tmp_path / "data" / "catalogue")
    if content is not None:
        (tmp_path / "data" / "evaluation").mkdir()
        (tmp_path / "data" / "evaluation" / "challenges.sv.jsonl").write_text(content)
    workspace = Workspace(Settings(data_dir=tmp_path / "data", models_dir=ROOT / "models", state_dir=tmp_path))
    workspace.encoder = HashingEncoder()
    with pytest.raises(SetupError, match=r"challenges\.sv\.jsonl"):
        workspace.memory_matcher("x", [collaborator("snow", "snö")])


def test_an_unknown_collection_is_told(own: Workspace) -> None:
    with pytest.raises(NotFoundError, match="elsewhere"):
        own.matcher("elsewhere")


def test_before_preparation_the_catalogue_is_missing(own: Workspace) -> None:
    with pytest.raises(SetupError) as raised:
        own.matcher()
    assert raised.value.remedy == "matchmaker prepare"


def test_before_preparation_the_encoder_is_missing(tmp_path: Path) -> None:
    workspace = Workspace(Settings(data_dir=ROOT / "data", models_dir=tmp_path, state_dir=tmp_path))
    with pytest.raises(SetupError, match="missing") as raised:
        workspace.encoder.encode(["x"], Role.QUERY)
    assert raised.value.remedy == "matchmaker prepare"


def test_preparing_again_changes_nothing_and_encodes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (StoredCollection(workspace.database, "main").revision, _index(workspace).current_stamp())
    again = Workspace(workspace.settings)
    asked: list[str] = []
    monkeypatch.setattr(
        "matchmaker.retrieval.onnx_encoder.OnnxEncoder._run", lambda _self, _session, text, _outputs: asked.append(text)
    )
    assert again.prepare(lambda _step: None).is_empty
    assert (StoredCollection(again.database, "main").revision, _index(again).current_stamp()) == before
    assert asked == []


def test_an_encoder_by_path_runs_through_the_library(workspace: Workspace, tmp_path: Path) -> None:
    path = workspace.settings.encoder_build_folder / "matchmaker-e5-small" / "sentence-transformers"
    settings = Settings(data_dir=ROOT / "data", models_dir=ROOT / "models", state_dir=tmp_path, encoder=str(path))
    named = Workspace(settings)
    assert isinstance(named.encoder, CachedEncoder)
    assert named.encoder.fingerprint.startswith("sentence-transformers-")
    vector = named.encoder.encode(["snö"], Role.QUERY)
    assert (vector @ workspace.encoder.encode(["snö"], Role.QUERY).T)[0, 0] > 0.98


def _index(workspace: Workspace) -> IndexFolder:
    return IndexFolder(workspace.settings.index_folder("main"), workspace.recipe.vectors, workspace.recipe.lexical)


def _disk_full(*_arguments: object) -> None:
    raise OSError("disk full")


# Renewing beside the answering


class SlowEncoder(HashingEncoder):
    """Encodes passages only as often as it is let, and may be killed while it is at it."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Semaphore(0)
        self.is_killed = False

    def encode_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]], progress: Progress | None = None
    ) -> list[Vectors]:
        assert self.let.acquire(timeout=PATIENCE_SECONDS), "nobody lets it go on"
        if self.is_killed:
            raise SystemExit
        return super().encode_parts(texts, parts, progress)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaker.indexing.CHUNK", 2)
    monkeypatch.setattr("matchmaker.renewing.MOST_NEW", 1)


def serving(own: Workspace, encoder: HashingEncoder) -> Workspace:
    """A server over the same state; what is encoded is kept in the database, as the real encoder's vectors are."""
    server = Workspace(own.settings, background=True)
    server.encoder = CachedEncoder(encoder, DatabaseVectorCache(server.database))
    return server


def bring_six(own: Workspace) -> None:
    """As after an import: many more have texts that were never encoded."""
    own.save("small", "import", [collaborator(f"c{number}", f"malm nummer {number}") for number in range(6)])


def searched(server: Workspace) -> int:
    return server.matcher("small").index.passage_count


def left(server: Workspace) -> int | None:
    told = server.encoding("small")
    return told.left if told else None


@pytest.mark.usefixtures("small_steps")
def test_while_much_is_encoded_what_is_newest_is_searched_and_the_rest_follows(own: Workspace) -> None:
    encoder = SlowEncoder()
    server = serving(own, encoder)
    encoder.let.release()
    assert searched(server) == 1
    bring_six(own)
    assert searched(server) == 1
    encoder.let.release()
    assert becomes(lambda: searched(server) == 2 and left(server) == 5)
    assert server.encoding("small").time_left is None  # type: ignore[union-attr]  # nothing tells yet
    encoder.let.release()
    assert becomes(lambda: left(server) == 3)
    assert server.encoding("small").time_left  # type: ignore[union-attr]
    own.save("small", "test", [collaborator("ice", "is på sjön")])
    encoder.let.release(2)  # the two that it is at, then what has come in between
    assert becomes(lambda: searched(server) == 7 and left(server) == 1)
    assert first(server, "is på sjön") == "ice"
    encoder.let.release()
    server.wait_for_refresh()
    assert (searched(server), left(server)) == (8, None)
    assert server.matcher("small").index.stamp == server.recipe.stamp(
        "small", StoredCollection(server.database, "small").revision
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the thread is meant to die
@pytest.mark.usefixtures("small_steps")
def test_after_a_kill_the_old_index_answers_at_once_and_what_was_encoded_stays(own: Workspace) -> None:
    encoder = SlowEncoder()
    killed = serving(own, encoder)
    encoder.let.release()
    killed.matcher("small")
    bring_six(own)
    killed.matcher("small")
    encoder.let.release(2)
    assert becomes(lambda: left(killed) == 3)
    encoder.is_killed = True
    encoder.let.release()
    killed.wait_for_refresh()
    again = SlowEncoder()
    server = serving(own, again)
    assert (searched(server), again.encoded) == (2, []), "the index that was left serves, and nothing is waited for"
    again.let.release(3)
    server.wait_for_refresh()
    assert searched(server) == 7
    assert len(again.encoded) == 3, "four of seven had been encoded before"


def test_where_nothing_can_be_kept_it_rests_instead_of_encoding_for_ever(
    own: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.renewing.MOST_NEW", 1)
    encoder = HashingEncoder()
    server = serving(own, encoder)
    server.matcher("small")
    bring_six(own)
    monkeypatch.setattr(DatabaseVectorCache, "store", lambda *_: None)
    server.matcher("small")
    server.wait_for_refresh()
    often = len(encoder.encoded)
    assert searched(server) == 3, "what was there, and what each of two rounds encoded for its own index"
    server.wait_for_refresh()
    assert len(encoder.encoded) == often
