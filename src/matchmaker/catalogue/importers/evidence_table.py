"""Works in a table of our own, CSV or XLSX: see ``catalogue.templates`` for its columns."""

from collections.abc import Iterator
from pathlib import Path

from matchmaker.catalogue.importers.source import LINE, Reading, Source


def read(path: Path) -> Iterator[Reading]:
    """The works of a table."""
    # What reads tables is made of parts that importers share, so it cannot be imported while the importers are.
    from matchmaker.catalogue.evidence_cells import read_evidence

    return read_evidence(path)


SOURCE = Source(
    name="table",
    label="Table (CSV, XLSX)",
    suffixes=(".csv", ".tsv", ".txt", ".xlsx", ".xlsm"),
    read=read,
    marks=dict.fromkeys((".csv", ".tsv", ".txt"), LINE),
)
