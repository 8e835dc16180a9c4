"""The steward's pages over a real database, without a browser: reading, correcting, importing, linking."""

import re
from dataclasses import replace
from urllib.parse import quote

from starlette.testclient import TestClient

from matchmaker.curation import groups
from matchmaker.curation.opt_outs import read_opt_outs
from matchmaker.db.collection import StoredCollection
from matchmaker.db.group_lists import find_group
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import PROFILE
from matchmaker.domain.curation import GroupState
from matchmaker.domain.language import Language
from matchmaker.messages import translator
from matchmaker.text.ordering import swedish_key
from matchmaker.wording import describe_evidence
from matchmaker.workspace import Workspace
from tests.integration.imports import COLLECTION, Shelf, record
from tests.integration.steward import GROUP, OTHER, app, do, fields, group_of, pages, place, shelf, state_of

__all__ = ["app", "pages", "place", "shelf"]

# The list


def test_the_list_has_the_order_of_a_swedish_dictionary(pages: TestClient) -> None:
    page = pages.get("/catalogue", headers={"Accept-Language": "sv"}).text
    names = re.findall(r'<th scope="row"><a href="/catalogue/groups/[^"]*">([^<]*)</a>', page)
    assert len(names) == 50
    assert names == sorted(names, key=swedish_key)
    assert sorted(["Ökologi", "zoo", "Älv", "Ångkraft", "él", "Em"], key=swedish_key) == [
        "él",
        "Em",
        "zoo",
        "Ångkraft",
        "Älv",
        "Ökologi",
    ]


def test_filters_stand_in_the_address_and_narrow_the_list(pages: TestClient, shelf: Shelf) -> None:
    def found(query: str) -> set[str]:
        return set(re.findall(r'href="/catalogue/groups/([^"]*)"', pages.get(f"/catalogue?{query}").text))

    assert GROUP in found("q=Energy+engineering")
    assert GROUP not in found("q=Energy+engineering+nowhere")
    assert found("department=HLT") and GROUP not in found("department=HLT")
    assert GROUP in found("area=energy_and_environment&q=energy&kind=research_group")
    assert not found("state=retired")
    answer = pages.get("/catalogue?q=water&area=", follow_redirects=False)
    assert answer.headers["location"] == "/catalogue?q=water", "a form's empty fields do not stay in the address"
    assert pages.get("/catalogue?page=nine&state=none&kind=x").status_code == 200


def test_who_has_much_evidence_is_not_called_thin(pages: TestClient, shelf: Shelf) -> None:
    assert GROUP in pages.get("/catalogue?thin=1&q=biomass").text
    more = [record(f"t{one}", f"Titel {one} om värme", GROUP, text=f"Text {one}.") for one in range(3)]
    loaded = shelf.load(*more)
    assert GROUP not in re.findall(r'groups/([^"]*)"', pages.get("/catalogue?thin=1").text)
    shelf.undo(loaded)


# A group


def test_the_page_of_a_group_tells_where_its_evidence_is_from(pages: TestClient, shelf: Shelf) -> None:
    page = pages.get(f"/catalogue/groups/{GROUP}").text
    for told in ("Biogas av slam", "DiVA", "as given in the file", "Energiteknik", "Works by year", "thin evidence"):
        assert told in page
    assert pages.get("/catalogue/groups/nobody").status_code == 404


def test_evidence_is_hidden_shown_pinned_and_unlinked(pages: TestClient, shelf: Shelf) -> None:
    text = "Rötning av slam vid låg temperatur."
    assert "is hidden" in do(pages, "hide", work="diva:a1")
    assert text not in shelf.evidence()[GROUP]
    do(pages, "show", work="diva:a1")
    assert text in shelf.evidence()[GROUP]
    assert "shown before others" in do(pages, "pin", work="diva:a1")
    assert "Do not show first" in do(pages, "pin", work="diva:a1")
    do(pages, "unpin", work="diva:a1")
    do(pages, "unlink", work="diva:a2")
    assert "Värme från industri." not in shelf.evidence()[GROUP]
    history = pages.get(f"/catalogue/groups/{GROUP}").text
    assert "The steward pinned evidence." in history and "The steward hid evidence." in history
    groups.decide_links(shelf.database, COLLECTION, [("diva:a2", GROUP)], "steward", accept=True)


