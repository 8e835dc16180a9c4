"""The officer's part by private link over the API: what its page shows and does, and no more than that."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from matchmaker.db.case_records import ParticipantRole
from matchmaker.domain.access_event import LINK_HOLDER, AccessAct
from matchmaker.domain.case import Case
from matchmaker.domain.event import EventKind
from matchmaker.review import drafts, joining
from matchmaker.review.access_record import list_acts
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.e2e.keys import bearing
from tests.integration.cases import CHOICES, TYPED, approved, kinds, let_in, read, send
from tests.integration.test_letters import letters, link_in

API = "/api/v1/by-link"
SECRET = "Vi bidrar med ritningar över Storgatan."
BODY = {
    "title": "Källare översvämmas",
    "text": "Vid skyfall tränger vatten in i källarna i våra äldre bostadsområden.",
    "visibility": "public",
    "contact_role": "VA-ingenjör",
    "contact_email": "va@kommun.example",
}


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    """A program elsewhere on the network; the server sends nothing by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matchmaker_api.app.deliverer", lambda *_: nullcontext())
        app = create_app(workspace.settings.model_copy(update={"api_rate": "100000/minute"}))
        headers = {"Accept-Language": "en"}
        with TestClient(
            app, base_url="https://matchmaker.example", client=("203.0.113.9", 5000), headers=headers
        ) as opened:
            yield opened


def join(workspace: Workspace, case: Case, role: ParticipantRole = ParticipantRole.CO_OWNER) -> str:
    token = drafts.start_draft(workspace.database, "main", {**TYPED, "municipality": "2582", "problem": SECRET})
    return joining.join(workspace.database, token, case.id, role, CHOICES)


def test_the_owner_reads_what_the_page_shows(client: TestClient, workspace: Workspace, desk: Desk) -> None:
    secret, case = send(workspace, offers=SECRET)
    desk.note(case.id, "Hemlig anteckning.")
    join(workspace, case)
    opened = client.get(API, headers=bearing(secret))
    told = opened.json()
    assert (told["role"], told["is_sent"], told["has_draft"], told["can"]) == (None, True, False, ["amend", "withdraw"])
    assert told["challenge"]["offers"] == SECRET and told["challenge"]["case_number"] == TYPED["case_number"]
    assert [(one["municipality"], one["standing"]) for one in told["others"]] == [("2582", "asked")]
    assert [one["kind"] for one in told["history"]] == ["submit"]
    assert told["letters"]["address"] == TYPED["contact_email"] and told["letters"]["wanted"]
    assert "Hemlig anteckning." not in opened.text and told["challenge"]["shortlist"] is None
    missing = client.get(f"{API}/shortlist", headers=bearing(secret))
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/not-approved-yet")


def test_an_approved_list_is_read_when_it_is_sent_and_not_before(
    client: TestClient, workspace: Workspace, desk: Desk
) -> None:
    secret, case = send(workspace)
    approved(workspace, desk, read(workspace, case.id), datetime.now(UTC))
    told = client.get(API, headers=bearing(secret)).json()
    assert (told["challenge"]["state"], told["challenge"]["shortlist"]) == ("in_review", None)
    assert client.get(f"{API}/shortlist", headers=bearing(secret)).status_code == 404
    secret, case = send(workspace)
    approved(workspace, desk, read(workspace, case.id), datetime.now(UTC) - timedelta(hours=1))
    told = client.get(API, headers=bearing(secret)).json()
    assert told["challenge"]["shortlist"] == f"{API}/shortlist"
    assert sorted(one["kind"] for one in told["history"]) == ["release", "submit"]
    shown = client.get(told["challenge"]["shortlist"], headers=bearing(secret)).json()
    assert shown["message"] == "Börja med den första." and len(shown["suggestions"]) == 2


def test_it_is_amended_as_the_form_would_and_by_who_has_seen_it(client: TestClient, workspace: Workspace) -> None:
    secret, case = send(workspace)
    seen = client.get(f"{API}/challenge", headers=bearing(secret)).headers["etag"]
    path, matching = f"{API}/challenge", {**bearing(secret), "If-Match": seen}
    assert client.put(path, json=BODY, headers=bearing(secret)).status_code == 428
    wrong = client.put(path, json={"text": "- 1 -", "contact_email": "nobody"}, headers=matching)
    assert wrong.json()["type"] == "/problems/invalid-description"
    pointers = [one["pointer"] for one in wrong.json()["errors"]]
    assert pointers == ["/title", "/contact_role", "/contact_email", "/text"], "what the form needs, this needs"
    amended = client.put(path, json=BODY, headers=matching)
    assert (amended.status_code, amended.json()["version"], amended.json()["municipality"]) == (200, 2, "2580")
    assert amended.headers["etag"] not in {seen, None}
    late = client.put(path, json=BODY, headers=matching)
    assert (late.status_code, late.json()["type"]) == (412, "/problems/precondition-failed")
    assert kinds(workspace, case.id).count(EventKind.AMEND) == 1


