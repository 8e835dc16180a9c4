"""Pages' words, dates and numbers, and who may open the desk."""

import datetime as dt

import pytest
from fastapi import Depends, FastAPI, Request
from starlette.testclient import TestClient

from matchmaker_api.errors import add_error_handlers
from matchmaker_api.pages.error_pages import PageRefusedError
from matchmaker_api.pages.guards import loopback_only
from matchmaker_api.pages.rendering import environment, page_context


def request(
    *, client: str = "127.0.0.1", host: str = "127.0.0.1:8017", method: str = "GET", query: str = "", **headers: str
) -> Request:
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request(
        {
            "type": "http", "method": method, "path": "/desk", "query_string": query.encode(), "scheme": "http",
            "server": ("127.0.0.1", 8017), "client": (client, 50000),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
    )  # fmt: skip


def rendered(template: str, language: str = "en", **values: object) -> str:
    return environment.from_string(template).render(page_context(request(cookie=f"language={language}")), **values)


@pytest.mark.parametrize(
    ("template", "value", "swedish", "english"),
    [
        ("{{ x|date }}", dt.date(2026, 11, 5), "5 november 2026", "5 November 2026"),
        ("{{ x|date }}", dt.datetime(2026, 11, 5, 23, 30, tzinfo=dt.UTC), "6 november 2026", "6 November 2026"),
        ("{{ x|datetime }}", dt.datetime(2026, 7, 1, 12, 0), "1 juli 2026 14:00", "1 July 2026 14:00"),
        ("{{ x|number }}", 12435.5, "12\xa0435,5", "12,435.5"),
        ("{{ x|number(2) }}", 0.5, "0,50", "0.50"),
        ("{{ x|percent }}", 0.78, "78\xa0%", "78%"),
    ],
)
def test_dates_and_numbers_follow_the_language(template: str, value: object, swedish: str, english: str) -> None:
    assert rendered(template, "sv", x=value) == swedish
    assert rendered(template, "en", x=value) == english


def test_what_is_filled_in_is_escaped_unless_it_is_markup() -> None:
    said = rendered('{{ say("{a} & {b}", a=x, b="<b>bold</b>"|safe) }}', x="<i>")
    assert said == "&lt;i&gt; &amp; <b>bold</b>"
    assert rendered('{{ say_plural("{count} day", "{count} days", x) }}', x=3) == "3 days"


def test_the_language_switch_comes_back_to_what_can_be_read_again() -> None:
    assert page_context(request(query="page=2"))["here"] == "/desk?page=2"
    assert page_context(request(query="page=2", method="POST"))["here"] == "/desk"


@pytest.mark.parametrize(
    ("client", "host"),
    [("127.0.0.1", "127.0.0.1:8017"), ("::1", "[::1]:8017"), ("127.0.0.1", "localhost"), ("127.0.0.9", "127.1.2.3")],
)
def test_the_desk_is_open_on_the_machine_itself(client: str, host: str) -> None:
    loopback_only(request(client=client, host=host))


@pytest.mark.parametrize(
    "asked",
    [
        request(client="192.0.2.1"), request(host="desk.example"), request(host="192.0.2.1"), request(host=""),
        request(host="localhost.elsewhere.example"), request(x_forwarded_for="127.0.0.1"),
        request(forwarded="for=127.0.0.1"), request(x_forwarded_host="localhost"), request(via="1.1 proxy"),
        request(client="not an address"),
    ],
)  # fmt: skip
def test_the_desk_is_closed_to_all_others(asked: Request) -> None:
    with pytest.raises(PageRefusedError):
        loopback_only(asked)


def test_faults_and_refusals_are_guarded_pages() -> None:
    app = FastAPI()
    add_error_handlers(app)

    @app.get("/fault")
    def fault() -> None:
        raise RuntimeError("secret")

    @app.get("/api/fault")
    def api_fault() -> None:
        raise RuntimeError("secret")

    @app.get("/desk", dependencies=[Depends(loopback_only)])
    def desk() -> None: ...

    with TestClient(app, raise_server_exceptions=False, headers={"Accept-Language": "en"}) as client:
        page = client.get("/fault")
        assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert page.headers["cache-control"] == "no-store"
        assert "secret" not in page.text
        assert client.get("/api/fault").headers["content-type"] == "application/problem+json"
        refused = client.get("/desk")  # the client is called "testclient", which is no loopback address
        assert refused.status_code == 403
        assert "only be opened on the machine" in refused.text


@pytest.mark.parametrize(
    ("page", "text", "attribute"),
    [
        ("en", "Källare översvämmas vid skyfall i våra äldre bostadsområden.", ' lang="sv"'),
        ("sv", "Källare översvämmas vid skyfall i våra äldre bostadsområden.", ""),
        ("sv", "Basements are flooded by cloudbursts in our older areas.", ' lang="en"'),
        ("sv", "123 – ???", ""),
        ("sv", "", ""),
    ],
)
def test_what_somebody_wrote_says_its_language_where_it_is_not_the_pages(page: str, text: str, attribute: str) -> None:
    template = environment.from_string("<p{{ text|lang }}></p>")
    assert template.render(text=text, language=page) == f"<p{attribute}></p>"
