"""Which proxy an address is reached through."""

from __future__ import annotations

import pytest

from ourtake.network import proxy_for


@pytest.mark.parametrize(
    ("listed", "url", "direct"),
    [
        ("example.org", "https://example.org/x", True),
        ("example.org", "https://api.example.org", True),
        (".example.org", "https://api.example.org", True),
        ("*.example.org", "https://api.example.org", True),
        ("example.org", "https://notexample.org", False),
        ("example.org:8443", "https://example.org:8443", True),
        ("example.org:8443", "https://example.org", False),
        ("a.example, 10.0.0.0/8", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("10.0.0.0/8", "https://ten.example", False),
        ("::1", "https://[::1]:80/", True),
        ("[::1]:80", "https://[::1]:80/", True),
        ("LOCALHOST", "https://localhost", True),
        ("*", "https://example.org", True),
        ("", "https://example.org", False),
    ],
)
def test_no_proxy(monkeypatch: pytest.MonkeyPatch, listed: str, url: str, direct: bool) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", listed)
    assert (proxy_for(url) is None) == direct


def test_the_variable_for_the_scheme_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "all.example:1")
    monkeypatch.setenv("HTTP_PROXY", "http://plain.example")
    found = [proxy_for(f"{scheme}://example.org") for scheme in ("http", "https")]
    assert [proxy and (proxy.host, proxy.port) for proxy in found] == [("plain.example", 80), ("all.example", 1)]
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    behind_a_server = proxy_for("http://example.org")
    assert behind_a_server is not None and behind_a_server.host == "all.example"
