"""Proxies and certificates of the environment, through the real command: for providers and for pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ourtake.config import Intake
from ourtake.errors import FetchError
from ourtake.intake.fetch import Fetcher
from tests.conftest import Run
from tests.intake.site import Answer, serving
from tests.proxy import certificate, proxy_to
from tests.wire.odd_answers import Server, odd_server
from tests.wire.test_failure_rows import add_server, calls
from tests.wire.test_llmock import SOURCE, good_take

PUBLIC = "93.184.215.14"
"""A number that the address guard lets through; the tests' proxy leads to loopback whatever it is asked for."""


@contextmanager
def secure_server(run: Run, paper: Path) -> Iterator[tuple[Server, int, Path]]:
    """A provider over TLS for model.test and localhost, its port and the file of its certificate."""
    file, context = certificate(paper.parent, "DNS:model.test", "DNS:localhost")
    with odd_server(json.dumps(good_take(run, paper)), context) as (server, port):
        yield server, port, file


def draft(run: Run, paper: Path, env: dict[str, str], model: str = "local:fine") -> Any:
    return run("draft", SOURCE, "--model", model, folder=paper, env=env)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_provider_is_asked_through_a_proxy(run: Run, paper: Path, variable: str) -> None:
    with secure_server(run, paper) as (server, port, file), proxy_to(port) as proxy:
        add_server(paper, "local", "https://model.test/v1")
        env = {variable: f"http://me:pass%20word-1@127.0.0.1:{proxy.port}", "SSL_CERT_FILE": str(file)}
        done = draft(run, paper, env)
    assert done.returncode == 0, done.stderr
    assert server.counts["fine"] == len(proxy.asked) == 1 and proxy.asked[0].startswith("CONNECT model.test:443 ")
    assert proxy.authorizations == ["Basic bWU6cGFzcyB3b3JkLTE="]


def test_a_plain_address_goes_through_http_proxy_but_not_where_no_proxy_names_it(run: Run, paper: Path) -> None:
    with odd_server(json.dumps(good_take(run, paper))) as (server, port), proxy_to(port) as proxy:
        add_server(paper, "local", f"http://127.0.0.1:{port}/v1")
        env = {"HTTP_PROXY": f"127.0.0.1:{proxy.port}"}
        assert draft(run, paper, env).returncode == 0
        assert [line.split()[1] for line in proxy.asked] == [f"http://127.0.0.1:{port}/v1/chat/completions"]
        for number, names in enumerate(("localhost,127.0.0.1", "127.0.0.0/8", f"127.0.0.1:{port}", "*")):
            assert draft(run, paper, env | {"NO_PROXY": names}, f"local:direct-{number}").returncode == 0
    assert len(proxy.asked) == 1 and sum(server.counts.values()) == 5


@pytest.mark.parametrize(("refuses", "tries", "do"), [(502, 3, "Check"), (407, 1, "Write its user and password in")])
def test_a_proxy_that_refuses_is_named_and_nothing_is_billed(
    run: Run, paper: Path, refuses: int, tries: int, do: str
) -> None:
    with proxy_to(1, refuses=refuses) as proxy:
        add_server(paper, "local", "https://model.test/v1")
        done = draft(run, paper, {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})
    assert done.returncode == 3 and len(proxy.asked) == tries, done.stderr
    assert "model.test made no connection" in done.stderr and do in done.stderr and "HTTPS_PROXY" in done.stderr
    assert {call["cost_usd"] for call in calls(run, paper, "local")} == {0}


def test_a_proxy_that_is_not_there_is_named(run: Run, paper: Path) -> None:
    add_server(paper, "local", "https://model.test/v1")
    done = draft(run, paper, {"ALL_PROXY": "http://127.0.0.1:1"})
    assert done.returncode == 3 and "model.test through the proxy of ALL_PROXY" in done.stderr, done.stderr
    assert {call["cost_usd"] for call in calls(run, paper, "local")} == {0}


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_certificates_of_the_environment_are_trusted(run: Run, paper: Path, variable: str) -> None:
    with secure_server(run, paper) as (server, port, file):
        add_server(paper, "local", f"https://localhost:{port}/v1")
        done = draft(run, paper, {variable: str(file)})
    assert done.returncode == 0 and server.counts["fine"] == 1, done.stderr


