"""Milvus for tests: a real server out of its wheel, or any by MATCHMAKER_TEST_MILVUS_URI; one for a run of tests."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ANY_SERVER = "MATCHMAKER_TEST_MILVUS_URI"
WHEEL = Path(sys.prefix) / "milvus"
PROCESS = Path(__file__).with_name("milvus_process.py")


def _own_network() -> list[str]:
    """What runs a program in a network of its own; nothing where the system does not allow one."""
    alone = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None:
        return []
    return alone if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0 else []


@contextmanager
def running_milvus() -> Iterator[str]:
    """The URI of a new server, which is gone with all it has when the block ends."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip(f"no wheel of Milvus's server for this platform, and no {ANY_SERVER}")
    assert WHEEL.is_dir(), "the server of Milvus is missing; what to do: sh scripts/make_milvus.sh"
    place = Path(tempfile.mkdtemp(prefix="mm-milvus-"))
    started = subprocess.Popen(
        [*(own := _own_network()), sys.executable, PROCESS, WHEEL, place],
        env=os.environ | ({"IN_OWN_NETWORK": "1"} if own else {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # what ends the tests all at once leaves it to end by itself, and its server with it
    )
    assert started.stdin and started.stdout
    try:
        assert started.stdout.readline(), f"the server of Milvus has not started; {place}/logs say why"
        yield f"unix:{place / 'socket'}"
    finally:
        started.stdin.close()
        started.stdout.close()
        started.wait()


@pytest.fixture(scope="session")
def milvus_uri() -> Iterator[str]:
    """The server of this run of tests, which its tests share: names of builds differ."""
    if given := os.environ.get(ANY_SERVER):
        yield given
        return
    with running_milvus() as uri:
        yield uri
