"""Municipalities, areas and departments by their codes, with their names in both languages."""

from collections.abc import Mapping
from pathlib import Path

from matchmaker.catalogue.seed import read_areas, read_departments, read_municipalities

Names = Mapping[str, Mapping[str, str]]
"""Names by code, and for each code by language."""


def municipality_names(catalogue: Path) -> Names:
    """The municipalities' full names, by the code of Statistics Sweden."""
    return {one.code: one.names for one in read_municipalities(catalogue)}


def municipality_short_names(catalogue: Path) -> Mapping[str, str]:
    """The municipalities' short names, which are the same in both languages."""
    return {one.code: one.short for one in read_municipalities(catalogue)}


def area_names(catalogue: Path) -> Names:
    """The areas that a challenge may be about."""
    return {one.id: one.names for one in read_areas(catalogue)}


def department_names(catalogue: Path) -> Names:
    """The university's departments."""
    return read_departments(catalogue)
