"""One line of JSONL -> Article or Reject."""

from __future__ import annotations

import json

from pydantic import ValidationError

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.files import decode, is_address, tidy
from ourtake.intake.reject import Reject


def article_line(line: bytes, where: str) -> Article | Reject:
    """The article of a line; `where` is its place in messages."""
    try:
        given = json.loads(decode(line, "the line"))
        if not isinstance(given, dict):
            return Reject(where, "no JSON object.")
        article = Article.model_validate(tidy(given, "the line"))
    except json.JSONDecodeError as error:
        return Reject(where, f"not valid JSON: {error.msg} at column {error.colno}.")
    except InputError as error:
        return Reject(where, error.what)
    except ValidationError as error:
        first = error.errors()[0]
        return Reject(where, f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}.")
    except RecursionError:
        return Reject(where, "not valid JSON: nested too deep.")
    except ValueError:
        return Reject(where, "a number that is too long to be one.")
    if not is_address(article.url):
        return Reject(where, f"{article.url[:80]!r} is no web address.")
    if not article.title.strip() or not article.text.strip():
        return Reject(where, "no title." if not article.title.strip() else "no text.")
    return article