def test_what_looks_like_personal_data_is_sent_only_when_somebody_looked(
    client: TestClient, workspace: Workspace
) -> None:
    secret, _ = send(workspace)
    body = {**BODY, "text": f"{BODY['text']} Ring mig på 070-174 06 05."}
    headers = {**bearing(secret), "If-Match": "*"}
    warned = client.put(f"{API}/challenge", json=body, headers=headers)
    assert (warned.status_code, warned.json()["type"]) == (422, "/problems/personal-data")
    (told,) = warned.json()["errors"]
    assert told["pointer"] == "/text" and "070-174 06 05" in told["detail"]
    assert client.put(f"{API}/challenge?checked=true", json=body, headers=headers).status_code == 200


def test_a_question_is_answered_once_and_only_the_one_that_waits(
    client: TestClient, workspace: Workspace, desk: Desk
) -> None:
    secret, case = send(workspace)
    case = desk.ask(case.id, case.revision, "Vilka gator?")
    told = client.get(API, headers=bearing(secret)).json()
    assert told["can"] == ["amend", "answer", "withdraw"]
    question = told["challenge"]["question"]["id"]
    body, headers = {"question": question, "text": "Storgatan"}, {**bearing(secret), "Idempotency-Key": "one"}
    other = client.post(f"{API}/answer", json={**body, "question": "0"}, headers=bearing(secret))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/other-question")
    first, again = (client.post(f"{API}/answer", json=body, headers=headers) for _ in range(2))
    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    said = client.get(API, headers=bearing(secret)).json()["messages"]
    assert [(one["kind"], one["text"]) for one in said] == [("question", "Vilka gator?"), ("answer", "Storgatan")]


def test_it_is_withdrawn_for_good(client: TestClient, workspace: Workspace) -> None:
    secret, _ = send(workspace)
    for _ in range(2):
        answer = client.post(f"{API}/withdrawal", headers=bearing(secret))
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    headers = {**bearing(secret), "If-Match": "*"}
    late = client.put(f"{API}/challenge", json=BODY, headers=headers)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/illegal-act")
    assert client.get(API, headers=bearing(secret)).json()["can"] == []


@pytest.mark.parametrize("role", list(ParticipantRole))
def test_who_joined_sees_what_it_may_and_changes_nothing_of_it(
    client: TestClient, workspace: Workspace, desk: Desk, role: ParticipantRole
) -> None:
    _, case = send(workspace, offers="Mätvärden.")
    desk.ask(case.id, case.revision, "Hemlig fråga?")
    secret = join(workspace, case, role)
    asked = client.get(API, headers=bearing(secret))
    assert (asked.json()["role"], asked.json()["standing"], asked.json()["challenge"]) == (role, "asked", None)
    assert asked.json()["public"]["id"] == case.id and SECRET in asked.json()["contributions"][0]
    assert "Mätvärden." not in asked.text
    for path in ("challenge", "shortlist"):
        assert client.get(f"{API}/{path}", headers=bearing(secret)).status_code == 404
    let_in(workspace.database, case.id)
    told = client.get(API, headers=bearing(secret))
    challenge = told.json()["challenge"]
    assert (challenge["offers"], challenge["state"], challenge["question"]) == ("Mätvärden.", "in_review", None)
    assert challenge["contact_email"] is None and told.json()["messages"] == told.json()["others"] == []
    assert "Hemlig fråga?" not in told.text
    assert [one["kind"] for one in told.json()["history"]] == ["submit", "join" if role == "co_owner" else "follow"]
    headers = {**bearing(secret), "If-Match": "*"}
    for method, path, body in (
        ("PUT", "/challenge", BODY),
        ("POST", "/withdrawal", None),
        ("POST", "/answer", {"question": "1", "text": "Ja."}),
        ("PUT", "/others/anybody/admission", None),
        ("DELETE", "/others/anybody/admission", None),
    ):
        answer = client.request(method, f"{API}{path}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden"), path


def test_the_owner_lets_in_and_takes_out_and_only_those_of_its_own_challenge(
    client: TestClient, workspace: Workspace
) -> None:
    secret, case = send(workspace)
    other, _ = send(workspace)
    link = join(workspace, case)
    (asking,) = client.get(API, headers=bearing(secret)).json()["others"]
    path = f"{API}/others/{asking['id']}/admission"
    assert client.put(path, headers=bearing(other)).status_code == 404, "it is another challenge's"
    assert client.put(path, headers=bearing(secret)).status_code == 204
    assert client.get(API, headers=bearing(link)).json()["standing"] == "admitted"
    assert client.delete(path, headers=bearing(secret)).status_code == 204
    gone = client.get(API, headers=bearing(link)).json()
    assert (gone["standing"], gone["challenge"]) == ("refused", None)


