"""What went wrong on the wire, in one plain sentence each, and whether asking again can help.

Classified by the status and by what the provider itself says (its error's code, type and message); never shown: keys,
and the HTML of an error page.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping

import httpx2

from ourtake.errors import AnswerError, PermanentError, ProviderError, TransientError
from ourtake.providers.base import ProviderInfo
from ourtake.providers.redaction import Redaction
from ourtake.values import clean_text, retry_after_seconds

TRANSIENT = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_CONTEXT = (
    r"context_length_exceeded|exceed_context_size|prompt is too long|maximum context length|"
    r"context (?:window|size|length)|too many tokens"
)
_FILTER = r"content_policy|content[-_ ]filter|content management policy|bio_policy|misalignment_policy|safety_violation"
_MODEL = r"model_not_found|\bmodel\b.{0,80}(?:does not exist|not found|not exist)|(?:unknown|invalid|no such) model"
_SECRET = re.compile(r"\b(?:sk|pk|key)-[\w*.-]{6,}|(?<=Bearer )\S+", re.I)


def said(body: object, *, info: ProviderInfo | None = None) -> str:
    """What an error's body says in short: code, type and message, without keys; "" for an error page."""
    if isinstance(body, dict):
        inner = body.get("error", body)
        inner = inner if isinstance(inner, dict) else {"message": inner}
        kind = inner.get("code") or inner.get("type")
        text = ": ".join(str(part) for part in (kind, inner.get("message")) if part) or json.dumps(body)
    else:
        text = "" if body is None else str(body)
    # Before it is cut: half a key would not be known as one any more.
    text = Redaction(variables=(info.key_name,), addresses=(info.base_url,)).masked(text) if info else text
    return _SECRET.sub("[key]", "" if "<" in text else clean_text(text))[:300].strip()


def fault(status: int, body: object, *, info: ProviderInfo, headers: Mapping[str, str] | None = None) -> ProviderError:
    """The error of an answer with this status (or of an error inside a stream, with the status it stands for)."""
    text = said(body, info=info)
    found = _permanent(status, text, info)
    if found is not None:
        return found
    reason, name = text or "no reason given", info.provider
    if status in TRANSIENT or status >= 500:
        failed = {429: "has too many requests and answered 429", 529: "is overloaded and answered 529"}
        what = _one_stop(f"{name} {failed.get(status, f'failed with status {status}')}: {reason}.")
        return TransientError(what, "Try again later.", status=status, retry_after=wait_asked(headers or {}))
    what = _one_stop(f"{name} refused the request with status {status}: {reason}.")
    return PermanentError(what, "Check the model and its settings.", status=status, named=False)


def _permanent(status: int, text: str, info: ProviderInfo) -> ProviderError | None:
    name, model, key = info.provider, info.model, info.key_name
    what = do = ""
    if status == 402 or (_says(info.no_credit, text) and status in (400, 403, 429)):
        what = _one_stop(f"{name} says that the account has no credit left: {text or 'payment required'}.")
        return PermanentError(what, "Add credit to it, or choose another model.", status=status, quota=True)
    if 300 <= status < 400:
        what, do = f"{name} answered with a redirect, which is not followed.", "Check the base address."
    elif status not in (400, 401, 403, 404, 413, 415, 422):
        return None
    elif status == 401 or _says(info.bad_key, text):
        what, do = f"{name} refused the key, asked for model {model}.", f"Check {key}."
    elif status == 404 or _says(_MODEL, text):
        what = f"{name} has no model {model} at this address."
        do = "See `ourtake models --ping`, or check the base address."
    elif status == 413 or _says(_CONTEXT, text):
        return too_long(info, status=status)
    elif _says(_FILTER, text):
        what = _one_stop(f"{name}'s content filter stopped this take: {text}.")
        return AnswerError(what, "Choose another provider, or write it by hand.", status="filtered")
    elif status == 403:
        what = f"The key for {name} may not use model {model}."
        do = f"Check the permissions of {key}, or choose another model."
    return PermanentError(what, do, status=status, lasting=True) if what else None


