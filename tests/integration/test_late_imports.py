"""What takes seconds or hundreds of megabytes to import is imported by whoever needs it, and by nobody else."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "sentence_transformers", "pandas", "sklearn", "matplotlib")
SEARCHING = ("faiss", "onnxruntime", "numpy", "scipy", "sqlalchemy", "fastapi", "uvicorn")

SHOWING_HELP = "from matchmaker.cli import main; sys.argv = ['matchmaker', *sys.argv[1:]]; main()"
SERVING = "import matchmaker.workspace, matchmaker.retrieval.onnx_encoder, matchmaker_api.app"


def imported(code: str, *arguments: str) -> set[str]:
    """The top-level modules that a program of its own has imported when it ends."""
    telling = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
    done = subprocess.run(
        [sys.executable, "-c", telling + code, *arguments], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("arguments", [["--help"], ["match", "--help"], ["export", "--help"], ["evaluate", "--help"]])
def test_help_imports_nothing_that_searches_or_stores(arguments):
    modules = imported(SHOWING_HELP, *arguments)

    assert "typer" in modules
    assert modules.isdisjoint(HEAVY + SEARCHING)


def test_a_server_imports_neither_training_nor_tables_of_data():
    modules = imported(SERVING)

    assert {"faiss", "onnxruntime", "fastapi"} <= modules
    assert modules.isdisjoint(HEAVY)