def test_each_stops_the_own_letters_and_a_letters_link_opens_until_it_ends(
    client: TestClient, workspace: Workspace
) -> None:
    letters(workspace.database, datetime.now(UTC))  # what other tests have left
    secret, case = send(workspace, contact_email="funktion@kommun.example")
    link = join(workspace, case)
    stopped = client.put(f"{API}/letters", json={"wanted": False}, headers=bearing(secret)).json()
    assert (stopped["address"], stopped["wanted"]) == ("funktion@kommun.example", False)
    assert client.get(API, headers=bearing(link)).json()["letters"]["wanted"]
    assert client.put(f"{API}/letters", json={"wanted": True}, headers=bearing(secret)).json()["wanted"]
    mailed = next(
        str(one.payload["text"])
        for one in letters(workspace.database, datetime.now(UTC))
        if one.payload["to"] == "funktion@kommun.example"
    )
    opened = client.get(API, headers=bearing(link_in(mailed)))
    assert opened.json()["challenge"]["id"] == case.id and opened.json()["good_until"]
    assert client.get(API, headers=bearing(secret)).json()["good_until"] is None


def test_a_link_that_got_about_is_replaced_and_opens_nothing_any_more(client: TestClient, workspace: Workspace) -> None:
    secret, case = send(workspace)
    made = client.post(f"{API}/replacement", headers=bearing(secret))
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    fresh = made.json()["secret"]
    refused = client.get(API, headers=bearing(secret))
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/invalid-link")
    assert client.get(f"{API}/challenge", headers=bearing(fresh)).json()["id"] == case.id
    assert client.get(f"/challenges/{fresh}").status_code == 200, "the page opens by it too"
    newest = list_acts(workspace.database)[0]
    assert (newest.by, newest.act) == (LINK_HOLDER, AccessAct.LINK_REPLACED)


def test_a_draft_is_told_as_one_and_nothing_that_was_sent_is_done_to_it(
    client: TestClient, workspace: Workspace
) -> None:
    token = drafts.start_draft(workspace.database, "main", TYPED)
    told = client.get(API, headers=bearing(token)).json()
    assert (told["is_sent"], told["has_draft"], told["challenge"], told["letters"]) == (False, True, None, None)
    for method, path, body in (
        ("GET", "/challenge", None),
        ("POST", "/withdrawal", None),
        ("PUT", "/letters", {"wanted": False}),
        ("POST", "/replacement", None),
    ):
        assert client.request(method, f"{API}{path}", json=body, headers=bearing(token)).status_code == 404, path


def test_an_address_of_a_session_and_a_secret_in_the_address_open_nothing(
    client: TestClient, workspace: Workspace
) -> None:
    secret, _ = send(workspace)
    assert client.get(API, headers=bearing("my." + "0" * 64)).status_code == 401
    for path in (f"{API}?token={secret}", f"{API}?access_token={secret}", f"{API}/{secret}"):
        assert client.get(path).status_code in {401, 404}
    client.cookies.set("session", secret)
    assert client.get(API).status_code == 401
    client.cookies.clear()


