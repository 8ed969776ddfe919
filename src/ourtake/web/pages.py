"""What all pages share: the templates with their filters, who is at the desk, and how an error is shown."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ourtake.errors import InputError, OurtakeError
from ourtake.publish.formats import formats
from ourtake.review.session import Session
from ourtake.review.states import STATES, words_of
from ourtake.text.counts import count_of
from ourtake.watch.changes import KINDS
from ourtake.web.service import Service

HERE = Path(__file__).parent
SESSION = "ourtake-session"
"""The cookie with the token of a session."""
WHO = "ourtake-who"
"""The cookie with the name of who is at a desk that needs no login."""

STATE_NAMES = {state: words_of(state).capitalize() for state in STATES} | {"draft": "New"}
SHORTCUTS = (
    ("j  k  F8", "next, previous finding or row"),
    ("f", "apply the fix"),
    ("e", "edit the paragraph: Ctrl Enter saves, Esc cancels"),
    ("r", "rewrite the paragraph"),
    ("s", "let the finding stand, with a reason"),
    ("o", "open the evidence in its document"),
    ("l", "change the link to the next offered article"),
    ("u", "undo"),
    ("v", "show the passages nearest to each sentence"),
    ("t", "claims"),
    ("h", "history"),
    ("A", "approve and sign"),
    ("y  n  w", "claims: right, wrong, type in a source"),
    ("a  x", "rewrite: accept, drop the piece"),
    ("/  1–9", "queue: search, choose a state"),
    ("1  2  n  s", "pairs: left, right, neither, skip"),
    ("?", "these keys"),
)


def web_address(target: str) -> str:
    """The address where it leads to a web page, "#" for anything else, such as javascript:."""
    try:
        return target if urlsplit(target).scheme in ("http", "https") else "#"
    except ValueError:
        return "#"


def whole_number(text: str) -> int | None:
    """A number from an address or a form; None for anything that is not one of up to nine digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def ago(moment: str) -> str:
    """How long ago a time was, as "3 h"; the text itself where it is not a time."""
    try:
        then = datetime.datetime.fromisoformat(moment)
    except ValueError:
        return moment or "unknown"
    now = datetime.datetime.now(datetime.UTC)
    minutes = int((now - (then if then.tzinfo else then.replace(tzinfo=datetime.UTC))).total_seconds() // 60)
    for size, unit in ((60 * 24, "d"), (60, "h"), (1, "min")):
        if minutes >= size:
            return f"{minutes // size} {unit}"
    return "now"


def day_in_words(published: str | None) -> str:
    """A date as "8 September 2026"."""
    if not published:
        return ""
    moment = datetime.date.fromisoformat(published[:10])
    return f"{moment.day} {moment:%B %Y}"


_ORDER = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that change the order in which others are shown."""


class _Exact(Markup):
    """The content of a field that is edited: it is printed as it is."""


def _with_shown_order(value: object) -> object:
    """What a page prints, with such characters written as <U+202E>: else a text could show its words in an order of its
    own.
    """
    if not isinstance(value, str) or value.isascii() or type(value) is _Exact:
        return value
    begin, end = ("&lt;", "&gt;") if isinstance(value, Markup) else ("<", ">")
    shown = _ORDER.sub(lambda match: f"{begin}U+{ord(match[0]):04X}{end}", str(value))
    return Markup(shown) if isinstance(value, Markup) else shown


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_with_shown_order,
    )
    made.filters |= {
        "exact": lambda text: _Exact(escape(text)),
        "counted": count_of,
        "ago": ago,
        "web": web_address,
        "day": day_in_words,
        "quoted": lambda text: quote(text, safe=""),
    }
    made.globals |= {
        "shortcuts": SHORTCUTS,
        "state_names": STATE_NAMES,
        "changed": KINDS,
        "query": query,
        "formats": lambda: formats().values(),
    }
    return made


def query(**values: object) -> str:
    """The address of the queue with these values, without the empty ones."""
    given = {name: value for name, value in values.items() if value}
    return f"/?{urlencode(given)}" if given else "/"


_TEMPLATES = _environment()


def service_of(request: Request) -> Service:
    """What the server was started for."""
    service: Service = request.app.state.service
    return service


def session_of(request: Request) -> Session:
    """The session of the draft in the address."""
    return service_of(request).desk.open(request.path_params["draft"])


def who_of(request: Request) -> str:
    """Who is at the desk; "" if nobody has said so. On a desk with logins, whose session it is."""
    if service_of(request).accounts is not None:
        person = getattr(request.state, "person", None)
        return person.name if person is not None else ""
    return unquote(request.cookies.get(WHO, "")) or service_of(request).editor


def still_here(request: Request) -> Callable[[], bool]:
    """Whether the person who asked is still logged in, asked again and again while a stream runs."""
    accounts, token = service_of(request).accounts, request.cookies.get(SESSION, "")
    return lambda: accounts is None or accounts.holder(token) is not None


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a template."""
    service = service_of(request)
    shared = {
        "publication": service.settings.publication.name,
        "who": who_of(request),
        "logged_in": service.accounts is not None,
        "has_pairs": bool(service.pairs),
    }
    return HTMLResponse(_TEMPLATES.get_template(f"{template}.html.jinja").render(shared | values), status)


def error_page(request: Request, error: Exception) -> Response:
    """An error of ours as a page: what is wrong, then what to do."""
    if not isinstance(error, OurtakeError):
        raise error
    service = service_of(request)
    what, do = service.mask(error.what), service.mask(error.do)
    return page(request, "error", status_of(error), what=what, do=do)


def not_there(request: Request, error: Exception) -> Response:
    """An address that leads nowhere, or can't be used so."""
    status = getattr(error, "status_code", 404)
    what = "There is no such page." if status == 404 else "That address can't be used in this way."
    return page(request, "error", status, what=what, do="Go back to the queue.")


def broken(request: Request, error: Exception) -> Response:
    """An error of the program. The server's log has more; the page reveals no details."""
    del error
    what = "Something failed inside ourtake; nothing was changed by this request."
    return page(request, "error", 500, what=what, do="The server's log has more.")


def status_of(error: OurtakeError) -> int:
    """The HTTP status for an error of ours."""
    return {2: 400, 3: 502, 4: 402}.get(error.exit_code, 500)


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a form that was sent; of several with one name the last."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200))


async def json_of(request: Request) -> Any:
    """The JSON of a request. Raises InputError if it is none."""
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise InputError("The request is not JSON.", "Send an object as UTF-8.") from error


def wants_part(request: Request) -> bool:
    """Whether our own script asked, which takes what changed out of the page that it gets."""
    return request.headers.get("x-desk") == "part"


def back_to(address: str) -> RedirectResponse:
    """After a POST: the page as it is now."""
    return RedirectResponse(address, status_code=303)
