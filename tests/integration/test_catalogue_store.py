"""Writing collaborators: only what changed is touched."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from matchmaker.db.catalogue import CatalogueChange, save_collaborators
from matchmaker.db.collection import StoredCollection
from matchmaker.db.models import AttributionRow, DocumentRow, PassageRow
from matchmaker.db.session import Database
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.language import LocalisedText
from tests.conftest import collaborator

pytestmark = pytest.mark.both_databases


def save(
    database: Database, *collaborators: Collaborator, complete: bool = False, origin: str = "test"
) -> CatalogueChange:
    return save_collaborators(database, "main", origin, collaborators, complete=complete)


def passage_ids(database: Database) -> dict[str, list[int]]:
    return {key: list(ids) for key, ids in StoredCollection(database, "main").snapshot().passage_ids.items()}


def test_the_same_import_again_changes_nothing(database: Database) -> None:
    one, two = collaborator("one", "snö", "is"), collaborator("two", "vatten")
    assert save(database, one, two) == CatalogueChange(2, 0, 0, 0, 3, 0, 0, 0)
    before, revision = passage_ids(database), StoredCollection(database, "main").revision
    assert save(database, one, two) == CatalogueChange(0, 0, 2, 0, 0, 0, 3, 0)
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


def test_a_second_file_adds_to_what_a_collaborator_has(database: Database) -> None:
    one = collaborator("one", "snö", "is")
    save(database, replace(one, documents=one.documents[:1]))
    change = save(database, replace(one, documents=one.documents[1:]))
    assert (change.documents_new, change.documents_removed) == (1, 0)
    assert len(passage_ids(database)["one"]) == 2


def test_a_complete_import_takes_away_what_is_gone(database: Database) -> None:
    one = collaborator("one", "snö", "is")
    save(database, one, complete=True)
    change = save(database, replace(one, documents=one.documents[:1]), complete=True)
    assert (change.changed, change.documents_removed) == (1, 1)
    assert len(passage_ids(database)["one"]) == 1


def test_a_changed_name_is_stored_and_documents_stay(database: Database) -> None:
    one = collaborator("one", "snö")
    save(database, one)
    before = passage_ids(database)
    change = save(database, replace(one, name=LocalisedText("Ett", "One")))
    assert (change.changed, change.documents_unchanged) == (1, 1)
    assert passage_ids(database) == before
    assert StoredCollection(database, "main").find_collaborators(["one"])["one"].name.sv == "Ett"


def test_a_failed_import_leaves_all_as_it_was(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    save(database, collaborator("one", "snö"))
    before = passage_ids(database)
    with monkeypatch.context() as broken:
        broken.setattr("matchmaker.db.catalogue._save_links", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            save(database, collaborator("two", "vatten"), complete=True)
    assert passage_ids(database) == before


def test_an_import_does_not_keep_readers_waiting(database: Database) -> None:
    save(database, collaborator("one", "snö"))
    with database.transaction() as session:
        session.execute(text("UPDATE collection SET revision = 'x'"))
        assert set(passage_ids(database)) == {"one"}


def test_collections_are_kept_apart(database: Database) -> None:
    save_collaborators(database, "main", "test", [collaborator("one", "snö")])
    save_collaborators(database, "other", "test", [collaborator("one", "vatten")])
    main, other = (StoredCollection(database, name).snapshot().passages[0] for name in ("main", "other"))
    assert (main.text, other.text) == ("snö", "vatten")
