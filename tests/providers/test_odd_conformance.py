"""The second table of docs/providers.md is what comes of servers that are not quite what they copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.providers.conformance import environment
from tests.providers.odd_conformance import BEGIN, END, ROWS, made
from tests.wire.awkward_server import REPLY
from tests.wire.odd_answers import odd_server

PAGE = Path(__file__).resolve().parents[2] / "docs" / "providers.md"


def test_the_table_of_the_page_is_what_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = BEGIN + PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0] + END
    with odd_server(REPLY) as (server, port):
        for name, value in environment(port).items():
            monkeypatch.setenv(name, value)
        found = made(server, port)
    assert found.count("\n") == len(ROWS) + 3
    assert found == shown, "run: make conformance"
