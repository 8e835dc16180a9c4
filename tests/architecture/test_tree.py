"""Rules of the tree that no linter checks. (Who may import whom: import-linter, in pyproject.toml.)"""

import re
import subprocess
import sys

import pytest
from babel.messages.pofile import read_po

from tests.conftest import ROOT

SOURCES = sorted(
    path
    for folder in ("src", "api", "tests", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if "versions" not in path.parts
)


def test_no_file_is_too_long_to_have_one_reason_to_change() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
    assert len((ROOT / "src" / "matchmaker" / "pipeline.py").read_text().splitlines()) <= 120


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("sentence_transformers", {"retrieval/transformer_encoder.py", "retrieval/preparation/model_folder.py",
                                   "training/activations.py", "training/trainer.py"}),
        ("faiss", {"retrieval/faiss_index.py"}),
        ("pymilvus", {"retrieval/milvus_builds.py", "retrieval/milvus_index.py"}),
        ("bm25s", {"text/stop_words.py"}),
        ("xlsxwriter", {"catalogue/workbook_writing.py"}),
        ("python_calamine", {"catalogue/tables.py"}),
        ("onnxruntime", {"retrieval/onnx_encoder.py"}),
    ],
)  # fmt: skip
def test_a_library_is_imported_in_its_place_only(library: str, allowed: set[str]) -> None:
    package = ROOT / "src" / "matchmaker"
    pattern = re.compile(rf"^\s*(?:from|import) {library}\b", re.MULTILINE)
    found = {str(path.relative_to(package)) for path in package.rglob("*.py") if pattern.search(path.read_text())}
    assert found == allowed


def test_no_test_sleeps() -> None:
    pattern = re.compile(r"\bsleep" + r"\(")
    assert [path for path in SOURCES if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_the_catalogues_have_exactly_the_messages_of_the_code() -> None:
    script = (
        "from scripts.update_messages import extract;"
        "print('\\0'.join('\\1'.join(m.id) if m.pluralizable else m.id for m in extract() if m.id), end='')"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    marked = set(run.stdout.split("\0"))
    for language in ("sv", "en", "fi"):
        path = ROOT / "src" / "matchmaker" / "locales" / language / "LC_MESSAGES" / "matchmaker.po"
        with path.open("rb") as stream:
            found = {"\1".join(one.id) if one.pluralizable else one.id for one in read_po(stream) if one.id}
            assert found == marked, f"run: make messages ({language})"
