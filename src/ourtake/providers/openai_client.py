"""The openai SDK's client for a server that is not OpenAI's.

The SDK sends OPENAI_ORG_ID, OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS to any address. They are meant for OpenAI:
another server gets its own key and nothing else.
"""

from __future__ import annotations

import os

import httpx2
import openai

_OWN = {"authorization", "accept", "content-type", "user-agent"}


def client_of_server(key: str, *, base_url: str | None, http_client: httpx2.AsyncClient) -> openai.AsyncOpenAI:
    """A client with this key, or "none" for a server that wants none."""
    key = key or "none"
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    names = [line.partition(":")[0].strip() for line in lines if ":" in line]
    headers: dict[str, object] = {name: openai.Omit() for name in names if name.lower() not in _OWN}
    # Given here, these stand in for those of the environment; in their own spelling, which the SDK compares.
    own = {
        "authorization": f"Bearer {key}",
        "accept": "application/json",
        "content-type": "application/json",
        "user-agent": "ourtake",
    }
    headers |= {name: own[name.lower()] for name in names if name.lower() in _OWN}
    client = openai.AsyncOpenAI(
        api_key=key,
        base_url=base_url,
        max_retries=0,
        http_client=http_client,  # type: ignore[arg-type,unused-ignore]
        default_headers=headers,  # type: ignore[arg-type]
    )
    client.organization = client.project = None
    return client
