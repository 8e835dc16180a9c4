"""``matchmaker serve``."""

import os
import socket
from typing import Annotated

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.cli.logs import write_log
from matchmaker.domain.errors import SetupError, mark

API_FACTORY = "matchmaker_api.app:create_app"

SILENT_SECONDS = 60
"""After which a process that does not answer the others' watcher is ended and replaced; opening an index is no such."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port to listen on.")] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many processes answer, on one port.")] = 1,
) -> None:
    """Serve the pages and the API, on the loopback address unless told otherwise.

    Several processes share the port and the mapped index; one that ends is replaced. Jobs are claimed in the database,
    so that none is done twice; rates (MATCHMAKER_API_RATE and the like) count in each process by itself.
    """
    import uvicorn

    from matchmaker.settings import read_settings

    settings = read_settings()
    address, number = host or settings.host, settings.port if port is None else port
    say = interface_translator()
    try:  # bound before it is announced: the port may be taken, or be the system's choice
        listening = socket.create_server(
            (address, number), family=socket.AF_INET6 if ":" in address else socket.AF_INET
        )
    except OSError as error:
        raise SetupError(
            mark("The address {host}:{port} cannot be listened on: {problem}."),
            remedy="matchmaker serve --port 0  (or another port)",
            host=address,
            port=number,
            problem=error.strerror or str(error),
        ) from error
    # Inherited by its connections: otherwise the end of each answer may wait 40 ms for the reader's acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    number = listening.getsockname()[1]
    where = f"http://{f'[{address}]' if ':' in address else address}:{number}"
    console.print(say.say(mark("For municipalities: {where}"), where=where))
    console.print(say.say(mark("The advisers' desk: {where}/desk"), where=where))
    console.print(say.say(mark("For programs: {where}/api/v1, described at {where}/openapi.json"), where=where))
    console.print(say.say(mark("Stop with Ctrl-C.")))
    write_log()
    # The server reads the settings anew: at the operator's console, links in letters lead to where it listens.
    os.environ.update(MATCHMAKER_HOST=address, MATCHMAKER_PORT=str(number))
    config = uvicorn.Config(
        API_FACTORY,
        factory=True,
        log_level="warning",
        access_log=False,
        workers=processes,
        timeout_worker_healthcheck=SILENT_SECONDS,
    )
    if processes == 1:
        uvicorn.Server(config).run(sockets=[listening])
    else:
        from uvicorn.supervisors import Multiprocess

        Multiprocess(config, [listening]).run()
