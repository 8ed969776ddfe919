"""One fetch against servers that want to keep us, fill us or send us elsewhere."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ourtake.config import Intake
from ourtake.errors import FetchError
from ourtake.intake.fetch import AGENT, Fetcher
from tests.intake.site import Answer, Site, serving


def fetcher(site: Site, **limits: Any) -> Fetcher:
    return Fetcher(
        Intake(**{"allow_hosts": (f"127.0.0.1:{site.port}",), "timeout_seconds": 10, "max_megabytes": 2} | limits)
    )


def bomb(size: int) -> bytes:
    """As many megabytes of zeros as one gzip stream: a packed block of one megabyte again and again."""
    zeros = b"\0" * 1_000_000
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(size):
        check = zlib.crc32(zeros, check)
    head = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    return head + block * size + packer.flush() + struct.pack("<II", check, size * len(zeros))


def endless(write: Any) -> None:
    write.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        write.write(b"x" * 65536)


def drip(head: bytes) -> Callable[[Any], None]:
    def run(write: Any) -> None:
        write.write(head)
        for _ in range(600):
            write.write(b"x")
            write.flush()
            time.sleep(0.05)

    return run


HOSTILE = {
    "redirect to a metadata service": (
        Answer(status=302, headers={"Location": "http://169.254.169.254/latest/"}),
        "metadata",
    ),
    "redirect to another port of this machine": (
        Answer(status=302, headers={"Location": "http://127.0.0.1:1/"}),
        "it leads to this machine.",
    ),
    "redirect to a file": (Answer(status=301, headers={"Location": "file:///etc/hosts"}), "only http and https"),
    "redirect with a password": (Answer(status=301, headers={"Location": "http://a:b@127.0.0.1/"}), "user name"),
    "redirect to what can't be parsed": (Answer(status=302, headers={"Location": "http://[a/"}), "can't be parsed"),
    "redirect to itself": (Answer(status=302, headers={"Location": "/"}), "redirected more than 5 times"),
    "gzip bomb": (Answer(bomb(200), headers={"Content-Encoding": "gzip"}), "larger than 2 MB"),
    "deflate bomb": (
        Answer(zlib.compress(b"\0" * 50_000_000, 9), headers={"Content-Encoding": "deflate"}),
        "larger than 2 MB",
    ),
    "packed twice": (Answer(gzip.compress(bomb(5)), headers={"Content-Encoding": "gzip, gzip"}), "not requested"),
    "brotli that nobody asked for": (Answer(b"\x1b\x00", headers={"Content-Encoding": "br"}), "not requested"),
    "broken gzip": (Answer(b"\x1f\x8bxxxx", headers={"Content-Encoding": "gzip"}), "damaged"),
    "cut gzip": (
        Answer(gzip.compress(bytes(range(256)) * 90)[:200], headers={"Content-Encoding": "gzip"}),
        "incomplete",
    ),
    "ten gigabytes by its own word": (
        Answer(raw=lambda w: w.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")),
        "10,000 MB",
    ),
    "no end": (Answer(raw=endless), "larger than 2 MB"),
    "cut off": (Answer(raw=lambda w: w.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")), "can't be read"),
    "no HTTP": (Answer(raw=lambda w: w.write(b"SSH-2.0-x\r\n")), "can't be read"),
    "endless headers": (
        Answer(raw=lambda w: w.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100_000)),
        "can't be read",
    ),
    "gone": (Answer(status=410), "the page is gone"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_with_a_reason(site: Site, name: str) -> None:
    site.pages["/"], said = HOSTILE[name]
    with pytest.raises(FetchError) as caught:
        fetcher(site).get(site.url + "/")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: ", b""]
)
def test_a_drip_ends_with_the_time_of_the_whole_fetch(site: Site, head: bytes) -> None:
    site.pages["/"] = Answer(raw=drip(head))
    with pytest.raises(FetchError, match="did not answer completely in 1 second") as caught:
        fetcher(site, timeout_seconds=1).get(site.url + "/")
    assert caught.value.passing


@pytest.mark.parametrize("coding", ["gzip", "deflate", "identity"])
def test_packed_answers(site: Site, coding: str) -> None:
    pack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": lambda b: gzip.compress(b) + gzip.compress(b),
        "deflate": zlib.compress,
        "identity": bytes,
    }
    site.pages["/"] = Answer(pack[coding](b"hello"), headers={"Content-Encoding": coding})
    assert fetcher(site).get(site.url + "/").body.startswith(b"hello")


def test_deflate_without_its_header(site: Site) -> None:
    packer = zlib.compressobj(wbits=-15)
    site.pages["/"] = Answer(packer.compress(b"hello") + packer.flush(), headers={"Content-Encoding": "deflate"})
    assert fetcher(site).get(site.url + "/").body == b"hello"


def test_a_cookie_goes_to_no_other_host_and_no_other_chain(site: Site) -> None:
    with serving() as other:
        settings = Intake(allow_hosts=(f"127.0.0.1:{site.port}", f"localhost:{other.port}"))
        site.pages["/a"] = Answer(
            status=302, headers={"Location": f"http://localhost:{other.port}/b", "Set-Cookie": "x=y"}
        )
        other.pages["/b"] = Answer(b"there")
        one = Fetcher(settings)
        assert one.get(site.url + "/a").body == b"there" and "Cookie" not in other.headers[0]
        site.pages["/a"] = Answer(b"here")
        assert one.get(site.url + "/a").body == b"here" and "Cookie" not in site.headers[1]
        one.close()


def test_redirects_are_followed_and_nothing_of_ours_is_sent_along(site: Site) -> None:
    site.pages["/a"] = Answer(status=301, headers={"Location": "b", "Set-Cookie": "x=y"})
    site.pages["/b"] = Answer(b"there")
    found = fetcher(site).get(site.url + "/a")
    assert (found.url, found.body) == (site.url + "/b", b"there")
    sent = site.headers[1]
    assert (
        sent["User-Agent"] == AGENT
        and sent["Cookie"] == "x=y"
        and "Authorization" not in sent
        and sent["Accept-Encoding"] == "gzip, deflate"
    )


def test_a_page_that_has_not_changed(site: Site) -> None:
    def answer(headers: Any) -> Answer:
        return (
            Answer(status=304)
            if headers["If-None-Match"] == '"v1"'
            else Answer(b"new", headers={"ETag": '"v1"', "Last-Modified": "Tue, 04 Mar 2025 10:00:00 GMT"})
        )

    site.pages["/"] = answer
    first = fetcher(site).get(site.url + "/")
    again = fetcher(site).get(site.url + "/", etag=first.etag, last_modified=first.last_modified)
    assert (first.status, again.status, again.body) == (200, 304, b"") and site.headers[1][
        "If-Modified-Since"
    ] == first.last_modified


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to make a certificate with")
def test_tls_keeps_the_name_and_an_unknown_certificate_is_refused(tmp_path: Path) -> None:
    pair = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=paper.test", *pair]
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    names: list[str | None] = []
    context.sni_callback = lambda _, name, __: names.append(name)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def shake() -> None:
            connection, _ = server.accept()
            with contextlib.suppress(OSError), connection:
                context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=shake, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        guest = Fetcher(
            Intake(allow_hosts=(f"paper.test:{port}",), timeout_seconds=10), resolver=lambda host, port: ["127.0.0.1"]
        )
        with pytest.raises(FetchError, match="certificate") as caught:
            guest.get(f"https://paper.test:{port}/")
        thread.join(10)
    assert names == ["paper.test"] and not caught.value.passing


def test_validators_cannot_smuggle_a_header(site: Site) -> None:
    site.pages["/"] = Answer(b"x")
    fetcher(site).get(site.url + "/", etag='"a"\r\nX-Evil: 1')
    assert "X-Evil" not in site.headers[0]
