"""Municipalities, areas and departments by their codes, with their names in both languages."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from matchmaker.catalogue.seed import read_municipalities

Names = Mapping[str, Mapping[str, str]]
"""Names by code, and for each code by language."""


@cache
def municipality_names(catalogue: Path) -> Names:
    """The municipalities' full names, by the code of Statistics Sweden."""
    return {one.code: one.names for one in read_municipalities(catalogue)}


@cache
def municipality_short_names(catalogue: Path) -> Mapping[str, str]:
    """The municipalities' short names, which are the same in both languages."""
    return {one.code: one.short for one in read_municipalities(catalogue)}


@cache
def area_names(catalogue: Path) -> Names:
    """The areas that a challenge may be about."""
    return {str(one["id"]): one["name"] for one in _tables(catalogue / "areas.toml", "area")}


@cache
def department_names(catalogue: Path) -> Names:
    """The university's departments."""
    return {str(one["code"]): one["name"] for one in _tables(catalogue / "departments.toml", "department")}


def _tables(path: Path, name: str) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    return tables
