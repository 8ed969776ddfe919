"""The findings of a paragraph while somebody edits it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ourtake.errors import InputError
from ourtake.review.paragraphs import blocks_of, links_in, typed, with_block
from ourtake.web.cards import is_wide
from ourtake.web.draft_page import block_named
from ourtake.web.pages import json_of, service_of, session_of
from ourtake.web.parts import field_texts
from ourtake.writing.fact_handles import carried_handles, rests_of

SIGNS = {"error": "✕", "warning": "△", "info": "i"}


async def check(request: Request) -> Response:
    """POST /drafts/ID/check with {"part", "text"}: what the rules would find in that paragraph. Nothing is stored."""
    given = await json_of(request)
    if not isinstance(given, dict) or not isinstance(given.get("text"), str) or not isinstance(given.get("part"), str):
        raise InputError("The request has no part and text.", "Send both as JSON.")
    return await run_in_threadpool(_checked, request, given["part"], given["text"])


def _checked(request: Request, part: str, text: str) -> Response:
    field, index = block_named(part)
    view = session_of(request).view()
    text = typed(text)
    take = with_block(view.take, field, index, text)
    handles = carried_handles(rests_of(view.take, view.revision.handles), take)
    report = service_of(request).desk.report(view.draft, take, handles)
    block = next((one for one in blocks_of(take) if (one.field, one.index) == (field, index)), None)
    start, end = (block.start, block.start + len(text)) if block else (0, 0)
    whole = field_texts(take)[field]
    findings = [
        {"sign": SIGNS[one.severity], "severity": one.severity, "name": one.rule.replace("-", " "), "code": one.code,
         "message": one.message, "text": "" if is_wide(one, whole) else one.text[:120]}
        for one in report.findings
        if one.field == field and one.start < end and one.end > start
    ]  # fmt: skip
    return JSONResponse({"findings": findings, "links": {"before": links_in(view.take), "now": links_in(take)}})
