"""The index of a collection: both channels, and which passages speak for which collaborator. A build product."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.correction import LanguageCentres
from matchmaker.retrieval.dense import DenseIndex
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.lexical import LexicalIndex

FORMAT = 1
"""Raised when the files change shape or meaning; an index of another format is rebuilt."""

_STAMP, _ARRAYS, _DENSE, _LEXICAL = "stamp.json", "arrays.npz", "dense.faiss", "lexical"


@dataclass(frozen=True, slots=True)
class IndexStamp:
    """What an index was built from; it is stale as soon as any of it differs."""

    collection: str
    revision: str
    encoder: str
    analysis: str
    reference: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which passages speak for which collaborator, in compressed sparse rows.

    Collaborator ``i`` of ``collaborator_ids`` has the passages ``rows[starts[i]:starts[i + 1]]``; one passage may
    speak for several, and a collaborator may have none.
    """

    collaborator_ids: tuple[str, ...]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]

    @classmethod
    def of(cls, collaborator_ids: Sequence[str], rows: Sequence[Sequence[int]]) -> Self:
        starts = np.concatenate([[0], np.cumsum([len(own) for own in rows])]).astype(np.int64)
        flat = [row for own in rows for row in own]
        return cls(tuple(collaborator_ids), starts, np.array(flat, dtype=np.int64))

    def rows_of(self, position: int) -> npt.NDArray[np.int64]:
        """The passages of the collaborator at ``position``."""
        return self.rows[self.starts[position] : self.starts[position + 1]]


@dataclass(frozen=True, slots=True)
class PassageIndex:
    """Everything retrieval needs, by row; passage texts stay with their collection and are looked up by id."""

    stamp: IndexStamp
    passage_ids: npt.NDArray[np.int64]
    languages: npt.NDArray[np.str_]
    attribution: Attribution
    centres: LanguageCentres
    dense: DenseIndex
    lexical: LexicalIndex

    def __post_init__(self) -> None:
        counts = {len(self.passage_ids), len(self.languages), self.dense.passage_count}
        if len(counts) != 1 or (len(self.attribution.rows) and int(self.attribution.rows.max()) >= min(counts)):
            raise ValueError("the parts of the index disagree on the number of passages")

    @property
    def passage_count(self) -> int:
        return len(self.passage_ids)

    def write(self, folder: Path) -> None:
        """Write all parts to ``folder``, the stamp last."""
        folder.mkdir(parents=True, exist_ok=True)
        self.dense.write(folder / _DENSE)
        self.lexical.write(folder / _LEXICAL)
        arrays: dict[str, npt.NDArray[Any]] = {
            "passage_ids": self.passage_ids,
            "languages": self.languages,
            "collaborator_ids": np.array(self.attribution.collaborator_ids, dtype=np.str_),
            "starts": self.attribution.starts,
            "rows": self.attribution.rows,
            **{f"document_centre_{language}": centre for language, centre in self.centres.documents.items()},
            **{f"query_centre_{language}": centre for language, centre in self.centres.queries.items()},
        }
        np.savez(folder / _ARRAYS, allow_pickle=False, **arrays)
        sizes = {str(file.relative_to(folder)): file.stat().st_size for file in folder.rglob("*") if file.is_file()}
        (folder / _STAMP).write_text(json.dumps({"stamp": asdict(self.stamp), "sizes": sizes}), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Open an index.

        Raises:
            SetupError: a part is missing, cut short, damaged or of another format.
        """
        try:
            stamp = read_stamp(folder)
            with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
                ids = tuple(str(identifier) for identifier in arrays["collaborator_ids"])
                return cls(
                    stamp,
                    arrays["passage_ids"],
                    arrays["languages"],
                    Attribution(ids, arrays["starts"], arrays["rows"]),
                    LanguageCentres(_centres(arrays, "document"), _centres(arrays, "query")),
                    DenseIndex.read(folder / _DENSE),
                    LexicalIndex.read(folder / _LEXICAL, len(arrays["passage_ids"])),
                )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SetupError(
                mark("The index in {folder} is damaged ({problem})."),
                remedy="matchmaker prepare",
                folder=folder,
                problem=type(error).__name__,
            ) from error


def read_stamp(folder: Path) -> IndexStamp:
    """What the index in ``folder`` was built from.

    Raises:
        OSError, ValueError, KeyError, TypeError: there is no whole index of this format.
    """
    content = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    for name, size in content["sizes"].items():
        if (folder / name).stat().st_size != size:
            raise ValueError(f"{name} is cut short")
    stamp = IndexStamp(**content["stamp"])
    if stamp.format != FORMAT:
        raise ValueError(f"format {stamp.format}, not {FORMAT}")
    return stamp


def _centres(arrays: "np.lib.npyio.NpzFile", role: str) -> dict[str, Vectors]:
    prefix = f"{role}_centre_"
    return {name.removeprefix(prefix): arrays[name] for name in arrays.files if name.startswith(prefix)}
