"""Writing collaborators: only what changed is touched."""

from dataclasses import replace

from sqlalchemy import func, select

from matchmaker.db.catalogue import CatalogueChange, save_collaborators
from matchmaker.db.collection import StoredCollection
from matchmaker.db.models import AttributionRow, DocumentRow, PassageRow
from matchmaker.db.session import Database
from matchmaker.domain.collaborator import Collaborator
from tests.conftest import collaborator


def save(
    database: Database, *collaborators: Collaborator, complete: bool = False, origin: str = "test"
) -> CatalogueChange:
    with database.transaction() as session:
        return save_collaborators(session, "main", origin, collaborators, complete=complete)


def passage_ids(database: Database) -> dict[str, list[int]]:
    return {key: list(ids) for key, ids in StoredCollection(database, "main").passage_ids_by_collaborator().items()}


def test_the_same_import_again_changes_nothing(database: Database) -> None:
    one, two = collaborator("one", "snö", "is"), collaborator("two", "vatten")
    assert save(database, one, two) == CatalogueChange(2, 0, 0, 0, 3, 0, 0)
    before, revision = passage_ids(database), StoredCollection(database, "main").revision
    assert save(database, one, two) == CatalogueChange(0, 0, 2, 0, 0, 0, 3)
    assert (passage_ids(database), StoredCollection(database, "main").revision) == (before, revision)


def test_a_changed_document_gets_new_passages_and_keeps_its_collaborators(database: Database) -> None:
    one, two = collaborator("one", "snö"), collaborator("two", "vatten")
    shared = one.documents[0]
    save(database, one, replace(two, documents=(*two.documents, shared)))
    before = passage_ids(database)
    changed = replace(shared, text="snö och is")
    change = save(database, replace(one, documents=(changed,)), replace(two, documents=(*two.documents, changed)))
    assert (change.documents_changed, change.documents_unchanged, change.changed) == (1, 1, 0)
    after = passage_ids(database)
    assert after["one"] != before["one"]
    assert set(after["one"]) < set(after["two"])
    assert max(before["one"]) < min(after["one"]), "ids of passages are never used again"


def test_what_an_origin_no_longer_has_goes_with_its_documents(database: Database) -> None:
    save(database, collaborator("one", "snö"), collaborator("two", "vatten"))
    save(database, collaborator("three", "malm"), origin="other")
    assert save(database, collaborator("one", "snö"), complete=True).removed == 1
    assert set(passage_ids(database)) == {"one", "three"}
    with database.reading() as session:
        for table, count in ((DocumentRow, 2), (PassageRow, 2), (AttributionRow, 2)):
            assert session.scalar(select(func.count()).select_from(table)) == count


def test_a_failed_import_leaves_all_as_it_was(database: Database) -> None:
    save(database, collaborator("one", "snö"))
    before = passage_ids(database)
    try:
        with database.transaction() as session:
            save_collaborators(session, "main", "test", [collaborator("two", "vatten")], complete=True)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert passage_ids(database) == before


def test_collections_are_kept_apart(database: Database) -> None:
    with database.transaction() as session:
        save_collaborators(session, "main", "test", [collaborator("one", "snö")])
        save_collaborators(session, "other", "test", [collaborator("one", "vatten")])
    main, other = (next(iter(StoredCollection(database, name).passages())) for name in ("main", "other"))
    assert (main.text, other.text) == ("snö", "vatten")
