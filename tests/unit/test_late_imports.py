"""Asking what the commands are costs no more than saying it: what matching needs is loaded by those that match."""

import subprocess
import sys

import pytest

HEAVY = "faiss fastapi lxml numpy onnxruntime pandas scipy sklearn sqlalchemy torch".split()
RUN = "import sys; from matchmaker.cli import main\ntry: main()\nfinally: print('loaded:', *sys.modules)"


@pytest.mark.parametrize("asked", [("--help",), ("import", "--help"), ("serve", "--help")])
def test_help_loads_none_of_the_heavy_libraries(asked: tuple[str, ...]) -> None:
    ran = subprocess.run([sys.executable, "-c", RUN, *asked], capture_output=True, text=True, check=True)
    said, _, loaded = ran.stdout.partition("loaded:")
    assert "Usage" in said
    assert set(HEAVY).isdisjoint(loaded.split())


def test_a_server_loads_neither_what_trains_nor_tables_of_data() -> None:
    loading = "import sys, matchmaker.workspace, matchmaker_api.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", loading], capture_output=True, text=True, check=True).stdout.split()
    assert {"faiss", "onnxruntime", "fastapi"} <= set(loaded)
    assert {"torch", "transformers", "pandas", "sklearn", "matplotlib"}.isdisjoint(loaded)
