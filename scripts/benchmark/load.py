"""Load over HTTP/1.1: connections that each ask again as soon as they are answered (a closed loop)."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts.benchmark.measuring import Result, summary

CONNECTIONS = 8
WARM_UP = 2
"""Requests of each connection that are not counted."""

NEW = b"{new}"
"""Where a body has what makes its text one that was never asked before: what has been is not encoded again."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; ``bodies`` are sent one after the other, over and over, each time with another ``NEW``."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    bodies: tuple[bytes, ...] = (b"",)

    def messages(self, start: int) -> Iterator[bytes]:
        """The request as bytes, again and again, from a body on."""
        number = start
        while True:
            body = self.bodies[number % len(self.bodies)].replace(NEW, str(time.time_ns()).encode())
            number += 1
            lines = [f"{self.method} {self.path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in self.headers.items()]
            yield "\r\n".join([*lines, "", ""]).encode() + body


async def _answered(reader: asyncio.StreamReader) -> None:
    """Read one answer whole.

    Raises:
        ValueError: it is an error or sends elsewhere, which must not be counted as work done.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = int(head.split(" ", 2)[1])
    if status >= 300:
        raise ValueError(f"the server answered {status}")
    headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
    if "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
        return
    while size := int((await reader.readline()).strip(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()


async def _connection(port: int, request: Request, number: int, seconds: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    messages = request.messages(number)
    times: list[float] = []
    spent = 0.0
    try:
        for count, message in enumerate(messages):
            begun = time.perf_counter()
            writer.write(message)
            await _answered(reader)
            if count < WARM_UP:
                continue
            times.append(time.perf_counter() - begun)
            spent += times[-1]
            if spent >= seconds:
                break
    finally:
        writer.close()
    return times


async def _all(port: int, request: Request, seconds: float) -> list[list[float]]:
    return await asyncio.gather(*(_connection(port, request, one, seconds) for one in range(CONNECTIONS)))


def ask(port: int, request: Request, seconds: float) -> Result:
    """Requests a second of all connections together, and how long one takes, over some seconds."""
    by_connection = asyncio.run(_all(port, request, seconds))
    rate = sum(len(times) / sum(times) for times in by_connection)
    return {**summary([one for times in by_connection for one in times]), "requests_per_second": rate}
