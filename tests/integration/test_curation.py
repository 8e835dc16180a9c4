"""What people decide about groups holds for the index, and for whatever is imported later."""

from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.curation import groups
from matchmaker.curation.adding import NewWork, add_work
from matchmaker.curation.opt_outs import read_opt_outs, renew_opt_outs
from matchmaker.db.catalogue import save_collaborators
from matchmaker.db.collection import StoredCollection
from matchmaker.db.decisions import find_events
from matchmaker.db.session import Database, open_database
from matchmaker.domain.collaborator import KEYWORDS, PROFILE, Collaborator, CollaboratorKind, Document
from matchmaker.domain.description import InvalidDescriptionError
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError
from matchmaker.domain.language import Language, LocalisedText
from tests.integration.imports import COLLECTION, PSEUDONYM, Shelf, correct, record


def group(identifier: str, profile: str, keywords: str = "") -> Collaborator:
    texts = [(PROFILE, profile), (KEYWORDS, keywords)]
    documents = tuple(
        Document(f"{identifier}:{kind}:sv", text, identifier, Language.SWEDISH, kind=kind, work=f"{identifier}:{kind}")
        for kind, text in texts
        if text
    )
    return Collaborator(
        identifier, LocalisedText(identifier, identifier), CollaboratorKind.RESEARCH_GROUP, documents, web_page=None
    )


SNOW, ORE = group("snow", "Snö och is.", "snö, is"), group("ore", "Malm i berget.")


def load_catalogue(database: Database) -> None:
    save_collaborators(database, COLLECTION, "catalogue", [SNOW, ORE], complete=True, curated=True)


@pytest.fixture
def shelf(database: Database) -> Shelf:
    load_catalogue(database)
    shelf = Shelf(database)
    shelf.load(
        record("1", "Snöröjning", "snow", text="Plogning av cykelvägar."),
        record("2", "Frost i berg", "snow", "ore", text="Frost spränger berg."),
    )
    return shelf


def test_a_corrected_profile_outlives_the_catalogue_being_read_again(shelf: Shelf) -> None:
    values = {"summary_sv": "Snö, is och tjäle.", "keywords_sv": ["tjäle", "snö"], "name_sv": "Kalla ämnen"}
    correct(shelf.database, "snow", "researcher", **values)
    load_catalogue(shelf.database)
    assert {"Snö, is och tjäle.", "tjäle, snö"} < set(shelf.evidence()["snow"])
    assert "Snö och is." not in shelf.evidence()["snow"]
    stored = StoredCollection(shelf.database, COLLECTION)
    assert stored.find_collaborators(["snow"])["snow"].name.sv == "Kalla ämnen"
    groups.undo_edit(shelf.database, COLLECTION, "snow", "steward")
    assert {"Snö och is.", "snö, is"} < set(shelf.evidence()["snow"])


def test_an_empty_summary_is_refused_by_its_field(shelf: Shelf) -> None:
    with pytest.raises(InvalidDescriptionError) as refused:
        correct(shelf.database, "snow", "steward", summary_sv="")
    assert [problem.field for problem in refused.value.problems] == ["summary_sv"]


def test_hidden_evidence_stays_hidden_when_it_is_imported_again(shelf: Shelf) -> None:
    revision = StoredCollection(shelf.database, COLLECTION).revision
    groups.hide_work(shelf.database, COLLECTION, "snow", "diva:2", "researcher")
    assert StoredCollection(shelf.database, COLLECTION).revision != revision
    shelf.load(record("2", "Frost i berg", "snow", "ore", text="Frost spränger berg och betong."))
    assert shelf.evidence() == {
        "snow": ["Plogning av cykelvägar.", "Snö och is.", "snö, is"],
        "ore": ["Frost spränger berg och betong.", "Malm i berget."],
    }
    groups.show_work(shelf.database, COLLECTION, "snow", "diva:2", "researcher")
    assert "Frost spränger berg och betong." in shelf.evidence()["snow"]


def test_a_profile_can_be_hidden_too(shelf: Shelf) -> None:
    groups.hide_work(shelf.database, COLLECTION, "snow", "snow:keywords", "researcher")
    load_catalogue(shelf.database)
    assert "snö, is" not in shelf.evidence()["snow"]


def test_what_was_hidden_stays_so_when_the_work_turns_out_to_be_another(shelf: Shelf) -> None:
    shelf.load(record("3", "Tjälskott", "snow", text="Tjäle lyfter väg.", doi="10.1000/3"))
    groups.hide_work(shelf.database, COLLECTION, "snow", "diva:3", "researcher")
    other = record("0", "Tjälskott på vägar", "snow", text="Tjäle.", source="swepub", doi="10.1000/9")
    shelf.load(other, source="swepub")
    both = replace(other, identifiers=other.identifiers | record("x", "x", doi="10.1000/3").identifiers)
    shelf.load(both, source="swepub")
    assert not [text for text in shelf.evidence()["snow"] if "Tjäle" in text]


