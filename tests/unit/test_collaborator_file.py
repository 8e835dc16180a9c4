import json
from pathlib import Path
from typing import Any

import pytest

from matchmaker.catalogue.collaborator_file import read_challenges, read_collaborators
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.errors import InvalidFileError
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.text.query import read_query


def lines(tmp_path: Path, *values: Any) -> Path:
    path = tmp_path / "file.jsonl"
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in values]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_challenges(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        {"id": "1", "title": None, "text": "Buller från\u2028tåg", "language": None, "more": 1},
        "",
        {"id": 2, "text": "Noise", "language": "en"},
    )
    first, second = read_challenges(path, read_query)
    assert (first.id, first.title, first.language) == ("1", None, None)
    assert (second.id, second.language) == ("2", Language.ENGLISH)


def test_collaborators(tmp_path: Path) -> None:
    document = {"id": "d", "title": None, "text": "Snow", "language": None, "year": None}
    path = lines(
        tmp_path,
        {"id": "a", "name": {"sv": "Snö", "en": "Snow"}, "kind": "centre", "documents": [document]},
        {"id": "b", "name": "B", "kind": "person", "documents": []},
        {"id": "c", "name": None, "kind": None, "documents": None},
    )
    one, two, three = read_collaborators(path)
    assert (one.name, one.kind, one.documents[0].text) == (
        LocalisedText("Snö", "Snow"),
        CollaboratorKind.CENTRE,
        "Snow",
    )
    assert (two.name.sv, two.kind, two.documents) == ("B", CollaboratorKind.OTHER, ())
    assert three.name.sv == "c"


def test_every_bad_line_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        {"id": "ok", "text": "Buller"},
        "{not json",
        "[1, 2]",
        {"id": "has space", "text": "x"},
        {"id": "no-text"},
        {"id": "empty", "text": "  "},
        {"id": "ok", "text": "Buller igen"},
        {"id": "long", "text": "ord " * 10_000},
        {"id": "foreign", "text": "Buller", "language": "swedish"},
        '{"id": "half", "text": "\\ud800"}',
    )
    with pytest.raises(InvalidFileError) as raised:
        read_challenges(path, read_query)
    assert [(one.line, one.field) for one in raised.value.problems] == [
        (2, None), (3, None), (4, "id"), (5, "text"), (6, "text"), (7, None), (8, "text"), (9, "language"), (10, None),
    ]  # fmt: skip
    assert all(str(one) for one in raised.value.problems)


def test_a_bad_document_is_named_by_its_place(tmp_path: Path) -> None:
    path = lines(tmp_path, {"id": "a", "documents": [{"id": "d", "text": "x"}, {"id": "e", "text": 5, "year": "soon"}]})
    with pytest.raises(InvalidFileError) as raised:
        read_collaborators(path)
    assert [one.field for one in raised.value.problems] == ["documents.1.year"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00"])
def test_a_file_without_lines_or_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(content)
    with pytest.raises(InvalidFileError):
        read_challenges(path, read_query)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError, match="missing"):
        read_challenges(tmp_path / "missing.jsonl", read_query)
