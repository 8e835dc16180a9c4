"""Addresses that are given to readers: at the operator's address, whatever a request says."""

from urllib.parse import quote

from fastapi import Request

from matchmaker_api.paths import ALERTS


def site_address(request: Request) -> str:
    """Where readers come to this site: at the operator's address, else where this one came."""
    return request.app.state.settings.public_url or f"{request.url.scheme}://{request.url.netloc}"


def alert_address(request: Request, link: str) -> str:
    """Where a link leads by which an address says yes to alerts."""
    return f"{site_address(request)}{ALERTS}/{quote(link)}"
