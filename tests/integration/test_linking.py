"""Whose works are: by the names of subjects, by tables, and by suggestions that a steward confirms."""

import pytest

from matchmaker.curation import groups, linking
from matchmaker.db import work_lists
from matchmaker.db.catalogue import save_collaborators
from matchmaker.db.session import Database
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.work import Hint, HintScheme, LinkBasis
from matchmaker.workspace import Workspace
from tests.conftest import collaborator
from tests.fakes import HashingEncoder
from tests.integration.imports import COLLECTION, PSEUDONYM, Shelf, record

GROUPS = [collaborator("snow", "snö och is på vägen"), collaborator("ore", "malm i berget")]


def subject(value: str) -> frozenset[Hint]:
    return frozenset({Hint(HintScheme.SUBJECT, value)})


@pytest.fixture
def shelf(database: Database) -> Shelf:
    save_collaborators(database, COLLECTION, "catalogue", GROUPS, complete=True, curated=True)
    linking.save_hints(database, COLLECTION, linking.CATALOGUE, linking.name_hints(GROUPS), PSEUDONYM)
    return Shelf(database)


def test_a_subject_of_the_groups_name_links_and_another_universitys_does_not(shelf: Shelf) -> None:
    shelf.load(
        record("1", "Plogning av gator", text="Plogning.", hints=subject("ltu:SNOW")),
        record("2", "Skidåkning i backe", text="Skidor.", hints=subject("lnu:Snow")),
    )
    assert shelf.evidence()["snow"] == ["Plogning.", "snö och is på vägen"]


def test_a_stewards_table_links_what_is_there_when_asked(shelf: Shelf) -> None:
    person = frozenset({Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097")})
    shelf.load(record("1", "Plogning av gator", text="Plogning.", hints=person))
    assert shelf.evidence()["snow"] == ["snö och is på vägen"]
    table = [(Hint(HintScheme.PERSON, "ORCID:0000-0002-1825-0097"), "snow"), (Hint(HintScheme.PERSON, "x"), "nobody")]
    assert linking.save_hints(shelf.database, COLLECTION, linking.STEWARD, table, PSEUDONYM)
    assert not linking.save_hints(shelf.database, COLLECTION, linking.STEWARD, table, PSEUDONYM)
    linking.relink(shelf.database, COLLECTION)
    assert shelf.evidence()["snow"] == ["Plogning.", "snö och is på vägen"]
    linking.save_hints(shelf.database, COLLECTION, linking.STEWARD, [], PSEUDONYM)
    linking.relink(shelf.database, COLLECTION)
    assert shelf.evidence()["snow"] == ["snö och is på vägen"]


def test_relinking_keeps_what_people_decided(shelf: Shelf) -> None:
    shelf.load(record("1", "Plogning av gator", text="Plogning.", hints=subject("ltu:snow")))
    groups.decide_links(shelf.database, COLLECTION, [("diva:1", "snow")], "steward", accept=False)
    linking.relink(shelf.database, COLLECTION)
    assert shelf.evidence()["snow"] == ["snö och is på vägen"]


def test_suggestions_count_for_nothing_until_they_are_confirmed(workspace: Workspace) -> None:
    own: list[Collaborator] = [
        collaborator("snow", "Snöröjning, halka och vinterväghållning på vägar och cykelbanor i kallt klimat."),
        collaborator("ore", "Malm, gruvor och bergmekanik under jord."),
    ]
    save_collaborators(workspace.database, "suggesting", "catalogue", own, complete=True, curated=True)
    shelf = Shelf(workspace.database, "suggesting")
    shelf.load(
        record(
            "s1",
            "Winter road maintenance",
            text="Snow ploughing and slippery cycle paths in cold climate.",
            language=None,
        ),
        record("s2", "Barockmusik", text="Om Bachs kantater och kyrkans orglar i Leipzig."),
    )
    matcher = workspace.matcher("suggesting")
    assert linking.suggest_groups(workspace.database, "suggesting", matcher) == 1
    with workspace.database.reading() as session:
        suggested = work_lists.find_suggested(session, "suggesting", 10)
        assert work_lists.count_unlinked(session, "suggesting") == 2
    assert [(one.work.id, one.collaborator_id, one.basis) for one in suggested] == [
        ("diva:s1", "snow", LinkBasis.SUGGESTION)
    ]
    assert len(shelf.evidence()["snow"]) == 1
    assert linking.suggest_groups(workspace.database, "suggesting", matcher) == 0, "asked once"
    groups.decide_links(workspace.database, "suggesting", [("diva:s1", "snow")], "steward", accept=True)
    assert len(shelf.evidence()["snow"]) == 2


def test_pinned_evidence_is_shown_first(database: Database, own_workspace: Workspace) -> None:
    del database
    shelf = Shelf(own_workspace.database)
    save_collaborators(own_workspace.database, COLLECTION, "catalogue", GROUPS, complete=True, curated=True)
    shelf.load(
        record("1", "Snö och is", "snow", text="Snö och is på vägen och bron."),
        record("2", "Vägar", "snow", text="Om vägen."),
    )

    def shown() -> list[str]:
        from matchmaker.domain.challenge import Challenge

        suggestion = own_workspace.matcher().match(Challenge("c", "snö och is på vägen")).experts[0]
        return [piece.document_id for piece in suggestion.evidence]

    assert shown()[-1] == "work:diva:2:sv"
    groups.pin_work(own_workspace.database, COLLECTION, "snow", "diva:2", "researcher", pinned=True)
    assert shown()[0] == "work:diva:2:sv"


@pytest.fixture
def own_workspace(workspace: Workspace, tmp_path: object) -> Workspace:
    made = Workspace(workspace.settings.model_copy(update={"state_dir": tmp_path, "database_url": None}))
    made.encoder = HashingEncoder()
    return made
