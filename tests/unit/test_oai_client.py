"""Asking an OAI-PMH server: where redirects lead, how much is read, how long is waited."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest

from matchmaker.catalogue import oai_client
from matchmaker.catalogue.oai_client import OaiClient
from matchmaker.catalogue.oai_page import HarvestError, Page

ANSWER = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-03-01T12:00:00Z</responseDate>
<ListRecords><record/><record/><resumptionToken completeListSize="7">next</resumptionToken></ListRecords></OAI-PMH>"""

Respond = Callable[[httpx2.Request], httpx2.Response]


def keep_quiet(template: str, /, **values: object) -> None:
    pass


def ask(respond: Respond, target: Path, url: str = "https://a.example/oai?portal=nord#top") -> tuple[Page, list[float]]:
    waits: list[float] = []
    transport = httpx2.MockTransport(respond)
    client = OaiClient(url, tell=keep_quiet, pause=waits.append, transport=transport)
    return client.ask({"verb": "ListRecords"}, target), waits


def redirecting(location: str, status: int = 302) -> Respond:
    def respond(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/oai":
            return httpx2.Response(status, headers={"location": location})
        return httpx2.Response(200, text=ANSWER)

    return respond


def test_an_answer_is_written_as_it_is_and_understood(tmp_path: Path) -> None:
    asked = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200, text=ANSWER)

    page, waits = ask(respond, tmp_path / "page")
    assert (page.records, page.token, page.announced) == (2, "next", 7)
    assert page.responded == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert (tmp_path / "page").read_text(encoding="utf-8") == ANSWER
    assert asked == ["https://a.example/oai?portal=nord&verb=ListRecords"]
    assert not waits


@pytest.mark.parametrize("location", ["/other", "https://a.example/other?verb=ListRecords", "https://a.example:8443/x"])
def test_a_redirect_on_the_same_server_is_followed(tmp_path: Path, location: str) -> None:
    page, _ = ask(redirecting(location), tmp_path / "page")
    assert page.records == 2


@pytest.mark.parametrize(
    "location",
    ["https://b.example/oai", "http://a.example/other", "file:///etc/passwd", "//b.example/", "https://x:y@a.example/"],
)
def test_a_redirect_elsewhere_is_not_followed(tmp_path: Path, location: str) -> None:
    with pytest.raises(HarvestError, match="redirects to"):
        ask(redirecting(location), tmp_path / "page")


def test_a_server_may_lead_to_its_safe_address(tmp_path: Path) -> None:
    page, _ = ask(redirecting("https://a.example/other", 308), tmp_path / "page", url="http://a.example/oai")
    assert page.records == 2


def test_redirects_without_end_are_given_up(tmp_path: Path) -> None:
    with pytest.raises(HarvestError, match="again and again"):
        ask(redirecting("/oai"), tmp_path / "page")


@pytest.mark.parametrize("is_packed", [True, False])
def test_an_answer_without_end_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_packed: bool
) -> None:
    monkeypatch.setattr(oai_client, "LARGEST_PAGE", 1000)
    body = b"x" * 1_000_000
    headers = {"content-encoding": "gzip"} if is_packed else {}
    with pytest.raises(HarvestError, match="larger than 1000 bytes"):
        ask(
            lambda _: httpx2.Response(200, content=gzip.compress(body) if is_packed else body, headers=headers),
            tmp_path / "page",
        )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://a.example/oai", "https://"),
        ("file:///etc/passwd", "https://"),
        ("a.example/oai", "https://"),
        ("https://", "https://"),
        ("https://a.example:port/oai", "https://"),
        ("https://somebody:secret@a.example/oai", "without"),
    ],
)
def test_other_addresses_are_refused(url: str, words: str) -> None:
    with pytest.raises(HarvestError, match=words) as caught:
        OaiClient(url, tell=keep_quiet)
    assert "secret" not in str(caught.value)


def test_a_date_to_wait_for_is_understood(tmp_path: Path) -> None:
    answers = [
        format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True),
        "Fri, 01 Jan 2021 00:00:00 GMT",
        "soon",
    ]

    def respond(_: httpx2.Request) -> httpx2.Response:
        if answers:
            return httpx2.Response(503, headers={"retry-after": answers.pop(0)})
        return httpx2.Response(200, text=ANSWER)

    _, waits = ask(respond, tmp_path / "page")
    assert 500 < waits[0] <= 600
    assert waits[1:] == [0, 20]


def test_an_error_of_the_protocol_counts_whatever_the_status(tmp_path: Path) -> None:
    body = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-03-01</responseDate>{}</OAI-PMH>'
    answer = body.format('<error code="badArgument">No.</error>')
    page, _ = ask(lambda _: httpx2.Response(400, text=answer), tmp_path / "page")
    assert (page.error, page.message) == ("badArgument", "No.")
    with pytest.raises(HarvestError, match="status 404"):
        ask(lambda _: httpx2.Response(404, text="<html/>"), tmp_path / "page")


@pytest.mark.parametrize("content", ["", "<html/>", ANSWER[:-20], ANSWER.replace("2026-03-01T12", "today"), "{}"])
def test_answers_that_are_no_oai_pmh_are_malformed(tmp_path: Path, content: str) -> None:
    with pytest.raises(HarvestError, match="3 times"):
        ask(lambda _: httpx2.Response(200, text=content), tmp_path / "page")


def test_a_server_that_cannot_be_reached_is_asked_again(tmp_path: Path) -> None:
    failures = [httpx2.ConnectError("refused"), httpx2.ReadTimeout("slow")]

    def respond(_: httpx2.Request) -> httpx2.Response:
        if failures:
            raise failures.pop()
        return httpx2.Response(200, text=ANSWER)

    page, waits = ask(respond, tmp_path / "page")
    assert page.records == 2
    assert waits == [5, 10]