def test_a_certificate_that_is_not_trusted_names_the_variables_and_costs_nothing(run: Run, paper: Path) -> None:
    with secure_server(run, paper) as (server, port, _):
        add_server(paper, "local", f"https://localhost:{port}/v1", '[prices."local:fine"]\ninput = 3\noutput = 15\n')
        done = draft(run, paper, {})
    assert done.returncode == 3 and "The certificate of localhost can't be verified." in done.stderr
    assert "SSL_CERT_FILE or REQUESTS_CA_BUNDLE" in done.stderr and not server.counts
    cost = json.loads(run("calls", "cost", "--json", folder=paper).stdout)["total"]
    assert cost["known_usd"] == cost["unknown_at_most_usd"] == 0


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"HTTPS_PROXY": "gopher://x"}, "HTTPS_PROXY is not the address of a proxy"),
        ({"HTTPS_PROXY": "http://[::1"}, "HTTPS_PROXY is not the address of a proxy"),
        ({"SSL_CERT_FILE": "/nowhere.pem"}, "SSL_CERT_FILE names /nowhere.pem, which can't be read"),
        ({"ALL_PROXY": "socks5://127.0.0.1:1"}, "socksio"),
    ],
)
def test_a_variable_that_cant_be_used_is_named(run: Run, paper: Path, env: dict[str, str], said: str) -> None:
    add_server(paper, "local", "https://model.test/v1")
    done = draft(run, paper, env)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr, done.stderr


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_is_read_through_a_proxy_at_the_number_that_was_judged(run: Run, paper: Path, scheme: str) -> None:
    file, context = certificate(paper.parent, f"IP:{PUBLIC}")
    with serving(context if scheme == "https" else None) as site, proxy_to(site.port) as proxy:
        site.page("/robots.txt", "", title="")
        site.page("/story", "The mill opens again. " * 60, title="A mill reopens")
        env = {f"{scheme.upper()}_PROXY": f"http://127.0.0.1:{proxy.port}", "SSL_CERT_FILE": str(file)}
        done = run("related", f"{scheme}://{PUBLIC}/story", "--json", folder=paper, env=env)
    assert done.returncode == 0 and "/story" in site.asked, done.stderr
    port = 443 if scheme == "https" else 80
    assert {line.rpartition(" ")[0] for line in proxy.asked} == {f"CONNECT {PUBLIC}:{port}"}


@pytest.mark.parametrize("address", ["http://169.254.169.254/latest", "http://127.0.0.1:8080/", "http://localhost/"])
def test_the_address_guard_holds_behind_a_proxy(run: Run, paper: Path, address: str) -> None:
    with proxy_to(1) as proxy:
        done = run("related", address, folder=paper, env={"ALL_PROXY": f"http://127.0.0.1:{proxy.port}"})
    assert done.returncode == 2 and "is not opened" in done.stderr and proxy.asked == []


@pytest.mark.parametrize(("number", "reached"), [(PUBLIC, True), ("10.0.0.1", False), ("::1", False)])
def test_a_name_is_judged_here_and_its_number_goes_to_the_proxy(
    monkeypatch: pytest.MonkeyPatch, number: str, reached: bool
) -> None:
    with serving() as site, proxy_to(site.port) as proxy:
        site.pages["/"] = Answer(b"page")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        fetcher = Fetcher(Intake(timeout_seconds=10), resolver=lambda host, port: [number])
        if reached:
            assert fetcher.get("http://paper.example/").body == b"page"
            assert site.headers[0]["Host"] == "paper.example"
        else:
            with pytest.raises(FetchError, match="is not opened"):
                fetcher.get("http://paper.example/")
    assert proxy.asked == ([f"CONNECT {PUBLIC}:80 HTTP/1.1"] if reached else [])


def test_the_proxy_gets_the_name_of_a_host_that_the_settings_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as site, proxy_to(site.port) as proxy:
        site.pages["/"] = Answer(b"page")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        fetcher = Fetcher(Intake(timeout_seconds=10, allow_hosts=("desk.internal",)), resolver=lambda *_: [])
        assert fetcher.get("http://desk.internal/").body == b"page"
    assert proxy.asked == ["CONNECT desk.internal:80 HTTP/1.1"]
