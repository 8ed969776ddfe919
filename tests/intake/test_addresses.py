"""Which addresses are opened: a table of them, and names that lead where they should not."""

from __future__ import annotations

import ipaddress

import pytest

from ourtake.config import Intake
from ourtake.errors import FetchError
from ourtake.intake.addresses import check_address, refused_ip
from ourtake.intake.fetch import Fetcher
from tests.intake.site import Answer, Site

BLOCKED = [
    *(
        "ftp://paper.example/",
        "file:///etc/hosts",
        "//paper.example/",
        "paper.example",
        "",
        "https://",
        "https:///x",
        "mailto:a@paper.example",
    ),
    *(
        "http://127.9.8.7/",
        "http://10.1.2.3/",
        "http://172.20.0.9/",
        "http://192.168.7.7/",
        "http://169.254.7.7/",
        "http://0.0.0.0/",
    ),
    *(
        "http://100.99.1.1/",
        "http://224.0.0.5/",
        "http://250.1.1.1/",
        "http://192.88.99.2/",
        "http://198.18.0.1/",
        "http://168.63.129.16/",
    ),
    *(
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://010.0.0.1/",
        "http://8.8.8.08/",
        "http://1.2.3.4.5/",
    ),
    *(
        "http://[::1]/",
        "http://[::]/",
        "http://[::7f00:1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
    ),
    *(
        "http://[fc12::1]/",
        "http://[fec0::1]/",
        "http://[ff05::2]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:1::]/",
    ),
    *("http://[3fff::1]/", "http://[4000::1]/", "http://[::ffff:0:10.0.0.1]/", "http://[1.2.3.4]/"),
    *(
        "http://localhost/",
        "http://LocalHost./",
        "http://news.localhost/",
        "http://printer/",
        "http://wiki.corp/",
        "http://box.local/",
        "http://a.home.arpa/",
    ),
    *(
        "http://editor@paper.example/",
        "http://editor:pw@paper.example/",
        "http://paper.example:25/",
        "http://paper.example:5432/",
    ),
    *(
        "http://paper.example:99999/",
        "http://paper.example:x/",
        "http://paper.example\\@10.0.0.1/",
        "http://pa per.example/",
        "http://paper\t.example/",
    ),
    *(
        "http://paper%2eexample/",
        "http://-.example/",
        "http://" + "a" * 64 + ".example/",
        "http://\u2488.\u2488.\u2488.\u2488/",
        "http://\uff11\uff10.0.0.1/",
    ),
    "https://paper.example/" + "x" * 9000,
]
ALLOWED = [
    *(
        "http://paper.example",
        "https://paper.example/a?b=c#d",
        "https://paper.example:8443/",
        "HTTPS://Paper.Example/A",
        "https://8.8.8.8/dns",
    ),
    *(
        "https://b\u00fccher.example/",
        "https://10.0.0.1.example/",
        "https://localhost.paper.example/",
        "https://[2606:4700::1111]/",
        "https://paper.example./",
    ),
    *(
        "https://paper.example/?next=http://10.0.0.1/",
        "https://paper.example/@editor",
        "https://paper.example/caf\u00e9",
        "https://a_b.example/",
    ),
]


@pytest.mark.parametrize("url", BLOCKED)
def test_blocked(url: str) -> None:
    with pytest.raises(FetchError):
        check_address(url)


@pytest.mark.parametrize("url", ALLOWED)
def test_allowed(url: str) -> None:
    assert check_address(url).host


def test_what_is_sent_is_what_was_judged() -> None:
    found = check_address("HTTP://B\u00fccher.EXAMPLE:80/caf\u00e9 ".strip() + "?q=\u00fc#x")
    assert found.url == "http://xn--bcher-kva.example/caf%C3%A9?q=%C3%BC" and found.netloc == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("entry", "url", "opened"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8001/", False),
        ("127.0.0.1", "http://127.0.0.1:8080/", True),
        ("127.0.0.1", "http://127.0.0.1:22/", False),
        ("intranet.example:5000", "http://intranet.example:5000/", True),
        ("Intranet", "http://intranet/", True),
        ("[::1]:8000", "http://[::1]:8000/", True),
        ("intranet.example", "http://editor@intranet.example/", False),
    ],
)
def test_hosts_of_the_settings(entry: str, url: str, opened: bool) -> None:
    if opened:
        assert check_address(url, allow_hosts=[entry]).allowed
    else:
        with pytest.raises(FetchError):
            check_address(url, allow_hosts=[entry])


@pytest.mark.parametrize("number", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "fd00:ec2::254"])
def test_an_allowed_name_may_not_lead_everywhere(number: str) -> None:
    assert refused_ip(ipaddress.ip_address(number), allowed=True)


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["2606:4700::1111", "::1"],
        ["fe80::1%eth0"],
        ["::ffff:169.254.169.254"],
    ],
)
def test_a_public_name_that_leads_inside(site: Site, answers: list[str]) -> None:
    fetcher = Fetcher(Intake(), resolver=lambda host, port: answers)
    with pytest.raises(FetchError, match=r"is not opened: its address .* is "):
        fetcher.get("http://paper.example/")
    assert site.asked == []


def test_a_name_is_resolved_once_and_the_connection_goes_there(site: Site) -> None:
    site.pages["/"] = Answer(b"hello")
    asked: list[str] = []

    def turning(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    fetcher = Fetcher(Intake(allow_hosts=(f"paper.test:{site.port}",)), resolver=turning)
    assert fetcher.get(f"http://paper.test:{site.port}/").body == b"hello"
    assert asked == ["paper.test"] and site.headers[0]["Host"] == f"paper.test:{site.port}"


def test_an_unknown_name_is_said() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(FetchError, match=r"paper\.example is not known") as caught:
        Fetcher(Intake(), resolver=unknown).get("http://paper.example/")
    assert caught.value.passing
