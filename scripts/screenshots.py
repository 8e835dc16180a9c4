"""Take the README's pictures anew, from a server and a state of their own: docs/screenshots/*.png.

    .venv/bin/python scripts/screenshots.py

Needs the tests' packages (Playwright, a system's Chromium). The challenges are those of data/evaluation.
"""

import json
import os
import shutil
import socket
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from matchmaker.domain.case import Case, Decision, RejectionReason, Route
from matchmaker.review import approval, drafts
from matchmaker.review.desk import Desk
from matchmaker.review.drafts import Choices
from matchmaker.review.intake import match_case
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
PLACES = ("2580", "2582", "2584", "2514", "2510", "2505", "2560", "2521")
AREAS = ("infrastructure", "health_and_care", "education", "energy_and_environment")


def send(workspace: Workspace, title: str, problem: str, place: str, area: str) -> tuple[str, Case]:
    """Send a challenge as an officer does; returns its link's token and the matched case."""
    typed = {
        "municipality": place,
        "title": title,
        "problem": problem,
        "areas": [area],
        "visibility": "public",
        "contact_role": "Utvecklingsstrateg",
        "contact_email": "utveckling@kommun.example",
    }
    token = drafts.start_draft(workspace.database, "main", typed)
    sent = drafts.send(workspace.database, token, Choices(PLACES, AREAS), workspace.settings.answer_days)
    return token, match_case(workspace.database, sent.id, workspace.matcher)


def fill(workspace: Workspace) -> tuple[str, str, str]:
    """A queue, a case under review and one that is answered; returns the case, its link and a draft's link."""
    workspace.prepare(lambda _step: None)
    lines = (ROOT / "data" / "evaluation" / "challenges.sv.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[:17]):
        one = json.loads(line)
        send(workspace, one["title"], one["text"], PLACES[number % len(PLACES)], AREAS[number % len(AREAS)])
    text = " ".join((ROOT / "data" / "example-challenge.txt").read_text(encoding="utf-8").split())
    token, case = send(workspace, "Källare översvämmas när snön smälter", text, "2580", "infrastructure")
    desk = Desk(workspace.database, "adviser-1")
    first, second, third = (one.id for one in case.candidates[:3])
    case = desk.decide(case.id, case.revision, first, Decision.ACCEPTED)
    case = desk.decide(case.id, case.revision, second, Decision.ACCEPTED)
    case = desk.decide(case.id, case.revision, third, Decision.REJECTED, RejectionReason.TOO_GENERAL)
    case = desk.set_route(case.id, case.revision, Route.RESEARCH_GROUP)
    earlier = datetime.now(UTC) - timedelta(hours=1)
    case = approval.approve(desk, case.id, case.revision, "Börja med den första gruppen.", 10, earlier)
    _, under_review = send(workspace, "Vatten i källarna", text, "2582", "infrastructure")
    draft = drafts.start_draft(
        workspace.database, "main", {"municipality": "2580", "title": "Källare översvämmas", "problem": text}
    )
    return under_review.id, token, draft


def shoot(browser: Browser, address: str, name: str, path: str, *, width: int, height: int) -> None:
    """One picture of what a screen of that size shows."""
    page = browser.new_page(viewport={"width": width, "height": height}, locale="sv-SE")
    page.goto(address + path, wait_until="networkidle")
    page.screenshot(path=TARGET / f"{name}.png")
    page.close()


def main() -> None:
    """Fill, serve, look."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state, socket.create_server(("127.0.0.1", 0)) as listening:
        settings = Settings(state_dir=Path(state))
        case, answered, draft = fill(Workspace(settings))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        httpx2.Client(transport=httpx2.HTTPTransport(retries=20)).get(f"{address}/healthz")
        chromium = os.environ.get("MATCHMAKER_CHROMIUM") or shutil.which("chromium")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            shoot(browser, address, "start", "/", width=1280, height=900)
            shoot(browser, address, "form", f"/challenges/{draft}/form/2", width=1280, height=900)
            shoot(browser, address, "answer-phone", f"/challenges/{answered}", width=360, height=780)
            shoot(browser, address, "queue", "/desk", width=1280, height=900)
            shoot(browser, address, "case", f"/desk/cases/{case}", width=1280, height=1000)
            shoot(browser, address, "map", f"/desk/cases/{case}/map", width=1280, height=1000)
            browser.close()
        server.should_exit = True
        thread.join(timeout=10)


if __name__ == "__main__":
    main()
