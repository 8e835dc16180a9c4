"""``matchmaker serve``."""

from typing import Annotated

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.domain.errors import mark
from matchmaker.settings import Settings

API_FACTORY = "matchmaker_api.app:create_app"


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port to listen on.")] = None,
) -> None:
    """Serve the API, on the loopback address unless told otherwise."""
    import uvicorn

    settings = Settings()
    address, number = host or settings.host, settings.port if port is None else port
    say = interface_translator()
    console.print(say.say(mark("Starting the API on http://{host}:{port}/api/v1 …"), host=address, port=number))
    console.print(
        say.say(
            mark("Its description is at http://{host}:{port}/openapi.json. Stop with Ctrl-C."),
            host=address,
            port=number,
        )
    )
    uvicorn.run(API_FACTORY, factory=True, host=address, port=number, log_level="warning", access_log=False)
