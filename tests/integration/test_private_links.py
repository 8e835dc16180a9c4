"""Private links: at which address they are shown, and how one that got about is replaced. How long drafts are kept."""

import re
from datetime import UTC, datetime, timedelta

from matchmaker.db.case_records import ParticipantRole, add_participant
from matchmaker.db.letter_links import Reader, add_link
from matchmaker.domain.access_event import LINK_HOLDER, AccessAct
from matchmaker.domain.links import link_digest
from matchmaker.domain.retention import Retention
from matchmaker.notify.worker import tidy
from matchmaker.review.access_record import list_acts
from matchmaker.review.drafts import start_amending
from matchmaker.review.letters import open_stop_link
from matchmaker.workspace import Workspace
from tests.identity_place import form_token
from tests.integration.cases import send
from tests.integration.sign_in_place import ELSEWHERE, Browse, app, browse, place, quick_hashes
from tests.integration.test_sign_in_officer import officer

__all__ = ["app", "browse", "place", "quick_hashes"]  # fixtures


def shown_link(page: str) -> str:
    found = re.search(r'id="private-link" type="text" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_a_private_link_is_shown_at_the_operators_address_whatever_the_request_says(
    browse: Browse, place: Workspace
) -> None:
    token, _ = send(place)
    for path in (f"/challenges/{token}", f"/challenges/{token}/receipt"):
        page = browse("http://evil.example").get(path).text
        assert shown_link(page) == f"{ELSEWHERE}/challenges/{token}" and "evil.example" not in page
    place.settings.public_url = None
    assert shown_link(browse().get(f"/challenges/{token}").text) == f"{ELSEWHERE}/challenges/{token}"


def test_a_new_link_takes_the_old_ones_place(browse: Browse, place: Workspace) -> None:
    token, case = send(place)
    client = browse()
    assert f"/challenges/{token}/new-link" in client.get(f"/challenges/{token}").text
    assert client.get(f"/challenges/{token}/new-link").status_code == 200
    assert client.get(f"/challenges/{token}").status_code == 200, "asking does nothing yet"
    answer = client.post(f"/challenges/{token}/new-link")
    assert answer.status_code == 200 and answer.url.path != f"/challenges/{token}"
    assert shown_link(answer.text) == f"{ELSEWHERE}{answer.url.path}"
    assert client.get(f"/challenges/{token}").status_code == 404
    assert client.post(f"/challenges/{token}/new-link").status_code == 404
    by_session = officer(browse, place)
    opened = by_session.get(f"/my/{case.id}")
    assert by_session.post(f"{opened.url.path}/new-link").status_code == 403, "not without the session's token"
    newest = by_session.post(f"{opened.url.path}/new-link", data={"form_token": form_token(opened.text)})
    assert newest.status_code == 200 and client.get(answer.url.path).status_code == 404
    acts = [(one.by, one.act) for one in list_acts(place.database)][:2]
    assert acts == [("officer-1", AccessAct.LINK_REPLACED), (LINK_HOLDER, AccessAct.LINK_REPLACED)]


def test_a_new_link_ends_a_readers_letters_links_and_nobody_elses(browse: Browse, place: Workspace) -> None:
    _, case = send(place)
    later = datetime.now(UTC) + timedelta(days=1)
    contact = {"contact_role": "VA-ingenjör", "contact_email": "andra@kommun.example", "link_digest": "2" * 64}
    with place.database.transaction() as session:
        other = add_participant(session, case.id, ParticipantRole.CO_OWNER, municipality="2582", **contact)
        add_link(session, Reader(case.id), link_digest("mail.owner"), "3" * 64, later)
        add_link(session, Reader(case.id, other), link_digest("mail.other"), "4" * 64, later)
    client = browse()
    answer = client.post("/challenges/mail.other/new-link")
    assert answer.status_code == 200 and "You are a co-owner" in answer.text
    assert client.get("/challenges/mail.other").status_code == 404
    assert client.get("/challenges/mail.owner").status_code == 200


def test_a_new_link_leaves_the_links_that_stop_letters_good(browse: Browse, place: Workspace) -> None:
    token, case = send(place)
    with place.database.transaction() as session:
        later = datetime.now(UTC) + timedelta(days=1)
        for number in "12":
            add_link(session, Reader(case.id), link_digest(f"mail.{number}"), link_digest(f"stop.{number}"), later)
    assert browse().post(f"/challenges/{token}/new-link").status_code == 200
    for number in "12":
        assert open_stop_link(place.database, f"stop.{number}")[0] == Reader(case.id)
        assert browse().get(f"/challenges/mail.{number}").status_code == 404


def test_what_was_not_sent_is_forgotten_after_its_days_and_what_was_sent_stays(
    browse: Browse, place: Workspace
) -> None:
    token, _ = send(place)
    start_amending(place.database, token)
    client = browse()
    draft = client.post("/challenges/new", data={"title": "Vägen bullrar"}).url.path.removesuffix("/form/1")
    assert "forgotten after 180 days" in client.get(f"{draft}/saved").text
    place.settings.draft_days = 60
    for page in (f"{draft}/saved", "/data"):
        assert re.search(r"forgotten (after )?60 days", client.get(page).text), page
    kept, now = Retention(drafts=timedelta(days=60)), datetime.now(UTC)
    tidy(place.database, now + timedelta(days=59), retention=kept)
    assert client.get(f"{draft}/form/1").status_code == 200
    assert "have not sent it yet" in client.get(f"/challenges/{token}").text
    tidy(place.database, now + timedelta(days=61), retention=kept)
    assert client.get(f"{draft}/form/1").status_code == 404
    page = client.get(f"/challenges/{token}")
    assert page.status_code == 200 and "have not sent it yet" not in page.text
