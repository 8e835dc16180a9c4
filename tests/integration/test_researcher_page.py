"""A group's own page: what it decides holds as the steward's decisions do, and nothing is told too early."""

import html
import re
from datetime import UTC, datetime

from starlette.testclient import TestClient

from matchmaker.curation import groups
from matchmaker.curation.opt_outs import read_opt_outs
from matchmaker.curation.researchers import make_link
from matchmaker.db.alerts import count_alerts
from matchmaker.db.collection import StoredCollection
from matchmaker.db.decisions import find_events
from matchmaker.db.exports import read_availability
from matchmaker.db.group_lists import find_group
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.curation import GroupState, group_values
from matchmaker.review.alerts import Wish, ask_for_alerts
from matchmaker.review.status import read_status
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.integration.cases import amend_elsewhere
from tests.integration.imports import COLLECTION, Shelf, record
from tests.integration.researcher import (
    ENERGY,
    GROUP,
    OTHER,
    answer_without,
    app,
    client,
    link,
    place,
    publish,
    shelf,
    suggest,
)

__all__ = ["app", "client", "link", "place", "shelf"]  # fixtures

HEAT = "Värme från industri i fjärrvärmenät."
ASKED = Challenge("asked", "Hur tar vi vara på värme från industri i fjärrvärmenät?")


def do(client: TestClient, link: str, act: str, **typed: object) -> str:
    answer = client.post(f"{link}/act", data={"act": act, **typed})
    assert answer.status_code == 200, answer.text
    return answer.text


def score(place: Workspace) -> float:
    """The group's score for a need, by the index as it has to be now."""
    matcher = place.matcher(COLLECTION)
    ((_, ranking),) = matcher.rank([ASKED])
    return next(one.score for one in ranking if one.collaborator_id == GROUP)


