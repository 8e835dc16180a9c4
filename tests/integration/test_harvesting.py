"""Live harvests from a real server that fails, with a harvester that is killed."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from matchmaker.catalogue.harvesting import HarvestRequest, HarvestResult, harvest
from matchmaker.catalogue.importers.mods import read
from matchmaker.catalogue.oai_client import OaiClient
from matchmaker.catalogue.oai_page import HarvestError
from matchmaker.domain.errors import InvalidFileError
from matchmaker.domain.work import Record
from tests.integration.oai_server import OaiServer, serving

SCRIPT = Path(sys.executable).parent / "matchmaker"
PATIENCE_SECONDS = 60

HARVESTER = """
import sys
from functools import partial
from pathlib import Path
from matchmaker.catalogue.harvesting import HarvestRequest, harvest
from matchmaker.catalogue.oai_client import OaiClient
request = HarvestRequest(sys.argv[1], "swepub_mods")
make_client = partial(OaiClient, pause=lambda seconds: None)
harvest(request, Path(sys.argv[2]), tell=lambda template, **values: None, make_client=make_client)
"""


class Harvester:
    """Harvests in this process; keeps the waits and what was told instead of waiting and telling."""

    def __init__(self, server: OaiServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.waits: list[float] = []
        self.told: list[str] = []

    def run(self, **wanted: Any) -> HarvestResult:
        request = HarvestRequest(self.server.url, "swepub_mods", **wanted)
        make_client = partial(OaiClient, pause=self.waits.append)
        return harvest(request, self.folder, tell=self._tell, make_client=make_client)

    def _tell(self, template: str, /, **values: object) -> None:
        self.told.append(template.format(**values))

    def titles(self) -> dict[str, str | None]:
        """Title by id of all records in the folder, None of deleted ones; each must be there once."""
        records = [one for one in read(self.folder) if isinstance(one, Record)]
        assert max(Counter(one.id for one in records).values()) == 1
        return {one.id: None if one.deleted else one.texts[0].title for one in records}


@pytest.fixture
def server() -> Iterator[OaiServer]:
    with serving(count=25, page_size=5) as oai:
        yield oai


@pytest.fixture
def harvester(server: OaiServer, tmp_path: Path) -> Harvester:
    return Harvester(server, tmp_path / "harvest")


def everything(server: OaiServer) -> dict[str, str | None]:
    return {f"nord:diva-{number}": None if one.is_deleted else one.title for number, one in server.items.items()}


def run_command(server: OaiServer, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(SCRIPT), "harvest", server.url, "--into", str(folder), *options]
    environment = {**os.environ, "MATCHMAKER_LANGUAGE": "en"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def test_five_thousand_records_come_whole_through_failures_and_a_kill_and_then_only_changes(tmp_path: Path) -> None:
    with serving(count=5000) as server:
        harvester = Harvester(server, tmp_path)
        server.faults = {1000: [503], 2000: ["cut"]}
        server.hold_at = 3000
        killed = subprocess.Popen([sys.executable, "-c", HARVESTER, server.url, str(tmp_path)])
        try:
            assert server.reached.wait(PATIENCE_SECONDS)
        finally:
            killed.kill()
            assert killed.wait(PATIENCE_SECONDS) != 0
        server.release.set()
        assert len(list(tmp_path.rglob("*.xml"))) == 30

        finished = run_command(server, tmp_path)
        assert finished.returncode == 0, finished.stderr
        assert "Done: 2000 records in this run, 50 pages." in finished.stderr
        # Each page once, but for the two that failed and the one that the kill cut off.
        assert Counter(server.offsets) - Counter(range(0, 5000, 100)) == Counter([1000, 2000, 3000])
        assert harvester.titles() == everything(server)

        server.requests.clear()
        server.now = "2026-03-08T12:00:00Z"
        for number in range(40, 190):
            server.items[number].title, server.items[number].changed = f"Changed {number}", "2026-03-05T08:00:00Z"
        server.items[7].is_deleted, server.items[7].changed = True, "2026-03-06T08:00:00Z"
        changed = run_command(server, tmp_path)
        assert "Done: 151 records in this run, 2 pages." in changed.stderr, changed.stderr
        assert server.requests[1]["from"] == "2026-02-28T12:00:00Z"
        assert harvester.titles() == everything(server)
        assert harvester.titles()["nord:diva-7"] is None


@pytest.mark.parametrize("moment", range(7))
@pytest.mark.parametrize("is_renamed", [True, False])
def test_killed_at_any_moment_it_goes_on_behind_the_last_page(
    harvester: Harvester, server: OaiServer, monkeypatch: pytest.MonkeyPatch, moment: int, *, is_renamed: bool
) -> None:
    """Every change to the folder is one renaming: the state, five pages, the state. The program ends at one of them."""
    renamings = []

    def rename(part: Path, target: Path) -> None:
        renamings.append(target)
        is_last = len(renamings) == moment + 1
        if not is_last or is_renamed:
            os.rename(part, target)
        if is_last:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", rename)
        with pytest.raises(KeyboardInterrupt):
            harvester.run()
    asked = len(server.offsets)
    harvester.run()
    kept = min(max(moment if is_renamed else moment - 1, 0), 5)
    was_complete = moment == 6 and is_renamed  # then the second run asks what is new since, and nothing is
    assert server.offsets[asked:] == ([0] if was_complete else list(range(5 * kept, 25, 5)))
    assert len(list(harvester.folder.rglob("*.xml"))) == 5
    assert harvester.titles() == everything(server)


def test_a_busy_server_is_asked_again_after_the_time_it_wishes(harvester: Harvester, server: OaiServer) -> None:
    server.headers = {"retry-after": "7"}
    server.faults = {5: [503, 429], 10: [500]}
    harvester.run()
    assert harvester.waits == [7, 7, 7]
    assert harvester.titles() == everything(server)


def test_waits_grow_and_end_and_what_has_come_is_kept(harvester: Harvester, server: OaiServer) -> None:
    server.faults = {10: [502] * 8}
    with pytest.raises(HarvestError, match="HTTP 502"):
        harvester.run()
    assert harvester.waits == [5, 10, 20, 40, 80, 160, 300]
    assert harvester.run().was_resumed
    assert Counter(server.offsets)[5] == 1
    assert harvester.titles() == everything(server)


def test_a_server_that_wants_a_longer_wait_is_left_until_then(harvester: Harvester, server: OaiServer) -> None:
    server.headers, server.faults = {"retry-after": "7200"}, {10: [503]}
    with pytest.raises(HarvestError, match="120 minutes"):
        harvester.run()
    assert not harvester.waits


def test_a_malformed_page_is_asked_for_three_times(harvester: Harvester, server: OaiServer) -> None:
    server.faults = {10: ["cut"] * 3}
    with pytest.raises(HarvestError, match="3 times"):
        harvester.run()
    assert server.offsets == [0, 5, 10, 10, 10]
    assert harvester.waits == [5, 10]


@pytest.mark.parametrize("fault", ["forgotten", 410])
def test_a_forgotten_token_begins_the_harvest_anew(harvester: Harvester, server: OaiServer, fault: int | str) -> None:
    server.faults = {10: [fault]}
    harvester.run()
    assert server.offsets == [0, 5, 10, 0, 5, 10, 15, 20]
    assert harvester.titles() == everything(server)


def test_a_server_that_forgets_every_token_is_given_up(harvester: Harvester, server: OaiServer) -> None:
    server.faults = {5: ["forgotten"] * 10}
    with pytest.raises(HarvestError, match="forgot 4 times"):
        harvester.run()


def test_nothing_new_is_no_error(harvester: Harvester, server: OaiServer) -> None:
    harvester.run()
    again = harvester.run()
    assert (again.pages, again.records, again.since) == (0, 0, "2026-02-28T12:00:00Z")
    assert harvester.titles() == everything(server)


def test_a_server_that_knows_days_only_is_asked_for_days(harvester: Harvester, server: OaiServer) -> None:
    server.granularity, server.deleted_record = "YYYY-MM-DD", "no"
    harvester.run()
    assert harvester.run().since == "2026-02-28"
    assert any("does not tell which records were deleted" in line for line in harvester.told)


def test_what_changed_before_a_given_end_is_not_asked_for_twice(harvester: Harvester, server: OaiServer) -> None:
    server.items[3].changed = "2026-02-10T00:00:00Z"
    assert harvester.run(until="2026-01-31").records == 24
    assert harvester.run().since == "2026-01-30T23:59:59Z"
    assert harvester.titles() == everything(server)


def test_a_gap_is_not_forgotten(harvester: Harvester, server: OaiServer) -> None:
    harvester.run(until="2025-12-31")
    harvester.run(since="2026-01-15")
    harvester.run()
    assert harvester.titles() == everything(server)


def test_a_broken_off_harvest_is_finished_before_another_begins(harvester: Harvester, server: OaiServer) -> None:
    server.faults = {10: [403]}
    with pytest.raises(HarvestError, match="status 403"):
        harvester.run(since="2025-01-01")
    with pytest.raises(HarvestError, match="Finish it first"):
        harvester.run(since="2025-06-01")
    assert harvester.run().since == "2025-01-01"


def test_a_folder_is_for_one_harvest_and_one_program(harvester: Harvester, server: OaiServer) -> None:
    harvester.run()
    with pytest.raises(HarvestError, match="something else"):
        harvester.run(set="other")
    with FileLock(harvester.folder / "harvest.lock"), pytest.raises(HarvestError, match="is running"):
        harvester.run()


def test_damage_in_the_folder_is_told(harvester: Harvester, server: OaiServer) -> None:
    server.faults = {10: [403]}
    with pytest.raises(HarvestError):
        harvester.run()
    (harvester.folder / "0001" / "000002.xml").write_text("<OAI-PMH>")
    with pytest.raises(HarvestError, match="damaged"):
        harvester.run()
    (harvester.folder / "harvest.json").write_text("{}")
    with pytest.raises(InvalidFileError):
        harvester.run()


def test_the_servers_words_reach_whoever_harvests(server: OaiServer, tmp_path: Path) -> None:
    refused = run_command(server, tmp_path, "--set", "nowhere")
    assert refused.returncode == 2
    assert "does not accept the set, the format or the dates: There is no set [nowhere]." in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--from", "yesterday"], "yesterday is not a date"),
        (["--from", "2026-02-01", "--until", "2026-01-01"], "after"),
    ],
)
def test_wrong_dates_are_told_before_anything_is_asked(
    server: OaiServer, tmp_path: Path, options: list[str], words: str
) -> None:
    refused = run_command(server, tmp_path / "folder", *options)
    assert refused.returncode == 2 and words in refused.stderr
    assert not server.requests and not (tmp_path / "folder").exists()
