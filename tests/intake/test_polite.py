"""Politeness: robots.txt, pauses, Retry-After, hosts that are left alone. The clock is a fake, the servers are real."""

from __future__ import annotations

from typing import Any

import pytest

from ourtake.config import Intake
from ourtake.errors import FetchError, HostClosed
from ourtake.intake.fetch import Fetcher
from ourtake.intake.polite import PoliteFetcher
from tests.intake.site import Answer, Site


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


def visiting(site: Site, **limits: Any) -> tuple[PoliteFetcher, Clock]:
    given = Intake(**{"allow_hosts": (f"127.0.0.1:{site.port}",), "timeout_seconds": 5} | limits)
    clock = Clock()
    return PoliteFetcher(Fetcher(given), given, sleep=clock.sleep, clock=lambda: clock.now), clock


def test_robots_txt_is_asked_once_and_obeyed(site: Site) -> None:
    site.pages["/robots.txt"] = Answer(
        b"User-agent: *\nDisallow: /*/private$\nDisallow: /closed/\nAllow: /closed/but/open\n"
    )
    for path in ("/a/private", "/closed/x", "/closed/but/open", "/a/private/not"):
        site.pages[path] = Answer(b"x")
    visitor, _ = visiting(site)
    for path in ("/a/private", "/closed/x"):
        with pytest.raises(FetchError, match=r"may not be read by robots, according to its robots\.txt"):
            visitor.get(site.url + path)
    for path in ("/closed/but/open", "/a/private/not"):
        assert visitor.get(site.url + path).body == b"x"
    assert site.asked == ["/robots.txt", "/closed/but/open", "/a/private/not"]


def test_a_redirect_into_what_robots_may_not_read(site: Site) -> None:
    site.pages["/robots.txt"] = Answer(b"User-agent: ourtake\nDisallow: /closed/\n\nUser-agent: *\nDisallow:\n")
    site.pages["/open"] = Answer(status=302, headers={"Location": "/closed/x"})
    with pytest.raises(FetchError, match="may not be read by robots"):
        visiting(site)[0].get(site.url + "/open")
    assert "/closed/x" not in site.asked


def test_robots_can_be_switched_off(site: Site) -> None:
    site.pages["/robots.txt"], site.pages["/x"] = Answer(b"User-agent: *\nDisallow: /\n"), Answer(b"x")
    assert visiting(site, robots=False)[0].get(site.url + "/x").body == b"x"
    assert site.asked == ["/x"]


@pytest.mark.parametrize(("status", "opened"), [(404, True), (403, True), (410, True), (500, False), (503, False)])
def test_a_robots_txt_that_cannot_be_read(site: Site, status: int, opened: bool) -> None:
    site.pages["/robots.txt"], site.pages["/x"] = Answer(status=status), Answer(b"x")
    visitor, _ = visiting(site)
    if opened:
        assert visitor.get(site.url + "/x").body == b"x"
    else:
        with pytest.raises(FetchError, match=r"The robots.txt of .* can't be read") as caught:
            visitor.get(site.url + "/x")
        assert caught.value.passing and "/x" not in site.asked


@pytest.mark.parametrize(
    ("robots", "pause"),
    [(b"", 1.0), (b"User-agent: *\nCrawl-delay: 7\n", 7.0), (b"User-agent: *\nCrawl-delay: 9999\n", 30.0)],
)
def test_a_pause_between_two_requests_to_a_host(site: Site, robots: bytes, pause: float) -> None:
    site.pages["/robots.txt"] = Answer(robots)
    site.every = lambda path: Answer(b"x")
    visitor, clock = visiting(site)
    for number in range(4):
        visitor.get(f"{site.url}/{number}")
    # The first pause is before the delay is known to hold: it follows the request for robots.txt itself.
    assert clock.slept == [1.0, pause, pause, pause]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(site: Site, status: int) -> None:
    asked = []

    def busy(headers: Any) -> Answer:
        asked.append(1)
        return Answer(status=status, headers={"Retry-After": "17"}) if len(asked) < 3 else Answer(b"x")

    site.pages["/x"] = busy
    visitor, clock = visiting(site, seconds_between_requests=0)
    assert visitor.get(site.url + "/x").body == b"x" and clock.slept == [17.0, 17.0]


def test_a_host_that_asks_for_an_hour_is_left_alone(site: Site) -> None:
    site.pages["/x"] = Answer(status=429, headers={"Retry-After": "3600"})
    site.pages["/y"] = Answer(b"y")
    visitor, clock = visiting(site, robots=False, seconds_between_requests=0)
    for path in ("/x", "/y", "/y"):
        with pytest.raises(HostClosed, match="a wait of 3,600 seconds"):
            visitor.get(site.url + path)
    assert site.asked == ["/x"] and clock.slept == []


def test_an_error_of_the_server_is_not_asked_again_and_a_dead_host_is_given_up(site: Site) -> None:
    site.pages["/broken"] = Answer(status=500)
    site.every = lambda path: Answer(raw=lambda write: None)
    visitor, _ = visiting(site, robots=False, seconds_between_requests=0)
    for _ in range(5):
        with pytest.raises(FetchError):
            visitor.get(site.url + "/broken")
    assert site.asked == ["/broken"] * 5
    for number in range(3):
        with pytest.raises(FetchError, match="can't be read"):
            visitor.get(f"{site.url}/{number}")
    asked = len(site.asked)
    with pytest.raises(HostClosed, match="3 times in a row"):
        visitor.get(site.url + "/4")
    assert len(site.asked) == asked