def test_what_is_hidden_or_added_changes_the_next_ranking_and_survives_an_import(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    with_it = score(place)
    page = do(client, link, "hide", work="diva:r2")
    assert "The evidence is hidden" in page
    without = score(place)
    assert without < with_it
    shelf.load(record("r2", "Spillvärme i nät", GROUP, text=f"{HEAT} Ny version.", year=2021))
    assert not any(HEAT in one for one in shelf.evidence()[GROUP])
    assert score(place) == without
    do(client, link, "add", title="Industriell spillvärme", text="Värme från industri tas till vara i fjärrvärmenätet.")
    added = score(place)
    assert added > without
    place.prepare(lambda _: None)
    assert score(place) == added, "an import of the catalogue takes away nothing that the group has added"
    do(client, link, "show", work="diva:r2")
    assert any(HEAT in one for one in shelf.evidence()[GROUP])


def test_a_pinned_work_is_the_first_evidence(client: TestClient, place: Workspace, shelf: Shelf, link: str) -> None:
    do(client, link, "pin", work="diva:r1")
    assert place.matcher(COLLECTION).collection.find_pinned([GROUP])[GROUP] == frozenset({"diva:r1"})
    assert "shown first" in client.get(link).text
    do(client, link, "unpin", work="diva:r1")
    assert "diva:r1" not in place.matcher(COLLECTION).collection.find_pinned([GROUP]).get(GROUP, ())


def test_a_doi_that_is_known_links_the_work_however_it_is_written(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    page = do(client, link, "add", doi="https://doi.org/10.1000/R3")
    assert "Vård i hemmet" in page and "by the group" in page
    assert "Hemsjukvård i glesbygd." in shelf.evidence()[GROUP]
    groups.decide_links(place.database, COLLECTION, [("diva:r3", GROUP)], "steward", accept=False)


def test_a_doi_that_is_not_known_is_not_fetched_and_the_page_says_so(client: TestClient, link: str) -> None:
    typed = {"act": "add", "doi": "10.1000/unknown", "text": "Skrivet med möda.", "url": "https://example.com/a"}
    answer = client.post(f"{link}/act", data=typed)
    assert answer.status_code == 422
    assert "Nothing is fetched from the web" in html.unescape(answer.text)
    assert 'href="#field-title"' in answer.text and "Skrivet med möda.</textarea>" in answer.text
    assert 'value="https://example.com/a"' in answer.text


def test_what_is_typed_is_limited(client: TestClient, link: str) -> None:
    for field, wrong in (("title", "t" * 501), ("text", "t" * 20_001), ("url", "javascript:alert(1)"), ("doi", "x")):
        answer = client.post(f"{link}/act", data={"act": "add", "title": "En titel", field: wrong})
        assert (answer.status_code, f'href="#field-{field}"' in answer.text) == (422, True), field


def test_a_corrected_summary_is_remembered_and_told_to_the_steward(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    form = client.get(f"{link}/texts").text
    seen = re.search(r'name="seen" value="([^"]*)"', form)
    assert seen
    with place.database.reading() as session:
        before = group_values(find_group(session, COLLECTION, GROUP).now)
    typed = {
        "seen": seen.group(1), "summary_sv": "Vi forskar om vätgas.", "summary_en": "We study hydrogen.",
        "keywords_sv": "vätgas, stål", "keywords_en": "hydrogen", "name_sv": "Kapad",
        "areas": "tourism", "department": "", "web_page": "https://elsewhere.example",
    }  # fmt: skip
    assert "The texts were corrected." in client.post(f"{link}/texts", data=typed).text
    place.prepare(lambda _: None)
    with place.database.reading() as session:
        after = group_values(find_group(session, COLLECTION, GROUP).now)
        told = find_events(session, COLLECTION, GROUP)[0]
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"summary_sv", "summary_en", "keywords_sv", "keywords_en"}, "name and areas are the steward's"
    assert (told.kind, told.by) == ("edit", "researcher")
    assert "The group itself corrected the texts." in client.get(link).text
    stale = client.post(f"{link}/texts", data={**typed, "summary_sv": "Skrivet samtidigt."})
    assert stale.status_code == 409 and "Skrivet samtidigt.</textarea>" in stale.text
    empty = client.post(f"{link}/texts", data={**typed, "summary_sv": " ", "summary_en": "Kept"})
    assert empty.status_code == 422 and "Kept</textarea>" in empty.text


def test_availability_is_set_by_the_group(client: TestClient, place: Workspace, link: str) -> None:
    do(client, link, "availability", thesis="yes", cap="2", paused_until="2031-01-15")
    own = read_availability(place.database, COLLECTION)[GROUP]
    assert (own.project, own.thesis, own.cap, str(own.paused_until)) == (False, True, 2, "2031-01-15")
    wrong = client.post(f"{link}/act", data={"act": "availability", "cap": "many"})
    assert wrong.status_code == 422 and 'value="many"' in wrong.text
    do(client, link, "availability", project="yes", thesis="yes", consulting="yes")


def test_a_paused_group_is_ranked_and_whoever_approves_it_is_told(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    page = do(client, link, "availability", project="yes", cap="0", paused_until="2031-01-15")
    assert "Takes on nothing new until and including 15 January 2031." in page
    case = suggest(place, title="Värme under paus")
    desk = TestClient(
        client.app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000),
        headers={"Origin": "http://127.0.0.1", "Accept-Language": "en"},
    )  # fmt: skip
    for path in (f"/desk/cases/{case.id}", f"/desk/cases/{case.id}/approve"):
        told = desk.get(path).text
        assert "Takes on nothing new until and including 15 January 2031." in told
        assert re.search(r"as many cases open as it has room for \(\d+ of 0\)", told)
    do(client, link, "availability", project="yes", thesis="yes", consulting="yes")
    assert "Takes on nothing new until and including" not in desk.get(f"/desk/cases/{case.id}/approve").text


def test_opting_out_is_explained_first_and_takes_the_group_out_everywhere_at_once(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    wish = Wish("grupp@ltu.example", (), near=True, language="sv")
    ask_for_alerts(place.database, COLLECTION, GROUP, wish, lambda token: token)
    asked = client.get(f"{link}/taking-part")
    assert "This is what happens" in asked.text and _state(place) is GroupState.ACTIVE
    key = bearing(new_key(place))
    assert client.get(f"/api/v1/collaborators/{GROUP}", headers=key).status_code == 200
    page = client.post(f"{link}/taking-part", data={"act": "opt_out"}).text
    assert "The group has opted out" in page and _state(place) is GroupState.OPTED_OUT
    assert client.get(f"/api/v1/collaborators/{GROUP}", headers=key).status_code == 404
    assert GROUP not in client.get("/api/v1/collaborators?limit=100", headers=key).text
    assert not StoredCollection(place.database, COLLECTION).find_collaborators([GROUP])
    shortlist = place.matcher(COLLECTION).match(Challenge("new", ENERGY["problem"]))
    assert GROUP not in {one.collaborator_id for one in (*shortlist.experts, *shortlist.routes)}
    place.matcher(COLLECTION)
    place.wait_for_refresh()
    assert GROUP not in place.matcher(COLLECTION).index.collaborators.ids
    assert (COLLECTION, GROUP) in read_opt_outs(place.settings.opt_outs)
    with place.database.reading() as session:
        assert count_alerts(session, COLLECTION, GROUP) == 0, "the addresses are forgotten"
    refused = client.post(f"{link}/alerts", data={"address": "grupp@ltu.example", "near": "yes"})
    assert refused.status_code == 422
    client.post(f"{link}/taking-part", data={"act": "opt_out"})
    assert "The group takes part again." in client.post(f"{link}/taking-part", data={"act": "opt_in"}).text
    assert client.get(f"/api/v1/collaborators/{GROUP}", headers=key).status_code == 200


def _state(place: Workspace) -> GroupState:
    with place.database.reading() as session:
        return find_group(session, COLLECTION, GROUP).state


# What a group is told of challenges


def test_a_suggestion_is_shown_with_its_evidence_once_the_list_was_sent(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    title = "Värmelager under torget"
    case = suggest(place, title=title)
    assert title not in client.get(link).text
    publish(place, case, undo_minutes=60)
    assert title not in client.get(link).text, "approved, and not sent yet"
    case = suggest(place, title="Värmelager vid hamnen")
    publish(place, case)
    page = client.get(link).text
    assert "Värmelager vid hamnen" in page
    sent = read_status(place.database, case.id, datetime.now(UTC)).approved
    assert sent
    (own,) = [one for one in sent.suggestions if one.collaborator_id == GROUP]
    assert all(html.escape(piece.sentence.strip()) in page for piece in own.evidence) and own.evidence
    assert "va@kommun.example" not in page and "KS 2026/77" not in page and "VA-ingenjör" not in page


def test_nothing_internal_withdrawn_or_amended_is_told(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    internal = suggest(place, title="Internt värmelager", visibility="internal")
    publish(place, internal)
    amended = suggest(place, title="Ändrat värmelager")
    publish(place, amended)
    amend_elsewhere(place, amended.id, "Ord som ingen har godkänt: spillvärme, fjärrvärme, energi.")
    page = client.get(link).text
    assert "Internt värmelager" not in page
    assert "Ändrat värmelager" in page and "Ord som ingen har godkänt" not in page


def test_near_challenges_are_those_the_group_would_be_suggested_for(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    answer_without(place, "Spillvärme från bageriet")
    shown = _near(client, link)
    assert "Spillvärme från bageriet" in shown and re.search(r"strong match|possible match", shown)
    assert "weak match" not in shown
    other = f"/groups/{make_link(place.database, COLLECTION, OTHER, 'steward')}"
    assert "Spillvärme från bageriet" not in _near(client, other)


def test_a_challenge_that_the_group_was_suggested_for_is_not_told_again_as_near(
    client: TestClient, place: Workspace, shelf: Shelf, link: str
) -> None:
    publish(place, suggest(place, title="Spillvärme från tvätteriet"))
    page = client.get(link).text
    assert "Spillvärme från tvätteriet" in page.partition('id="suggested"')[2].partition('id="near"')[0]
    assert "Spillvärme från tvätteriet" not in _near(client, link)


def _near(client: TestClient, link: str) -> str:
    return client.get(link).text.partition('id="near"')[2].partition('id="history"')[0]
