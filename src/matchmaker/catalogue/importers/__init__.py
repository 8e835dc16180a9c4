"""One file a source format, and all of them by name."""

from collections.abc import Mapping

from matchmaker.catalogue.importers import (
    bibtex,
    cordis,
    diva_csv,
    evidence_table,
    mods,
    openalex,
    orcid,
    ris,
    swecris_works,
)
from matchmaker.catalogue.importers.source import Source
from matchmaker.domain.errors import InvalidNameError, mark

_MODULES = (mods, diva_csv, swecris_works, openalex, cordis, orcid, ris, bibtex, evidence_table)

SOURCES: Mapping[str, Source] = {one.SOURCE.name: one.SOURCE for one in _MODULES}
"""What can be imported, by the name that a user chooses it by."""


def find_source(name: str) -> Source:
    """The source of a name.

    Raises:
        InvalidNameError: there is none; the error names those that there are.
    """
    if name not in SOURCES:
        raise InvalidNameError(
            mark("There is no source «{name}»; there are {known}."), name=name, known=", ".join(sorted(SOURCES))
        )
    return SOURCES[name]
