"""The index of a collection: both channels, and which passages speak for which collaborator. A build product."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.correction import LanguageCentres
from matchmaker.retrieval.encoded import EncodedPassages, SentenceVectors
from matchmaker.retrieval.encoder import Role, Vectors
from matchmaker.retrieval.lexical_index import LexicalForm, LexicalIndex
from matchmaker.retrieval.vector_index import IdRows, VectorForm, VectorIndex

FORMAT = 5
"""Raised when the files change shape or meaning; an index of another format is rebuilt."""

_STAMP, _ARRAYS, _DENSE, _LEXICAL = "stamp.json", "arrays", "dense", "lexical"


@dataclass(frozen=True, slots=True)
class IndexStamp:
    """What an index was built from; it is stale as soon as any of it differs."""

    collection: str
    revision: str
    encoder: str
    analysis: str
    reference: str
    format: int = FORMAT
    missing: int = 0
    """Passages that had not been encoded yet and are left out: such an index serves until there is a whole one."""

    @property
    def digest(self) -> str:
        """A short name that changes whenever anything does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class IndexedCollaborators:
    """Who can be suggested, by position: ids, and what decides the place on a shortlist."""

    ids: tuple[str, ...]
    is_route: npt.NDArray[np.bool_]
    is_entrance: npt.NDArray[np.bool_]

    @cached_property
    def expert_ids(self) -> frozenset[str]:
        """Those who are expertise themselves and no way in to it."""
        return frozenset(one for one, is_route in zip(self.ids, self.is_route, strict=True) if not is_route)

    @cached_property
    def tie_order(self) -> npt.NDArray[np.int64]:
        """The rank of each by id, shape (collaborators,): what orders equal scores."""
        order = np.empty(len(self.ids), dtype=np.int64)
        order[sorted(range(len(self.ids)), key=self.ids.__getitem__)] = np.arange(len(self.ids))
        return order

    @classmethod
    def of(cls, collaborators: Iterable[Collaborator]) -> Self:
        everyone = list(collaborators)
        return cls(
            tuple(one.id for one in everyone),
            np.array([one.kind.is_route for one in everyone], dtype=np.bool_),
            np.array([one.is_entrance for one in everyone], dtype=np.bool_),
        )


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which passages speak for which collaborator, in compressed sparse rows.

    The collaborator at position ``i`` has the passages ``rows[starts[i]:starts[i + 1]]``; one passage may speak for
    several, and a collaborator may have none.
    """

    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Self:
        starts = np.concatenate([[0], np.cumsum([len(own) for own in rows])]).astype(np.int64)
        return cls(starts, np.array([row for own in rows for row in own], dtype=np.int64))

    def rows_of(self, position: int) -> npt.NDArray[np.int64]:
        """The passages of the collaborator at ``position``."""
        return self.rows[self.starts[position] : self.starts[position + 1]]

    def of_positions(self, positions: npt.NDArray[np.int64]) -> "Attribution":
        """The passages of some collaborators only, in the order of ``positions``."""
        counts = self.starts[positions + 1] - self.starts[positions]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        places = np.arange(starts[-1]) + np.repeat(self.starts[positions] - starts[:-1], counts)
        return Attribution(starts, self.rows[places])

    def speakers(self, passage_count: int) -> "Attribution":
        """The same the other way round: row ``i`` speaks for the collaborators at ``rows[starts[i]:starts[i + 1]]``."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.rows, minlength=passage_count))]).astype(np.int64)
        owners = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        return Attribution(starts, owners[np.argsort(self.rows, kind="stable")])


