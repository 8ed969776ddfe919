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
from ourtake.network import proxy_for, refused_handshake, tls_failure
from ourtake.providers.base import ProviderInfo
from ourtake.providers.redaction import Redaction
from ourtake.text.plain import visible_only, without_terminal_sequences
from ourtake.values import retry_after_seconds

TRANSIENT = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_CONTEXT = (
    r"context_length_exceeded|exceed_context_size|prompt is too long|maximum context length|"
    r"context (?:window|size|length)|too many tokens"
)
_FILTER = (
    r"content_policy|content[-_ ]filter|content management policy|bio_policy|misalignment_policy|safety_violation|"
    r"safety system"
)
_MODEL = r"model_not_found|\bmodel\b.{0,80}(?:does not exist|not found|not exist)|(?:unknown|invalid|no such) model"
_EMPTY = r"insufficient_quota|billing_|credit balance|insufficient (?:credits|balance)"
_PART = r"(\d{1,9}(?:\.\d{1,9})?)"
_WAIT = re.compile(
    rf'(?:"retry_?delay"\s*:\s*"|\b(?:try|retry) (?:again )?(?:in|after) )(?=\d)'
    rf"(?:{_PART}\s?h(?:ours?)?\s?)?(?:{_PART}\s?m(?!s)(?:in(?:ute)?s?)?\s?)?(?:{_PART}\s?s(?:ec(?:ond)?s?)?)?(?:{_PART}\s?ms)?\b",
    re.IGNORECASE,
)
_PAGE = re.compile(r"<!doctype\b|<html\b|</[a-z]+\s*>", re.IGNORECASE)
_SECRET = re.compile(r"\b(?:sk|pk|key)-[\w*.-]{6,}|(?<=Bearer )\S+", re.I)


def said(body: object, *, info: ProviderInfo | None = None) -> str:
    """What an error's body says in short: code, type and message, without keys and hidden characters; "" for an error
    page.
    """
    body = _unwrapped(body)
    if isinstance(body, dict):
        inner = body.get("error", body)
        inner = inner if isinstance(inner, dict) else {"message": inner}
        kind = inner.get("code") or inner.get("type")
        text = ": ".join(str(part) for part in (kind, inner.get("message")) if part) or json.dumps(body)
    else:
        text = "" if body is None else str(body)
    # Before it is cut: half a key would not be known as one any more.
    text = Redaction(variables=(info.key_name,), addresses=(info.base_url,)).masked(text) if info else text
    return _SECRET.sub("[key]", "" if _PAGE.search(text) else shown(text))[:300].strip()


def _reason(text: str, body: object) -> str:
    """What an error's body says, or why it says nothing."""
    return text or ("it sent a web page" if isinstance(body, str) and _PAGE.search(body) else "no reason given")


def _unwrapped(body: object) -> object:
    """The list of one error, as some gateways send it, is that error."""
    return body[0] if isinstance(body, list) and len(body) == 1 else body


def fault(status: int, body: object, *, info: ProviderInfo, headers: Mapping[str, str] | None = None) -> ProviderError:
    """The error of an answer with this status (or of an error inside a stream, with the status it stands for)."""
    text = said(body, info=info)
    wait = wait_asked(headers or {}, body)
    reason, name = _reason(text, body), info.provider
    found = _permanent(status, text, info, waits=wait is not None, reason=reason)
    if found is not None:
        return found
    if status in TRANSIENT or status >= 500:
        failed = {429: "received too many requests and answered 429", 529: "is overloaded and answered 529"}
        what = _one_stop(f"{name} {failed.get(status, f'failed with status {status}')}: {reason}.")
        return TransientError(what, "Try again later.", status=status, retry_after=wait)
    what = _one_stop(f"{name} refused the request with status {status}: {reason}.")
    return PermanentError(what, "Check the model and its settings.", status=status, named=False)


def _permanent(status: int, text: str, info: ProviderInfo, *, waits: bool, reason: str) -> ProviderError | None:
    """`waits`: the provider says how long to wait, which it would not say of an empty account; `reason`: `text`, or why
    there is none.
    """
    name, model, key = info.provider, info.model, info.key_name
    what = do = ""
    limited = status == 429 and waits and not _says(_EMPTY, text)
    if status == 402 or (_says(info.no_credit, text) and status in (400, 403, 429) and not limited):
        what = _one_stop(f"{name} says that the account has no credit left: {text or 'payment required'}.")
        return PermanentError(what, "Add credit to it, or choose another model.", status=status, quota=True)
    if 300 <= status < 400:
        what, do = f"{name} answered with a redirect, which is not followed.", "Check the base address."
    elif status == 407:
        what, do = f"The proxy for {name} asks for a password.", "Write it in the proxy's address."
    elif status not in (400, 401, 403, 404, 405, 413, 415, 422):
        return None
    elif status == 401 or _says(info.bad_key, text):
        what, do = f"{name} refused the key when asked for model {model}.", f"Check {key}."
    elif _says(_MODEL, text):
        what = _one_stop(f"{name} has no model {model} at this address: {text}.")
        do = "See `ourtake models --ping`, or check the base address."
    elif status in (404, 405):
        what = _one_stop(f"{name} answered {status} when asked for model {model}: {reason}.")
        do = "Check the base address and the model's name. A server with only the chat completions API is set up as "
        return PermanentError(what, f"{do}[models.NAME].", status=status, lasting=True, named=False)
    elif status == 413 or _says(_CONTEXT, text):
        return too_long(info, status=status)
    elif _says(_FILTER, text):
        what = _one_stop(f"{name}'s content filter stopped this take: {text}.")
        return AnswerError(what, "Choose another provider, or write it by hand.", status="filtered")
    elif status == 403 and not text:
        # A firewall's page, or nothing: nobody has said that it is the key.
        what = f"{name} answered 403 when asked for model {model}: {reason}."
        do = f"Check the base address, the permissions of {key}, and anything in between, such as a proxy."
    elif status == 403:
        what = f"The key for {name} may not use model {model}."
        do = f"Check the permissions of {key}, or choose another model."
    return PermanentError(what, do, status=status, lasting=True) if what else None