def too_long(info: ProviderInfo, *, status: int | None = None) -> PermanentError:
    """A prompt that the model's context window can't hold."""
    what = f"The prompt is too long for {info.provider}:{info.model}."
    do = "Choose a model with a larger context window, or offer fewer articles (offered in [lookup])."
    return PermanentError(what, do, status=status)


def fault_in_stream(error: object, *, info: ProviderInfo, otherwise: int = 500) -> ProviderError:
    """The error that arrives inside a success status, with the status that its type stands for, or `otherwise`."""
    text = said({"error": error} if isinstance(error, dict) else error, info=info)
    kinds = ((info.no_credit, 429), *_IN_STREAM)
    status = next((number for pattern, number in kinds if _says(pattern, text)), otherwise)
    if status == 200:
        found = not_an_answer(info.provider)
        found.what = _one_stop(f"{info.provider} answered with an error instead of a reply: {text}.")
        return found
    return fault(status, {"error": error}, info=info)


_IN_STREAM = (
    ("overloaded", 529),
    ("rate_limit", 429),
    ("authentication", 401),
    ("permission", 403),
    ("not_found", 404),
    ("invalid_(?:request|prompt)", 400),
    (_FILTER, 400),
    (_CONTEXT, 400),
)


def broken(error: BaseException, *, info: ProviderInfo, host: str) -> ProviderError | None:
    """The error of a connection that failed: status 0 where nothing can have been sent, None where nobody knows.
    Returns None for an error that is not a connection's.
    """
    causes = list(_causes(error))
    # Only what was raised on the way of this request, which the SDK wraps: an error that is being handled further out
    # is in the chain, too.
    ours = next((cause for cause in _causes(error, wrapped=True) if isinstance(cause, ProviderError)), None)

    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if ours is not None:
        return ours
    if among(ssl.SSLError) or any("CERTIFICATE_VERIFY" in str(cause) for cause in causes):
        what = f"The certificate of {host} can't be verified."
        return PermanentError(what, "Check the base address and the machine's clock.", lasting=True)
    if among(httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
        what = f"{info.provider} could not be reached at {host}."
        return TransientError(what, "Check the network and the address.", status=0)
    if among(httpx2.TransportError, httpx2.DecodingError, httpx2.StreamError):
        what = f"The connection to {info.provider} broke before its answer was whole; it may have been billed."
        return TransientError(what, "Try again, a draft with --retry-unknown; check the network if it happens again.")
    if among(httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError):
        what = f"The base address or the key of {info.provider} has characters that can't be sent."
        return PermanentError(what, f"Check base_url and {info.key_name}.", lasting=True)
    return None


def _causes(error: BaseException | None, *, wrapped: bool = False) -> Iterator[BaseException]:
    """An error and those behind it; `wrapped`: only those that it was raised from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ if wrapped else error.__cause__ or error.__context__


def not_an_answer(provider: str) -> TransientError:
    """A success status over something that no model sends: an error page, null, an object without a reply."""
    what = f"{provider} sent something that is not a model's answer."
    return TransientError(what, "Check the base address of the provider.", status=200)


def too_large() -> PermanentError:
    """An answer that is longer than any take."""
    what = "The provider's answer is too large to be a take."
    return PermanentError(what, "Check the base address of the provider.")


def wait_asked(headers: Mapping[str, str]) -> float | None:
    """The wait in seconds that the provider asks for, from retry-after-ms or Retry-After (seconds or a date)."""
    milliseconds = headers.get("retry-after-ms")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1000)
    except ValueError:
        return None
    return retry_after_seconds(headers.get("retry-after"))


def _says(pattern: str, text: str) -> bool:
    return bool(pattern) and re.search(pattern, text, re.I) is not None


def _one_stop(sentence: str) -> str:
    return re.sub(r"([.!?])\.$", r"\1", sentence)