def test_who_opts_out_is_gone_at_once_and_for_later_imports(shelf: Shelf, tmp_path: Path) -> None:
    ledger = tmp_path / "opt-outs.jsonl"
    groups.opt_out(shelf.database, ledger, COLLECTION, "snow", "researcher")
    stored = StoredCollection(shelf.database, COLLECTION)
    assert "snow" not in shelf.evidence()
    assert not stored.find_collaborators(["snow"])
    load_catalogue(shelf.database)
    shelf.load(record("4", "Mer snö", "snow", text="Snö igen."))
    assert list(shelf.evidence()) == ["ore"]
    assert "Snö igen." not in [passage.text for passage in stored.snapshot().passages]
    groups.opt_in(shelf.database, ledger, COLLECTION, "snow", "researcher")
    assert "Snö igen." in shelf.evidence()["snow"]
    assert read_opt_outs(ledger) == set()


def test_a_database_from_a_backup_does_not_bring_back_who_has_opted_out(shelf: Shelf, tmp_path: Path) -> None:
    ledger = tmp_path / "opt-outs.jsonl"
    groups.opt_out(shelf.database, ledger, COLLECTION, "snow", "researcher")
    ledger.write_text(ledger.read_text() + '{"collection": "main", "gro', encoding="utf-8")  # a crash while writing
    restored = open_database(f"sqlite:///{tmp_path / 'restored.db'}")
    load_catalogue(restored)
    assert renew_opt_outs(restored, ledger) == 1
    assert list(Shelf(restored).evidence()) == ["ore"]
    assert renew_opt_outs(restored, ledger) == 0
    restored.engine.dispose()


def test_merged_groups_are_one_with_the_evidence_of_both(shelf: Shelf) -> None:
    groups.merge_groups(shelf.database, COLLECTION, "snow", "ore", "steward")
    load_catalogue(shelf.database)
    assert shelf.evidence() == {
        "ore": ["Frost spränger berg.", "Malm i berget.", "Plogning av cykelvägar.", "Snö och is."]
    }
    groups.reinstate_group(shelf.database, COLLECTION, "snow", "steward")
    assert "Plogning av cykelvägar." in shelf.evidence()["snow"]


def test_a_split_group_shares_its_works_out(shelf: Shelf) -> None:
    new = groups.split_group(
        shelf.database,
        COLLECTION,
        "snow",
        LocalisedText("Frost", "Frost"),
        LocalisedText("Vi forskar om frost.", None),
        ["diva:2"],
        "steward",
    )
    load_catalogue(shelf.database)
    assert shelf.evidence() == {
        "snow": ["Plogning av cykelvägar.", "Snö och is.", "snö, is"],
        "ore": ["Frost spränger berg.", "Malm i berget."],
        new: ["Frost spränger berg.", "Vi forskar om frost."],
    }


def test_evidence_can_be_added_by_hand_once(shelf: Shelf) -> None:
    def add(title: str, doi: str, text: str = "") -> str:
        return add_work(shelf.database, COLLECTION, "ore", NewWork(title, text, 2021, doi), PSEUDONYM, "researcher")

    shelf.load(record("5", "Gruvvatten", text="Vatten ur gruvan.", doi="10.1000/5"))
    assert add("", "https://doi.org/10.1000/5") == "diva:5"
    added = add("Malmens färg", "", "Röd malm.")
    assert {"Vatten ur gruvan.", "Röd malm."} < set(shelf.evidence()["ore"])
    assert added.startswith("added:")
    with pytest.raises(InvalidChallengeError) as refused:
        add("", "10.1000/unknown")
    assert refused.value.field == "title"
    with pytest.raises(InvalidChallengeError) as refused:
        add("Titel", "not a doi")
    assert refused.value.field == "doi"


def test_links_are_decided_in_bulk(shelf: Shelf) -> None:
    shelf.load(record("6", "Isbrytning", text="Is bryts."), record("7", "Kall malm", text="Kall malm bryts."))
    groups.decide_links(shelf.database, COLLECTION, [("diva:6", "snow"), ("diva:7", "ore")], "steward", accept=True)
    groups.decide_links(shelf.database, COLLECTION, [("diva:1", "snow")], "steward", accept=False)
    shelf.load(record("1", "Snöröjning", "snow", text="Plogning igen."))
    assert shelf.evidence() == {
        "snow": ["Frost spränger berg.", "Is bryts.", "Snö och is.", "snö, is"],
        "ore": ["Frost spränger berg.", "Kall malm bryts.", "Malm i berget."],
    }


def test_the_history_tells_what_was_decided_by_whom(shelf: Shelf) -> None:
    correct(shelf.database, "snow", "steward", name_sv="Kyla")
    groups.hide_work(shelf.database, COLLECTION, "snow", "diva:1", "researcher")
    groups.show_work(shelf.database, COLLECTION, "snow", "diva:1", "researcher")
    with shelf.database.reading() as session:
        told = [(row.kind, row.by) for row in find_events(session, COLLECTION, "snow")]
    assert told == [("hidden_revoked", "researcher"), ("hidden", "researcher"), ("edit", "steward")]


def test_a_group_that_nobody_looks_after_cannot_be_edited(shelf: Shelf) -> None:
    with pytest.raises(NotFoundError):
        groups.retire_group(shelf.database, COLLECTION, "nobody", "steward")