def test_evidence_is_added_and_a_wrong_doi_is_told_at_its_field(pages: TestClient, shelf: Shelf) -> None:
    typed = {"doi": "not one", "title": "Egen rapport", "text": "Om pellets.", "year": "2020", "url": ""}
    answer = pages.post(f"/catalogue/act/{GROUP}", data={"act": "add", **typed})
    assert answer.status_code == 422
    assert 'href="#field-doi"' in answer.text
    assert 'value="Egen rapport"' in answer.text and "Om pellets.</textarea>" in answer.text
    do(pages, "add", **{**typed, "doi": ""})
    assert "Om pellets." in shelf.evidence()[GROUP]
    wrong = pages.post(f"/catalogue/act/{GROUP}", data={"act": "add", "title": "x", "year": "20-tal"})
    assert wrong.status_code == 422 and 'href="#field-year"' in wrong.text


def test_an_act_that_is_none_changes_nothing(pages: TestClient) -> None:
    assert pages.post(f"/catalogue/act/{GROUP}", data={"act": "delete"}).status_code == 422
    assert pages.post("/catalogue/act/nobody", data={"act": "retire"}).status_code == 404


def test_availability_is_kept_and_shown(pages: TestClient, shelf: Shelf) -> None:
    page = do(pages, "availability", project="yes", cap="2", paused_until="2031-01-15")
    assert "at most 2 cases at once" in page and "paused until 15 January 2031" in page
    wrong = pages.post(f"/catalogue/act/{GROUP}", data={"act": "availability", "cap": "many"})
    assert wrong.status_code == 422 and 'value="many"' in wrong.text
    do(pages, "availability", project="yes", thesis="yes", consulting="yes")


def test_who_is_retired_or_opts_out_is_gone_until_taken_in_again(
    pages: TestClient, place: Workspace, shelf: Shelf
) -> None:
    stored = StoredCollection(place.database, COLLECTION)
    do(pages, "retire")
    assert not stored.find_collaborators([GROUP]) and state_of(place) is GroupState.RETIRED
    assert GROUP in pages.get("/catalogue?state=retired").text
    do(pages, "reinstate")
    page = do(pages, "opt_out")
    assert "has opted out" in page
    assert read_opt_outs(place.settings.opt_outs) == {(COLLECTION, GROUP)}
    do(pages, "opt_in")
    assert stored.find_collaborators([GROUP])


# Correcting


def test_only_what_differs_from_the_import_is_a_correction(pages: TestClient, place: Workspace, shelf: Shelf) -> None:
    address = f"/catalogue/edit/{GROUP}"
    typed = fields(pages.get(address).text)
    untouched = pages.post(address, data=typed, follow_redirects=False)
    assert untouched.status_code == 303
    assert "Undo the correction" not in pages.get(f"/catalogue/groups/{GROUP}").text
    pages.post(address, data={**typed, "name_sv": "Energi", "keywords_sv": "slam, biogas,slam\nvätgas"})
    with place.database.reading() as session:
        decided = find_group(session, COLLECTION, GROUP).decisions
    (edit,) = [one for one in decided if one.kind == "edit"]
    assert dict(edit.value) == {"name_sv": "Energi", "keywords_sv": ["slam", "biogas", "vätgas"]}
    assert "slam, biogas, vätgas" in shelf.evidence()[GROUP]
    do(pages, "undo_edit")
    assert group_of(place).name.sv == "Energiteknik"


def test_an_empty_summary_keeps_all_that_was_typed(pages: TestClient, place: Workspace) -> None:
    address = f"/catalogue/edit/{GROUP}"
    typed = {**fields(pages.get(address).text), "summary_sv": " ", "name_en": "Typed with care", "web_page": "x"}
    typed |= {"role_sv-1": "prefekt, tel 0920-49 10 00"}
    answer = pages.post(address, data=typed)
    assert answer.status_code == 422
    for field in ("summary_sv", "web_page", "role_sv-1"):
        assert f'href="#field-{field}"' in answer.text
    assert 'value="Typed with care"' in answer.text
    assert group_of(place).name.en != "Typed with care"


