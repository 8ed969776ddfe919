"""Pairs: two takes on one story side by side. A person picks the better one without knowing who wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourtake.errors import InputError
from ourtake.web.pages import back_to, form_of, page, service_of, who_of, whole_number

if TYPE_CHECKING:
    from ourtake.evals.judgements import Side
    from ourtake.web.pair_book import PairBook

_CHOICES = {"left": "The left one is better", "right": "The right one is better", "neither": "Neither is better"}
_RUN = "/pairs?run={}"


def pairs(request: Request) -> Response:
    """GET /pairs?run=NUMBER&after=PAIR: the next pair of a run for who is at the desk, after one that was skipped."""
    books = service_of(request).pairs
    at = _number(request.query_params.get("run", "0"), books)
    if not books:
        return page(request, "pairs", runs=[], at=0, name="", pair=None, whole=0, done=0, sides=(), needs_name=False)
    book, by = books[at], who_of(request)
    waiting, done = book.waiting(by), book.picked(by)
    name = _after(list(waiting), request.query_params.get("after", ""))
    pair = waiting.get(name)
    return page(
        request,
        "pairs",
        runs=[one.name for one in books],
        at=at,
        name=name,
        pair=pair,
        whole=done + len(waiting),
        done=done,
        sides=[_side(name, text) for name, text in zip(("Left", "Right"), pair.texts, strict=True)] if pair else (),
        needs_name=not by,
    )


async def picked(request: Request) -> Response:
    """POST /pairs with run, pair and choice: left, right or neither."""
    form = form_of(await request.body())
    return await run_in_threadpool(_picked, request, form)


def _picked(request: Request, form: dict[str, str]) -> Response:
    books, by, choice = service_of(request).pairs, who_of(request), form.get("choice", "")
    if not books or choice not in _CHOICES:
        raise InputError("A pick names the left take, the right one, or neither.", "Load the page again.")
    if not by:
        raise InputError("The desk doesn't know who you are.", "Type your name first.")
    at = _number(form.get("run", ""), books)
    books[at].keep(form.get("pair", ""), cast("Side", choice), by=by)
    return back_to(_RUN.format(at))


def _number(text: str, books: tuple[PairBook, ...]) -> int:
    """Which of the runs; the first where there is none of that number."""
    found = whole_number(text) or 0
    return found if found < len(books) else 0


def _after(waiting: list[str], skipped: str) -> str:
    """The pair after the one that was skipped, and after the last one the first; "" if none waits."""
    place = waiting.index(skipped) + 1 if skipped in waiting else 0
    return waiting[place % len(waiting)] if waiting else ""


def _side(name: str, text: str) -> tuple[str, str, list[str]]:
    headline, _, rest = text.partition("\n\n")
    return name, headline, [part for part in rest.split("\n\n") if part]
