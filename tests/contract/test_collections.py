"""What every collection promises, wherever it is kept."""

from collections.abc import Callable, Sequence

import pytest

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.db.catalogue import save_collaborators
from matchmaker.db.collection import StoredCollection
from matchmaker.db.session import Database
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Contact, Document
from matchmaker.domain.collection import Collection, check_collection_name
from matchmaker.domain.errors import InvalidNameError
from matchmaker.domain.language import Language, LocalisedText

Make = Callable[[Sequence[Collaborator]], Collection]

SHARED = Document("shared", "Snö och is på vägen. " * 60, "Vinterväg", Language.SWEDISH, 2021, "project", work="w")
CATALOGUE = [
    Collaborator(
        "roads",
        LocalisedText("Vägar", "Roads"),
        CollaboratorKind.RESEARCH_GROUP,
        (SHARED, Document("roads:en", "Frost damage on roads.", None, Language.ENGLISH, url="https://example.org/")),
        "SBN",
        ("infrastructure",),
        "https://example.org/roads",
        (Contact(LocalisedText("Ämnesföreträdare", "Head of subject"), None),),
    ),
    Collaborator("snow", LocalisedText("Snö", None), CollaboratorKind.CENTRE, (SHARED,), is_entrance=True),
    Collaborator("empty", LocalisedText(None, "Empty"), CollaboratorKind.OTHER, (Document("blank", " "),)),
]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, database_on: Callable[[str], Database]) -> Make:
    if request.param == "memory":
        return lambda collaborators: MemoryCollection("test", collaborators)
    database = database_on(request.param)

    def store(collaborators: Sequence[Collaborator]) -> Collection:
        save_collaborators(database, "test", "origin", collaborators, complete=True)
        return StoredCollection(database, "test")

    return store


def test_passages_carry_text_language_and_title(make: Make) -> None:
    passages = make(CATALOGUE).snapshot().passages
    assert [one.id for one in passages] == sorted(one.id for one in passages)
    assert sorted((one.document_id, one.position) for one in passages) == [
        ("roads:en", 0),
        ("shared", 0),
        ("shared", 1),
    ]
    first = next(one for one in passages if one.document_id == "shared")
    assert (first.language, first.title) == (Language.SWEDISH, "Vinterväg")
    assert first.indexed_text.startswith("Vinterväg. Snö och is")


def test_a_shared_document_speaks_for_both_and_an_empty_one_for_nobody(make: Make) -> None:
    collection = make(CATALOGUE)
    shared = {one.id for one in collection.snapshot().passages if one.document_id == "shared"}
    own = {key: set(ids) for key, ids in collection.snapshot().passage_ids.items()}
    assert own["snow"] == shared
    assert shared < own["roads"]
    assert own["empty"] == set()


def test_passages_are_found_with_their_documents(make: Make) -> None:
    collection = make(CATALOGUE)
    passage = next(one for one in collection.snapshot().passages if one.document_id == "shared")
    found = collection.find_passages([passage.id, 999_999])
    assert list(found) == [passage.id]
    assert found[passage.id] == (passage, SHARED)


def test_collaborators_come_back_as_they_were(make: Make) -> None:
    found = make(CATALOGUE).find_collaborators(["roads", "snow", "nobody"])
    assert set(found) == {"roads", "snow"}
    roads = found["roads"]
    assert (roads.name, roads.kind, roads.department, roads.areas) == (
        CATALOGUE[0].name, CATALOGUE[0].kind, "SBN", ("infrastructure",),
    )  # fmt: skip
    assert (roads.web_page, roads.contacts, roads.documents) == (CATALOGUE[0].web_page, CATALOGUE[0].contacts, ())
    assert (found["snow"].is_entrance, roads.is_entrance) == (True, False)


def test_a_snapshot_has_everyone_at_its_revision(make: Make) -> None:
    collection = make(CATALOGUE)
    snapshot = collection.snapshot()
    assert snapshot.revision == collection.revision
    assert set(snapshot.collaborators) == set(snapshot.passage_ids) == {"roads", "snow", "empty"}
    assert snapshot.collaborators["snow"].is_entrance


@pytest.mark.parametrize("name", ["", "..", "/tmp/x", "a/b", "A", "å", "-x", "a" * 65, "a b"])
def test_what_could_be_a_path_is_no_name(name: str) -> None:
    with pytest.raises(InvalidNameError):
        check_collection_name(name)


def test_the_revision_changes_with_the_content_and_only_then(make: Make) -> None:
    first = make(CATALOGUE).revision
    assert make(CATALOGUE).revision == first
    assert make(CATALOGUE[:2]).revision != first
