"""How things are measured. It imports nothing of Matchmaker: programs that it is compared with run it too."""

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

WARM_UP = 3

Result = dict[str, Any]
"""What a subject writes as JSON: milliseconds, megabytes (10^6 bytes) and rates, each named with its unit."""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least ``share`` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(100 * share) // 100) - 1)]


def summary(times: Sequence[float]) -> Result:
    """Median and 95th percentile of seconds, in milliseconds, and how many there were."""
    return {
        "median_ms": 1000 * statistics.median(times),
        "p95_ms": 1000 * percentile(times, 0.95),
        "repeats": len(times),
    }


def timed(action: Callable[[str], object], texts: Sequence[str]) -> Result:
    """One call a text, one after the other; the first few, by which things warm up, are made again and not counted."""
    for text in texts[:WARM_UP]:
        action(text)
    times = []
    for text in texts:
        begun = time.perf_counter()
        action(text)
        times.append(time.perf_counter() - begun)
    return summary(times)


def memory(process: int | str = "self") -> Result:
    """Memory of a process, Linux only: resident, proportional (shared pages divided among who shares them), and of it
    what is in no file, so that it cannot be read again.
    """
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = {line.split()[0].rstrip(":"): int(line.split()[1]) for line in lines[1:]}
    return {
        "rss_mb": kilobytes["Rss"] * 1024 / 1e6,
        "pss_mb": kilobytes["Pss"] * 1024 / 1e6,
        "anonymous_mb": kilobytes["Anonymous"] * 1024 / 1e6,
    }


def since_start() -> float:
    """Seconds since this process was started, the interpreter's own start among them (Linux)."""
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    up = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    return up - ticks / os.sysconf("SC_CLK_TCK")


def reciprocal_rank(ranking: Sequence[str], relevant: Sequence[str], depth: int = 100) -> float:
    """1 by the rank of the first relevant one among the first ``depth``, or 0."""
    return next((1 / rank for rank, one in enumerate(ranking[:depth], start=1) if one in relevant), 0.0)


def machine() -> Result:
    """The machine in words."""
    described = subprocess.run(["lscpu", "--json"], capture_output=True, text=True, check=False)  # noqa: S607
    fields = json.loads(described.stdout or '{"lscpu": []}')["lscpu"]
    model = next((one["data"] for one in fields if one["field"] == "Model name:"), platform.processor())
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(pages / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "load_before": os.getloadavg()[0],
    }
