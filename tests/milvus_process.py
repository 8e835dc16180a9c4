"""Runs a server of Milvus out of its wheel until its standard input ends: ``python milvus_process.py WHEEL PLACE``.

The server listens on all of the machine's addresses, which cannot be set. So it is meant to be run in a network of its
own (IN_OWN_NETWORK says that it is), and is reached through a socket in the file system, ``PLACE/socket``. When it
answers, a line says so.
"""

import asyncio
import fcntl
import os
import shutil
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

SET_FLAGS, IS_UP = 0x8914, 0x1
"""Linux's request by which an interface is switched on (netdevice(7))."""

CHUNK = 1 << 18


def switch_on_loopback() -> None:
    """In a new network even the loopback interface is off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", IS_UP))


async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(CHUNK):
            target.write(data)
            await target.drain()
    except ConnectionError:
        pass  # one of the two is gone, and so is the other in a moment
    finally:
        target.close()


async def relay(path: Path, port: int) -> None:
    """Connect who comes through the socket with the server, until standard input ends."""

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):  # at the end of all
            await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))

    await asyncio.start_unix_server(join, path)
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


def main(wheel: Path, place: Path) -> None:
    sys.path.insert(0, str(wheel))
    import milvus

    if os.environ.get("IN_OWN_NETWORK"):
        switch_on_loopback()
    (place / "bin").symlink_to(wheel / "programs")
    server = milvus.MilvusServer(data_dir=str(place))
    server.start()
    try:
        asyncio.run(relay(place / "socket", server.listen_port))
    finally:
        server.server_proc.kill()  # its data are thrown away: nothing is to be written down in order
        server.stop()
    shutil.rmtree(place)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
