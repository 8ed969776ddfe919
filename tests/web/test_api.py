"""The JSON interface of a running desk, and its description."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import jsonschema

from tests.web.conftest import RunningDesk
from tests.web.drafts import FIRST


def ask(desk: RunningDesk, path: str, body: object = None) -> tuple[int, Any]:
    """Status and JSON of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{desk.address}{path}", data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_a_script_reads_the_queue_and_changes_a_paragraph(desk: RunningDesk) -> None:
    _, described = ask(desk, "/api/openapi.json")

    def fits(answer: object, name: str) -> None:
        jsonschema.validate(answer, {"$ref": f"#/components/schemas/{name}", "components": described["components"]})

    status, queue = ask(desk, "/api/drafts?q=six+weeks")
    fits(queue, "Queue")
    assert (status, queue["total"], queue["drafts"][0]["draft_id"]) == (200, 1, desk.draft)
    path = f"/api/drafts/{desk.draft}"
    _, draft = ask(desk, path)
    fits(draft, "DraftNow")
    assert draft["revision"] == 1 and draft["verdict"].startswith("3 errors found; of ")
    change = {"field": "body", "index": 0, "text": FIRST.replace("57", "47"), "base": 1}
    status, saved = ask(desk, f"{path}/edit", change)
    fits(saved, "Saved")
    assert (status, saved["status"], saved["revision"]) == (200, "saved", 2)
    assert ask(desk, path)[1]["verdict"].startswith("2 errors found; of ")


def test_what_is_wrong_is_said(desk: RunningDesk) -> None:
    path = f"/api/drafts/{desk.draft}/edit"
    assert ask(desk, "/api/drafts/nothing")[1] == {"error": "No draft has the id nothing. See `ourtake drafts list`."}
    status, told = ask(desk, path, {"field": "body", "text": "x"})
    assert status == 400 and told["error"].startswith("base: Field required")
    status, told = ask(desk, path, {"field": "nose", "text": "x", "base": 1})
    assert status == 400 and "field" in told["error"]
    assert ask(desk, "/api/drafts?limit=many")[0] == 400