def test_both_what_opens_and_what_opens_nothing_is_counted(workspace: Workspace) -> None:
    app = create_app(workspace.settings.model_copy(update={"api_rate": "3/minute"}))
    one, other = (send(workspace)[0] for _ in range(2))
    with TestClient(app, base_url="https://matchmaker.example", client=("203.0.113.9", 5000)) as client:
        assert [client.get(API, headers=bearing(one)).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert client.get(API, headers=bearing(other)).status_code == 200, "each link has its own"
        guessed = [client.get(API, headers=bearing("A" * 32)).status_code for _ in range(4)]
        assert guessed == [401, 401, 401, 429]
        assert client.get(API, headers=bearing(other)).status_code == 200, "who guesses keeps nobody out"


def begin(client: TestClient, **fields: object) -> dict[str, str]:
    """The headers of who has begun a challenge."""
    begun = client.post("/api/v1/drafts", json={**BODY, "municipality": "2582", **fields})
    assert (begun.status_code, begun.headers["cache-control"]) == (201, "no-store")
    return bearing(begun.json()["secret"])


def test_a_challenge_is_begun_written_and_sent_once_behind_its_link(client: TestClient, workspace: Workspace) -> None:
    holder = begin(client, title="", by_when="soon")
    read_first = client.get(f"{API}/draft", headers=holder)
    assert (read_first.json()["text"], read_first.json()["by_when"]) == (BODY["text"], "soon"), "right or wrong"
    wrong = client.post(f"{API}/draft/submission", headers=holder)
    assert [one["pointer"] for one in wrong.json()["errors"]] == ["/title", "/by_when"]
    changed = {"title": "Källare", "by_when": ""}
    assert client.patch(f"{API}/draft", json=changed, headers=holder).status_code == 428
    matching = {**holder, "If-Match": read_first.headers["etag"]}
    kept = client.patch(f"{API}/draft", json=changed, headers=matching)
    assert (kept.json()["title"], kept.json()["text"]) == ("Källare", BODY["text"]), "the other fields stay"
    late = client.patch(f"{API}/draft", json={"title": "Annat"}, headers=matching)
    assert late.status_code == 412
    first, again = (client.post(f"{API}/draft/submission", headers=holder) for _ in range(2))
    assert (first.status_code, first.json()["state"], first.json()["version"]) == (200, "submitted", 1)
    assert again.json()["id"] == first.json()["id"] and again.json()["version"] == 1
    assert kinds(workspace, first.json()["id"]).count(EventKind.SUBMIT) == 1
    assert client.get(f"{API}/draft", headers=holder).status_code == 404


def test_a_draft_is_thrown_away_and_what_was_sent_is_not(client: TestClient, workspace: Workspace) -> None:
    holder = begin(client)
    assert client.delete(f"{API}/draft", headers=holder).status_code == 204
    assert client.get(API, headers=holder).status_code == 401
    secret, case = send(workspace)
    assert client.delete(f"{API}/draft", headers=bearing(secret)).status_code == 404
    drafts.start_amending(workspace.database, secret)
    assert client.get(f"{API}/draft", headers=bearing(secret)).json()["is_amendment"]
    assert client.delete(f"{API}/draft", headers=bearing(secret)).status_code == 204
    assert client.get(f"{API}/challenge", headers=bearing(secret)).json()["id"] == case.id


def test_a_draft_that_was_overtaken_is_sent_by_who_has_read_what_overtook_it(
    client: TestClient, workspace: Workspace
) -> None:
    secret, _ = send(workspace)
    drafts.start_amending(workspace.database, secret)
    headers = {**bearing(secret), "If-Match": "*"}
    assert client.put(f"{API}/challenge", json=BODY, headers=headers).json()["version"] == 2
    assert client.get(f"{API}/draft", headers=headers).json()["is_overtaken"]
    unseen = client.post(f"{API}/draft/submission", headers=headers)
    assert (unseen.status_code, unseen.json()["type"]) == (409, "/problems/stale-case")
    assert client.post(f"{API}/draft/submission?seen=2", headers=headers).json()["version"] == 3


def test_in_place_of_asking_again_anothers_challenge_is_joined(client: TestClient, workspace: Workspace) -> None:
    text = "Snöskotrar kör sönder skidspåren längs älven varje vårvinter, och ingen vet var."
    _, case = send(workspace, title="Skotrar i skidspåren", problem=text)
    holder = begin(client, title="Spår", text=f"{text} Vi vill veta hur de kan hållas isär.")
    found = client.get(f"{API}/draft/similar", headers=holder).json()["items"]
    assert case.id in {one["id"] for one in found}
    body = {"challenge": case.id, "role": "co_owner"}
    nowhere = client.post(f"{API}/draft/joining", json={**body, "challenge": "nowhere"}, headers=holder)
    assert nowhere.status_code == 404
    joined = client.post(f"{API}/draft/joining", json=body, headers=holder)
    assert (joined.status_code, joined.headers["cache-control"]) == (201, "no-store")
    assert client.get(API, headers=holder).status_code == 401, "the draft's link has made way for the new one"
    told = client.get(API, headers=bearing(joined.json()["secret"])).json()
    assert (told["role"], told["standing"], told["contributions"]) == (
        "co_owner", "asked", [f"Spår\n\n{text} Vi vill veta hur de kan hållas isär."]
    )  # fmt: skip
    own = client.post(f"{API}/draft/joining", json=body, headers=begin(client, municipality="2580"))
    assert own.json()["errors"][0]["pointer"] == "/municipality"


def test_who_begins_too_many_challenges_is_told_when_to_go_on(workspace: Workspace) -> None:
    app = create_app(workspace.settings.model_copy(update={"draft_rate": "1/minute"}))
    with TestClient(app, base_url="https://matchmaker.example", client=("203.0.113.9", 5000)) as client:
        begin(client)
        refused = client.post("/api/v1/drafts", json={})
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
