"""The framework with nothing to do: the limit of what a server of it can answer, and of what the load can ask."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def nothing() -> dict[str, str]:
    """Answer."""
    return {}
