"""What a fault says: the server's own words where it has any, and nothing that it did not say."""

from __future__ import annotations

import ssl

import pytest

from ourtake.documents import Usage
from ourtake.errors import AnswerError, PermanentError, TransientError
from ourtake.providers.base import Connection, ProviderInfo, Reply, require_whole
from ourtake.providers.exchange import ApiProvider
from ourtake.providers.faults import broken, fault
from ourtake.providers.openai import OpenAI

INFO = ProviderInfo(provider="local", model="m", key_name="LOCAL_KEY", base_url="http://model.test/v1")
PAGE = "<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>"


@pytest.mark.parametrize("status", [400, 403, 404, 418, 502])
def test_a_page_is_not_shown_and_said_to_be_one(status: int) -> None:
    what = fault(status, PAGE, info=INFO).what
    assert "it sent a web page" in what and "Sign in" not in what and "may not use" not in what


def test_a_403_is_laid_to_the_key_only_in_the_servers_words() -> None:
    assert "may not use model m" in fault(403, {"error": {"message": "No access."}}, info=INFO).what
    assert "may not use" not in fault(403, None, info=INFO).what


def test_signs_of_comparison_are_no_page() -> None:
    error = {"error": {"message": "max_tokens: 6000 <= 4096 does not hold, in <body.max_tokens>"}}
    assert "6000 <= 4096 does not hold, in <body.max_tokens>" in fault(400, error, info=INFO).what


@pytest.mark.parametrize(
    ("stop", "advice"),
    [("length", "Raise max_output_tokens"), ("model_length", "larger context window"), (None, "Ask again")],
)
def test_what_to_do_about_a_cut_off_reply_depends_on_what_cut_it(stop: str | None, advice: str) -> None:
    with pytest.raises(AnswerError, match="cut off") as caught:
        require_whole(Reply(status="cut-off", text="{", stop_reason=stop, usage=Usage(), model="m"))
    assert advice in (caught.value.do or "")


@pytest.mark.parametrize(("text", "status"), [('{"headline": "x"}', "complete"), ('{"headline": "x', "invalid")])
def test_an_answer_without_a_status_is_judged_by_its_text(text: str, status: str) -> None:
    content = [{"type": "output_text", "text": text}]
    provider: ApiProvider = OpenAI(Connection(INFO, key="sk-test"))
    assert provider.whole({"output": [{"type": "message", "content": content}]}).status == status


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] {reason.replace('_', ' ').lower()} (_ssl.c:1)")
    error.reason = reason
    return error


def test_a_server_that_wants_a_certificate_of_ours_has_billed_nothing() -> None:
    # In TLS 1.3 this comes while the answer is read, from the ssl module itself.
    found = broken(tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), info=INFO, host="model.test")
    assert isinstance(found, PermanentError) and found.status == 0
    assert "asks for a client certificate" in found.what


def test_a_secure_connection_that_breaks_may_have_been_billed() -> None:
    found = broken(tls_error("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"), info=INFO, host="model.test")
    assert isinstance(found, TransientError) and found.status is None
