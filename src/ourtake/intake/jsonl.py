"""One line of JSONL -> Article or Reject."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.dates import UNREAD, article_dates
from ourtake.intake.files import decode, is_address, storable
from ourtake.intake.items import Reject
from ourtake.intake.unpublished import A_STUB, is_paid, is_stub, why_unpublished


def article_line(line: bytes, where: str) -> Article | Reject:
    """The article of a line; `where` names the line in messages."""
    try:
        given = json.loads(decode(line, "the line"))
        if not isinstance(given, dict):
            return Reject(where, "not a JSON object.")
        given = storable(given, "the line")
        if why := why_unpublished(given, ahead=True):
            return Reject(where, why, broken=False)
        article = Article.model_validate({**given, **_dates(given)})
        if is_stub(article.text, paid=is_paid(given)):
            return Reject(where, A_STUB, broken=False)
    except json.JSONDecodeError as error:
        return Reject(where, f"not valid JSON: {error.msg} at column {error.colno}.")
    except InputError as error:
        return Reject(where, error.what)
    except ValidationError as error:
        first = error.errors()[0]
        return Reject(where, f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}.")
    except RecursionError:
        return Reject(where, "not valid JSON: nested too deeply.")
    except ValueError:
        return Reject(where, "a number with too many digits.")
    if not is_address(article.url):
        return Reject(where, f"{article.url[:80]!r} is not a web address.")
    if not article.title.strip() or not article.text.strip():
        return Reject(where, "no title." if not article.title.strip() else "no text.")
    return article


def _dates(given: dict[str, Any]) -> dict[str, Any]:
    """The line's dates, else those that an earlier import could not read, as `archive export` writes them."""
    earlier = given.pop(UNREAD, None)
    unread = earlier if isinstance(earlier, dict) else {}
    return article_dates(
        published=[given.get("published"), unread.get("published")],
        updated=[given.get("updated"), unread.get("updated")],
        exact=True,
    )
