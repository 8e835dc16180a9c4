"""API keys for administrators' programs: made and shown once, listed, taken back.

A personal token may make keys, since its role may, but nothing that outlives it (``review/client_keys.py``); personal
tokens are made on one's own page only. A key's secret is answered once and stored nowhere: no Idempotency-Key here,
under which the answer would be kept. Where the answer was lost, revoke the key and make another one.
"""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response, status

from matchmaker.catalogue.seed import read_municipalities
from matchmaker.review import client_keys
from matchmaker.review.access import list_keys as list_all
from matchmaker.review.access import revoke_key as revoke
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.schemas.access import Key, Keys, KeyWithSecret, NewKey

router = APIRouter(prefix="/api/v1/access/keys", tags=["access"])

MADE: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}},
        "links": {
            one: {"operationId": one, "parameters": {"key_id": "$response.body#/id"}}
            for one in ("read_key", "revoke_key")
        },
    }
}


@router.get("", summary="List API keys")
def list_keys(workspace: OpenWorkspace) -> Keys:
    """All of them, also expired and revoked ones; secrets are not shown."""
    now = datetime.now(UTC)
    return Keys(items=[Key.of(one, now) for one in list_all(workspace.database)])


@router.post("", status_code=status.HTTP_201_CREATED, summary="Make an API key", responses=MADE)
def make_key(new: NewKey, response: Response, workspace: OpenWorkspace, client: Client) -> KeyWithSecret:
    """The key's whole text is shown only now. It ends with the personal token that makes it, if not earlier."""
    known = [one.code for one in read_municipalities(workspace.settings.catalogue_folder)]
    key, text = client_keys.make_key(workspace.database, new.wanted(), known, client.client, client.token)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/api/v1/access/keys/{key.id}"
    return KeyWithSecret(id=key.id, key=Key.of(key, datetime.now(UTC)), secret=text)


@router.get("/{key_id}", summary="Read an API key")
def read_key(key_id: str, workspace: OpenWorkspace) -> Key:
    """For whom and what it is, when it was used, and whether it is still good; never its secret."""
    return Key.of(client_keys.get_key(workspace.database, key_id), datetime.now(UTC))


@router.post("/{key_id}/revocation", summary="Revoke an API key")
def revoke_key(key_id: str, workspace: OpenWorkspace, client: Client) -> Key:
    """The next request with it is refused. It stays in the list; twice is as good as once."""
    revoke(workspace.database, key_id, by=client.client)
    return Key.of(client_keys.get_key(workspace.database, key_id), datetime.now(UTC))