@dataclass(frozen=True, slots=True)
class PassageIndex:
    """Everything retrieval needs, by row; passage texts stay with their collection and are looked up by id."""

    stamp: IndexStamp
    passage_ids: npt.NDArray[np.int64]
    collaborators: IndexedCollaborators
    attribution: Attribution
    centres: LanguageCentres
    dense: VectorIndex
    lexical: LexicalIndex
    encoded: EncodedPassages
    rows: IdRows = field(init=False)
    """Which row each passage stands in, by its id."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", IdRows(self.passage_ids))
        rows, count = self.attribution.rows, len(self.passage_ids)
        held = {self.dense.count, self.lexical.count, len(self.encoded.digests)}
        if held != {count} or (len(rows) and int(rows.max()) >= count):
            raise ValueError("the parts of the index disagree on the number of passages")
        if len(self.attribution.starts) != len(self.collaborators.ids) + 1:
            raise ValueError("the parts of the index disagree on the number of collaborators")

    @property
    def passage_count(self) -> int:
        return len(self.passage_ids)

    def nearest_sentence(self, row: int, query: Vectors) -> int | None:
        """Which of a passage's sentences is nearest to ``query``, shape (dimension,); None if it has none."""
        own = self.encoded.sentences.of_row(row)
        if not len(own):
            return None
        languages = self.encoded.languages[[row] * len(own)]
        return int(np.argmax(self.centres.correct(own, languages, Role.DOCUMENT) @ query))

    def write(self, folder: Path) -> None:
        """Write all parts to ``folder``, the stamp last; on disk when this returns."""
        (folder / _ARRAYS).mkdir(parents=True, exist_ok=True)
        self.dense.write(folder / _DENSE)
        self.lexical.write(folder / _LEXICAL)
        self.encoded.sentences.write(folder)
        arrays: dict[str, npt.NDArray[Any]] = {
            "passage_ids": self.passage_ids,
            "collaborator_ids": np.array(self.collaborators.ids, dtype=np.str_),
            "is_route": self.collaborators.is_route,
            "is_entrance": self.collaborators.is_entrance,
            "starts": self.attribution.starts,
            "rows": self.attribution.rows,
            "digests": self.encoded.digests,
            "languages": self.encoded.languages,
            "vectors": self.encoded.vectors,
            "sentence_starts": self.encoded.sentences.starts,
            "sentence_counts": self.encoded.sentences.counts,
            **{f"document_centre_{language}": centre for language, centre in self.centres.documents.items()},
            **{f"query_centre_{language}": centre for language, centre in self.centres.queries.items()},
        }
        for name, array in arrays.items():
            np.save(folder / _ARRAYS / f"{name}.npy", array, allow_pickle=False)
        digests = {str(file.relative_to(folder)): _digest(file) for file in folder.rglob("*") if file.is_file()}
        content = json.dumps({"stamp": asdict(self.stamp), "sha256": digests})
        with (folder / _STAMP).open("w", encoding="utf-8") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())

    @classmethod
    def read(cls, folder: Path, vectors: VectorForm, lexical: LexicalForm) -> Self:
        """Open an index, after comparing every file with its digest; the forms are those it was built in.

        Raises:
            SetupError: a part is missing, cut short, damaged or of another format.
        """
        try:
            stamp = read_stamp(folder)
            _check_digests(folder)
            arrays = _arrays(folder / _ARRAYS)
            ids = tuple(str(identifier) for identifier in arrays["collaborator_ids"])
            sentences = SentenceVectors.read(folder, arrays["sentence_starts"], arrays["sentence_counts"])
            return cls(
                stamp,
                arrays["passage_ids"],
                IndexedCollaborators(ids, arrays["is_route"], arrays["is_entrance"]),
                Attribution(arrays["starts"], arrays["rows"]),
                LanguageCentres(_centres(arrays, "document"), _centres(arrays, "query")),
                vectors.read(folder / _DENSE, stamp.collection, stamp.digest),
                lexical.read(folder / _LEXICAL, stamp.collection, stamp.digest),
                EncodedPassages(arrays["digests"], arrays["languages"], arrays["vectors"], sentences),
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
        OSError, ValueError, KeyError, TypeError: there is no index of this format.
    """
    stamp = IndexStamp(**_stamp_file(folder)["stamp"])
    if stamp.format != FORMAT:
        raise ValueError(f"format {stamp.format}, not {FORMAT}")
    return stamp


def _check_digests(folder: Path) -> None:
    for name, digest in _stamp_file(folder)["sha256"].items():
        if _digest(folder / name) != digest:
            raise ValueError(f"{name} is damaged")


def _stamp_file(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    return content


def _digest(file: Path) -> str:
    """The SHA-256 of a file, which is on disk when this returns."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _arrays(folder: Path) -> dict[str, npt.NDArray[Any]]:
    """All arrays of a folder by name, mapped into memory, so that processes share them."""
    return {file.stem: np.asarray(np.load(file, mmap_mode="r", allow_pickle=False)) for file in folder.glob("*.npy")}


def _centres(arrays: Mapping[str, npt.NDArray[Any]], role: str) -> dict[str, Vectors]:
    prefix = f"{role}_centre_"
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