def too_long(info: ProviderInfo, *, status: int = 0) -> PermanentError:
    """A prompt that the model's context window can't hold; status 0 if it was not sent."""
    what = f"The prompt is too long for {info.provider}:{info.model}."
    do = "Choose a model with a larger context window, or offer fewer articles (offered in [lookup])."
    return PermanentError(what, do, status=status, too_long=True)


def fault_in_stream(error: object, *, info: ProviderInfo, otherwise: int = 500) -> ProviderError:
    """The error that arrives inside a success status, with the status that its type stands for, or `otherwise`."""
    text = said({"error": error} if isinstance(error, dict) else error, info=info)
    kinds = ((info.no_credit, 429), *_IN_STREAM)
    status = next((number for pattern, number in kinds if _says(pattern, text)), _status_in(error) or otherwise)
    if status == 200:
        found = not_an_answer(info.provider)
        found.what = _one_stop(f"{info.provider} answered with an error instead of a reply: {text}.")
        return found
    return fault(status, {"error": error}, info=info)


def _status_in(error: object) -> int | None:
    """The HTTP status that gateways put into the error of the model behind them."""
    for value in (error.get("code"), error.get("status")) if isinstance(error, dict) else ():
        text = str(value)
        if re.fullmatch(r"[45]\d\d", text):
            return int(text)
    return None


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
    """The error of a connection that failed: status 0 if nothing can have been sent, None if nobody knows.
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
    if among(httpx2.ProxyError):
        cause = next(cause for cause in causes if isinstance(cause, httpx2.ProxyError))
        what = _one_stop(f"The proxy for {host} made no connection: {shown(str(cause))}.")
        if str(cause).startswith("407"):
            do = "Write its user and password in the address in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY."
            return PermanentError(what, do, status=0, lasting=True)
        return TransientError(what, "Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.", status=0)
    if among(ssl.SSLError) and (among(httpx2.ConnectError) or refused_handshake(causes)):
        # Before the handshake is done nothing is sent, so nothing is billed. In TLS 1.3 a server that wants a
        # certificate of ours says so after its own part, and reads no request before that.
        return PermanentError(*tls_failure(host, causes), status=0, lasting=True)
    if among(httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
        proxy = proxy_for(info.base_url)
        through, check = (f" through the proxy of {proxy.variable}", f" and {proxy.variable}") if proxy else ("", "")
        what = f"{info.provider} could not be reached at {host}{through}."
        return TransientError(what, f"Check the network and the address{check}.", status=0)
    if among(httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, UnicodeError):
        what = f"The base address or the key of {info.provider} has characters that can't be sent."
        return PermanentError(what, f"Check base_url and {info.key_name}.", status=0, lasting=True)
    if among(httpx2.TransportError, httpx2.DecodingError, httpx2.StreamError, ssl.SSLError):
        what = f"The connection to {info.provider} broke before its answer was complete; it may have been billed."
        return TransientError(what, "Try again (a draft with --retry-unknown). If it happens again, check the network.")
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


def wait_asked(headers: Mapping[str, str], body: object = None) -> float | None:
    """The wait in seconds that the provider asks for: from retry-after-ms, Retry-After (seconds or a date), or the
    error's own details ("retryDelay": "2s") or words ("try again in 1.2s").
    """
    milliseconds = headers.get("retry-after-ms")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1000)
    except ValueError:
        return None
    asked = retry_after_seconds(headers.get("retry-after"))
    if asked is not None or not isinstance(body, dict | list):
        return asked
    found = _WAIT.search(json.dumps(body))
    if found is None:
        return None
    parts = [part and float(part) for part in found.groups()]
    if not any(part is not None for part in parts):
        return None
    return sum((part or 0) * unit for part, unit in zip(parts, (3600, 60, 1, 0.001), strict=True))


def shown(text: str) -> str:
    """Text from outside as it may appear on a terminal: without its sequences and hidden characters."""
    return visible_only(without_terminal_sequences(text))


def _says(pattern: str, text: str) -> bool:
    return bool(pattern) and re.search(pattern, text, re.I) is not None


def _one_stop(sentence: str) -> str:
    return re.sub(r"([.!?])\.$", r"\1", sentence)