def test_nobodys_correction_is_written_over_unseen(pages: TestClient, place: Workspace, shelf: Shelf) -> None:
    address = f"/catalogue/edit/{GROUP}"
    mine = fields(pages.get(address).text)
    theirs = {**mine, "name_en": "Their name"}
    assert pages.post(address, data=theirs, follow_redirects=False).status_code == 303
    answer = pages.post(address, data={**mine, "name_en": "My name"})
    assert answer.status_code == 409
    assert "Their name" in answer.text and 'value="My name"' in answer.text
    assert group_of(place).name.en == "Their name"
    again = {**fields(answer.text), "name_en": "My name"}
    assert pages.post(address, data=again, follow_redirects=False).status_code == 303
    assert group_of(place).name.en == "My name"


# Merging and splitting


def test_what_a_merger_does_is_said_before_it_is_done(pages: TestClient, place: Workspace, shelf: Shelf) -> None:
    asked = pages.get(f"/catalogue/merge/{GROUP}?into={OTHER}").text
    assert re.search(r"The [2-9] works of Energy Engineering speak for Nursing from now on\.", asked)
    assert state_of(place) is GroupState.ACTIVE
    itself = pages.post(f"/catalogue/merge/{GROUP}", data={"into": GROUP})
    assert itself.status_code == 422 and "Choose another group." in itself.text
    merged = pages.post(f"/catalogue/merge/{GROUP}", data={"into": OTHER})
    assert "The groups were merged." in merged.text
    assert "Värme från industri." in shelf.evidence()[OTHER] and GROUP not in shelf.evidence()
    assert f'href="/catalogue/groups/{OTHER}"' in pages.get(f"/catalogue/groups/{GROUP}").text


def test_a_group_is_split_by_the_works_that_are_ticked(pages: TestClient, place: Workspace, shelf: Shelf) -> None:
    address = f"/catalogue/split/{GROUP}"
    typed = {"name_sv": "Biogas", "summary_sv": "Vi forskar om biogas."}
    nothing = pages.post(address, data=typed)
    assert nothing.status_code == 422 and 'href="#field-works"' in nothing.text
    assert "Vi forskar om biogas.</textarea>" in nothing.text
    nameless = pages.post(address, data={"summary_sv": "x", "works": ["diva:a1"]})
    assert nameless.status_code == 422 and 'href="#field-name_sv"' in nameless.text
    foreign = pages.post(address, data={**typed, "works": ["diva:nowhere"]})
    assert foreign.status_code == 422
    made = pages.post(address, data={**typed, "works": ["diva:a1"]}, follow_redirects=False)
    new = made.headers["location"].split("/")[3].partition("?")[0]
    assert shelf.evidence()[new] == ["Rötning av slam vid låg temperatur.", "Vi forskar om biogas."]
    assert "Rötning av slam vid låg temperatur." not in shelf.evidence()[GROUP]
    groups.retire_group(place.database, COLLECTION, new, "steward")


def test_an_id_that_needs_quoting_leads_to_its_group(pages: TestClient, place: Workspace) -> None:
    new = groups.new_group("grupp/å 1", group_of(place).name, group_of(place).name)
    from matchmaker.db.catalogue import add_collaborator

    with place.database.transaction() as session:
        add_collaborator(session, COLLECTION, "steward", new)
    assert new.documents[0].kind == PROFILE and new.documents[0].language is Language.SWEDISH
    page = pages.get(f"/catalogue/groups/{quote(new.id, safe='')}")
    assert page.status_code == 200
    form = re.search(r'action="(/catalogue/act/[^"]*)"', page.text)
    assert form
    assert pages.post(form.group(1), data={"act": "retire"}).status_code == 200
    assert state_of(place, new.id) is GroupState.RETIRED


def test_a_text_that_a_program_wrote_is_called_so_wherever_it_is_shown(
    pages: TestClient, place: Workspace, shelf: Shelf
) -> None:
    label, text = "written or translated by a program", "Vätgas lagras i tankar vid ångkraftverket i Piteå."
    made = record("m1", "Vätgas i tankar", GROUP, text=text)
    loaded = shelf.load(replace(made, texts=tuple(replace(one, machine_made=True) for one in made.texts)))
    assert pages.get(f"/catalogue/groups/{GROUP}").text.count(label) == 1, "and of no other work"
    (suggestion,) = place.matcher().suggest(Challenge("c", text), [GROUP])
    described = {piece.sentence.strip(): describe_evidence(piece, translator("en")) for piece in suggestion.evidence}
    assert label in described.pop(text)
    assert described and not any(label in one for one in described.values())
    shelf.undo(loaded)
