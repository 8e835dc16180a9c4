"""What every encoder promises, the tests' own included; and that both runtimes of the default encoder agree."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnxruntime import InferenceSession

from matchmaker.domain.errors import SetupError
from matchmaker.retrieval.encoder import CachedEncoder, Encoder, MemoryVectorCache, Role
from matchmaker.retrieval.onnx_encoder import OnnxEncoder
from matchmaker.retrieval.preparation.prepare import MINIMUM_INT8_COSINE, PreparedEncoder, find_prepared
from matchmaker.retrieval.transformer_encoder import TransformerEncoder
from matchmaker.settings import Settings
from tests.fakes import HashingEncoder

TEXTS = [
    "Källare översvämmas vid skyfall och snösmältning.",
    "Urban stormwater management in cold climate: snowmelt, infiltration and sewer overflow. " * 6,
    "Hemtjänstens personal kör långa sträckor mellan byarna.",
    "noise from freight trains",
    "x",
]


@pytest.fixture(scope="session")
def prepared(settings: Settings) -> PreparedEncoder:
    found = find_prepared(settings.encoder_build_folder, settings.encoder_description)
    assert found is not None, "make setup prepares the encoder"
    return found


@pytest.fixture(scope="session")
def onnx(prepared: PreparedEncoder) -> OnnxEncoder:
    return OnnxEncoder(prepared.onnx)


@pytest.fixture(scope="session")
def transformer(prepared: PreparedEncoder) -> TransformerEncoder:
    return TransformerEncoder(str(prepared.model_folder))


@pytest.fixture(params=["hashing", "onnx", "transformer", "cached"])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "hashing":
        return HashingEncoder()
    if request.param == "cached":
        return CachedEncoder(HashingEncoder(), MemoryVectorCache())
    found: Encoder = request.getfixturevalue(request.param)
    return found


def test_vectors_are_unit_vectors_of_the_dimension(any_encoder: Encoder) -> None:
    vectors = any_encoder.encode(TEXTS, Role.DOCUMENT)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), any_encoder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=2e-3)


def test_nothing_gives_no_vectors(any_encoder: Encoder) -> None:
    assert any_encoder.encode([], Role.QUERY).shape == (0, any_encoder.dimension)


def test_a_vector_depends_on_its_text_alone(any_encoder: Encoder) -> None:
    together = any_encoder.encode(TEXTS, Role.QUERY)
    alone = np.concatenate([any_encoder.encode([text], Role.QUERY) for text in TEXTS])
    assert np.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("running", ["0.00 0.00 0.00 1/300 4711", "9.99 9.99 9.99 99/300 4711", "cannot be told"])
def test_a_text_has_the_same_vector_on_all_cores_and_on_one(
    onnx: OnnxEncoder, prepared: PreparedEncoder, running: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "loadavg"
    told.write_text(running)
    monkeypatch.setattr("matchmaker.retrieval.onnx_encoder.RUNNING", told)
    monkeypatch.setattr("matchmaker.retrieval.onnx_encoder.cores", lambda: 2)
    threads: list[int] = []
    run = OnnxEncoder._run

    def noted(self: OnnxEncoder, session: InferenceSession, text: str, outputs: list[str]) -> Any:
        threads.append(session.get_session_options().intra_op_num_threads)
        return run(self, session, text, outputs)

    monkeypatch.setattr(OnnxEncoder, "_run", noted)
    fresh = OnnxEncoder(prepared.onnx)
    alone = np.concatenate([fresh.encode([text], Role.QUERY) for text in TEXTS])
    assert set(threads) == {2 if " 1/" in running else 1}
    assert np.array_equal(alone, onnx.encode(TEXTS, Role.QUERY))


def test_progress_adds_up(any_encoder: Encoder) -> None:
    done: list[int] = []
    any_encoder.encode(TEXTS, Role.DOCUMENT, done.append)
    assert sum(done) == len(TEXTS)


def test_parts_come_with_the_whole_and_stand_for_themselves(any_encoder: Encoder) -> None:
    text = "Dagvatten och snö i kalla städer. Musikundervisning för barn i förskolan."
    middle = text.index("Musik")
    own, alone, none = any_encoder.encode_parts([text, TEXTS[2], ""], [[(0, middle - 1), (middle, len(text))], [], []])
    assert own.shape == (3, any_encoder.dimension)
    assert alone.shape == none.shape == (1, any_encoder.dimension)
    assert np.allclose(np.linalg.norm(own, axis=1), 1, atol=2e-3)
    assert np.allclose(own[0], any_encoder.encode([text], Role.DOCUMENT)[0], atol=2e-3)
    queries = any_encoder.encode(["dagvatten och snö", "musikundervisning för barn"], Role.QUERY)
    nearness = queries @ own[1:].T
    assert nearness[0, 0] > nearness[0, 1]
    assert nearness[1, 1] > nearness[1, 0]


def test_a_part_beyond_the_window_is_stood_for_by_the_whole(onnx: OnnxEncoder) -> None:
    text = "snö och vatten " * 600
    (own,) = onnx.encode_parts([text], [[(len(text) - 20, len(text))]])
    assert np.allclose(own[0], own[1], atol=1e-6)


def test_cached_parts_are_not_encoded_again_and_other_parts_are() -> None:
    counting = HashingEncoder()
    cached = CachedEncoder(counting, MemoryVectorCache())
    (first,) = cached.encode_parts(["vatten och snö"], [[(0, 6)]])
    (second,) = cached.encode_parts(["vatten och snö"], [[(0, 6)]])
    assert np.array_equal(first, second)
    assert counting.encoded == ["vatten och snö"]
    cached.encode_parts(["vatten och snö"], [[(7, 10)]])
    assert len(counting.encoded) == 2


def test_both_runtimes_give_the_same_vectors(onnx: OnnxEncoder, transformer: TransformerEncoder) -> None:
    for role in Role:
        cosines = (onnx.encode(TEXTS, role) * transformer.encode(TEXTS, role)).sum(axis=1)
        assert cosines.min() >= MINIMUM_INT8_COSINE


def test_the_prompts_of_the_roles_differ(onnx: OnnxEncoder) -> None:
    query, document = (onnx.encode(TEXTS[:1], role)[0] for role in Role)
    assert float(query @ document) < 0.999


def test_a_missing_encoder_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as raised:
        OnnxEncoder(tmp_path)
    assert raised.value.remedy == "matchmaker prepare --again"


@pytest.mark.filterwarnings("ignore")
def test_a_named_encoder_that_is_none_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(SetupError, match="cannot be loaded"):
        TransformerEncoder(str(tmp_path / "nothing"))
