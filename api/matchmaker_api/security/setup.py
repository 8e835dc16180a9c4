"""The guards of the application, in their order: the last one added is the outermost."""

from fastapi import FastAPI

from matchmaker.settings import Settings
from matchmaker_api.security.bodies import BodyLimits
from matchmaker_api.security.cors import ApiCors
from matchmaker_api.security.rates import Rates
from matchmaker_api.security.request_ids import RequestIds, stamp_logs


def guard_bodies(app: FastAPI, settings: Settings) -> None:
    """Limit bodies, and let those sites read the API's answers that the settings name; others may not."""
    app.add_middleware(BodyLimits, upload_megabytes=settings.upload_megabytes)
    origins = split_origins(settings.cors_origins)
    if origins:
        app.add_middleware(ApiCors, origins=origins)
    app.state.rates = Rates(settings)


def split_origins(text: str) -> list[str]:
    """The sites of a setting, which has commas between them."""
    return [one.strip() for one in text.split(",") if one.strip()]


def name_requests(app: FastAPI) -> None:
    """Give requests their ids, in logs too."""
    stamp_logs()
    app.add_middleware(RequestIds)
