from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV file of these lines."""

    def write(*lines: str, encoding: str = "utf-8", ending: str = "\r\n") -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(ending.join(lines).encode(encoding))
        return path

    return write
