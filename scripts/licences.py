"""The licences of what is installed beside Matchmaker: ``python scripts/licences.py`` writes docs/licences.md.

A licence is what a package's own metadata say, in SPDX's names; where they only say it in words, the words are
translated here. A package whose licence is not known, or not among those that are compatible, ends the script.
"""

import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = "matchmaker-norrbotten"
TARGET = Path(__file__).resolve().parent.parent / "docs" / "licences.md"

SPDX = {
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache-2.0 license": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "mit license": "MIT",
    "mit, bsd": "MIT AND BSD-3-Clause",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""What metadata say in words, in small letters."""

STATED_ELSEWHERE = {"axe-playwright-python": "MIT"}
"""Packages whose metadata say nothing, by what their repository says."""

COMPATIBLE = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "CNRI-Python", "ISC", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
"""Permissive ones, and copyleft ones that the EUPL names as compatible in its appendix (LGPL, MPL)."""

HEAD = """# Licences

Matchmaker itself is under the EUPL 1.2. What it stands on, as installed by `make setup` (in use) and `make test`
(development), with the licence that each package states; all of them permit use beside EUPL code: permissive ones,
and the LGPL and MPL, which the EUPL's appendix names as compatible. Made by `python scripts/licences.py`; a test
compares it with what is installed.

Run by the tests besides, in a folder of its own: the server of Milvus (Apache-2.0).

Shipped in this repository besides: FKUI's style sheets (Försäkringskassan, MIT) and htmx (0BSD), under
`api/matchmaker_api/static/`. The encoder's weights: multilingual-e5-small (MIT). Data: see
[data/README.md](../data/README.md).

| package | licence | needed |
|---|---|---|
"""


def licences() -> dict[str, tuple[str, str]]:
    """By package its licence and what it is needed for.

    Raises:
        ValueError: a licence is not known or not compatible.
    """
    in_use = _needed(PROJECT, set())
    everything = _needed(PROJECT, {"dev"})
    return {
        one.metadata["Name"]: (_licence(one), "in use" if one.metadata["Name"] in in_use else "development")
        for one in sorted(everything.values(), key=lambda one: one.metadata["Name"].lower())
    }


def _needed(name: str, extras: set[str]) -> dict[str, Distribution]:
    """What a package needs, as far as it is installed, by name."""
    found: dict[str, Distribution] = {}
    waiting = [(name, frozenset(extras))]
    seen = set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        try:
            own = distribution(current[0])
        except PackageNotFoundError:
            continue  # for another system, or an extra that nobody asked for
        if current[0] != PROJECT:
            found[own.metadata["Name"]] = own
        for text in own.requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": one}) for one in (*current[1], "")):
                waiting.append((wanted.name, frozenset(wanted.extras)))
    return found


def _licence(package: Distribution) -> str:
    name = package.metadata["Name"]
    for said in _said(package):
        spdx = SPDX.get(said.lower(), said)
        if all(part in COMPATIBLE for part in re.split(r" AND | OR ", spdx.replace("(", "").replace(")", ""))):
            return spdx
    raise ValueError(f"The licence of {name} is not known to be compatible: {list(_said(package))}")


def _said(package: Distribution) -> Iterable[str]:
    metadata = package.metadata
    if metadata["Name"] in STATED_ELSEWHERE:
        yield STATED_ELSEWHERE[metadata["Name"]]
    for field in ("License-Expression", "License"):
        if metadata.get(field):
            yield str(metadata[field]).strip().split("\n")[0]
    for classifier in metadata.get_all("Classifier") or []:
        if classifier.startswith("License ::"):
            yield classifier.split(" :: ")[-1]


def main() -> None:
    rows = [f"| {name} | {licence} | {needed} |" for name, (licence, needed) in licences().items()]
    TARGET.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    sys.stderr.write(f"{len(rows)} packages: {TARGET}\n")


if __name__ == "__main__":
    main()
