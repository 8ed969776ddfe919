"""What is found behind links: a real server on loopback for every answer, and a resolver of our own where names
matter.
"""

from __future__ import annotations

import socket
import time

import pytest

from ourtake.config import Intake
from ourtake.documents import LinkCheck
from ourtake.intake.link_checker import LinkTarget, Names, check_links
from tests.intake.site import Answer, Site, article_page, serving

TITLE = "Data centre asks for forty megawatts"
TEXT = (
    "The company wants forty megawatts for its halls, and the regulator wants to know from where they will come in "
    "winter."
)
HTML = {"Content-Type": "text/html; charset=utf-8"}


def limits(site: Site, **more: object) -> Intake:
    given = {"allow_hosts": (f"127.0.0.1:{site.port}",), "seconds_between_requests": 0, "timeout_seconds": 2}
    return Intake.model_validate(given | more)


def one(site: Site, path: str, title: str = TITLE, **more: object) -> LinkCheck:
    return check_links([LinkTarget(site.url + path, title)], limits(site, **more))[0]


def page(text: str = TEXT, *, title: str = TITLE, status: int = 200) -> Answer:
    return Answer(article_page(text, title=title).encode(), status, HTML)


def test_a_page_that_is_there(site: Site) -> None:
    site.pages["/story"] = page(title=f"{TITLE} &#8211; The Lantern Quarter")
    found = one(site, "/story")
    assert (found.status, found.code, found.final, found.title) == (
        "ok",
        200,
        f"{site.url}/story",
        f"{TITLE} \u2013 The Lantern Quarter",
    )
    assert site.asked == ["/story"]


@pytest.mark.parametrize("status", [404, 410])
def test_dead(site: Site, status: int) -> None:
    site.pages["/story"] = page(status=status)
    found = one(site, "/story")
    assert (found.status, found.code) == ("dead", status)


@pytest.mark.parametrize("status", [400, 401, 403, 405, 429, 451, 500, 502, 503, 504])
def test_neither_dead_nor_fine(site: Site, status: int) -> None:
    site.pages["/story"] = page(status=status)
    found = one(site, "/story")
    assert (found.status, found.code) == ("could-not-check", status) and str(status) in found.reason


def test_a_server_that_hangs_drops_or_is_not_there_could_not_be_checked(site: Site) -> None:
    site.pages["/hangs"] = Answer(raw=lambda _: time.sleep(1.5))
    site.pages["/drops"] = Answer(raw=lambda out: out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<html>"))
    assert one(site, "/hangs", timeout_seconds=0.5).status == "could-not-check"
    assert one(site, "/drops").status == "could-not-check"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        found = check_links(
            [LinkTarget(f"http://127.0.0.1:{port}/x", "")], limits(site, allow_hosts=(f"127.0.0.1:{port}",))
        )[0]
    assert found.status == "could-not-check" and found.code is None


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/x", "http://169.254.169.254/latest", "http://router.local/", "http://localhost:80/x"],
)
def test_an_address_inside_a_private_network_is_not_opened(site: Site, address: str) -> None:
    found = check_links([LinkTarget(address, "")], limits(site))[0]
    assert found.status == "could-not-check" and "is not opened" in found.reason


def test_a_redirect_into_a_private_network_is_not_followed(site: Site) -> None:
    site.pages["/story"] = Answer(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
    assert one(site, "/story").status == "could-not-check"


def test_redirects_are_kept(site: Site) -> None:
    site.pages["/old"] = Answer(status=301, headers={"Location": "/older"})
    site.pages["/older"] = Answer(status=302, headers={"Location": "/new"})
    site.pages["/new"] = page()
    assert (found := one(site, "/old")).status == "ok" and found.final == f"{site.url}/new"
    site.pages["/new"] = Answer(status=302, headers={"Location": "/old"})
    assert "redirected more than" in one(site, "/old").reason


@pytest.mark.parametrize(
    "title",
    [
        "Page not found",
        "404 Not Found",
        "Error 404",
        "404",
        "Not found | The Lantern Quarter",
        "Oops! That page can\u2019t be found.",
        "Sorry, this page does not exist",
        "The page you requested could not be found - Site",
        "Seite nicht gefunden",
        "This article is no longer available",
        "We couldn't find that page",
    ],
)
def test_a_page_that_says_that_it_is_missing_is_dead(site: Site, title: str) -> None:
    site.pages["/story"] = page("Nothing to see.", title=title)
    found = one(site, "/story")
    assert found.status == "dead" and found.code == 200, found
    assert one(site, "/story", title="").status == "dead"


@pytest.mark.parametrize(
    "title",
    ["Found and not lost: a ledger", "Why 404 pages matter", "Who was not found guilty", "Area 404 opens on Monday"],
)
def test_a_page_about_missing_things_is_not_missing(site: Site, title: str) -> None:
    site.pages["/story"] = page(title=title)
    assert one(site, "/story", title="").status == "ok"


def test_an_article_called_not_found_is_there(site: Site) -> None:
    site.pages["/story"] = page(title="Not found")
    assert one(site, "/story", title="Not found").status == "ok"


def test_an_article_that_leads_to_the_home_page_is_dead(site: Site) -> None:
    site.pages["/story"] = Answer(status=302, headers={"Location": "/"})
    site.pages["/"] = page("Welcome.", title="The Lantern Quarter")
    found = one(site, "/story")
    assert found.status == "dead" and "home page" in found.reason
    assert one(site, "/", title="The Lantern Quarter").status == "ok"


def test_the_page_that_a_host_shows_for_any_address_is_dead(site: Site) -> None:
    site.pages["/news/story"] = page(
        "All our stories of the week, and what readers said about them in letters.", title="The Lantern Quarter"
    )
    site.every = lambda path: page(
        f"All our stories of the week, and what readers said about them in letters. {path}", title="The Lantern Quarter"
    )
    found = one(site, "/news/story")
    assert found.status == "dead" and "does not exist" in found.reason
    site.pages["/news/other"] = page(title="Something else altogether happened in the town on Monday")
    assert one(site, "/news/other").status == "ok"


def test_a_page_made_in_the_browser_could_not_be_checked(site: Site) -> None:
    shell = Answer(
        b'<html><head><title>App</title></head><body><div id="root"></div><script>go()</script></body></html>',
        headers=HTML,
    )
    site.pages["/story"] = shell
    site.every = lambda _: shell
    assert one(site, "/story").status == "could-not-check"
    # Its title alone is enough where it is the right one.
    site.pages["/story"] = Answer(shell.body.replace(b"App", TITLE.encode()), headers=HTML)
    assert one(site, "/story").status == "ok"


def test_the_head_is_enough_for_what_is_no_web_page(site: Site) -> None:
    site.heads["/report.pdf"] = Answer(headers={"Content-Type": "application/pdf"})
    assert one(site, "/report.pdf", title="").status == "ok"
    assert site.asked == ["HEAD /report.pdf"]


@pytest.mark.parametrize("status", [403, 404, 405, 500, 501])
def test_a_head_that_is_refused_decides_nothing(site: Site, status: int) -> None:
    site.heads["/story"] = Answer(status=status)
    site.pages["/story"] = page()
    assert one(site, "/story", title="").status == "ok"
    assert site.asked[:2] == ["HEAD /story", "/story"]


def test_a_short_rest_is_taken_a_long_one_ends_it(site: Site) -> None:
    answers = iter([Answer(status=429, headers={"Retry-After": "0"}), page()])
    site.pages["/story"] = lambda _: next(answers)
    assert one(site, "/story").status == "ok"
    site.pages["/busy"] = Answer(status=503, headers={"Retry-After": "3600"})
    site.asked.clear()
    found = check_links([LinkTarget(f"{site.url}/busy", TITLE), LinkTarget(f"{site.url}/story", TITLE)], limits(site))
    assert [check.status for check in found] == ["could-not-check", "could-not-check"] and site.asked == ["/busy"]


class Clock:
    """A clock that stands still and notes how long it is asked to wait."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def test_a_host_is_given_its_pause_and_others_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("ourtake.intake.link_checker.time", clock)
    with serving() as one_site, serving() as other:
        for site in (one_site, other):
            site.pages.update({f"/{n}": page() for n in range(3)})
        wanted = [LinkTarget(f"{site.url}/{n}", TITLE) for n in range(3) for site in (one_site, other)]
        hosts = (f"127.0.0.1:{one_site.port}", f"127.0.0.1:{other.port}")
        found = check_links(wanted, limits(one_site, allow_hosts=hosts, seconds_between_requests=0.2))
    assert [check.status for check in found] == ["ok"] * 6
    assert [check.url for check in found] == [item.url for item in wanted]
    assert sorted(clock.waits) == [0.0] * 2 + [0.2] * 4, "each host's first request at once"


def test_a_name_that_does_not_exist_is_dead_only_where_other_names_are_found(site: Site) -> None:
    def unknown(host: str, _: int) -> list[str]:
        if host == "here.example":
            return ["127.0.0.1"]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    gone = LinkTarget("http://gone.example/x", "")
    found = check_links([gone], limits(site), names=Names(unknown))[0]
    assert found.status == "could-not-check" and "is there a network" in found.reason
    site.pages["/story"] = page()
    hosts = {"allow_hosts": (f"here.example:{site.port}",)}
    both = check_links(
        [gone, LinkTarget(f"http://here.example:{site.port}/story", TITLE)], limits(site, **hosts), names=Names(unknown)
    )
    assert [check.status for check in both] == ["dead", "ok"]


def test_a_resolver_in_trouble_makes_nothing_dead(site: Site) -> None:
    def trouble(host: str, _: int) -> list[str]:
        if host == "here.example":
            return ["127.0.0.1"]
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    hosts = {"allow_hosts": (f"here.example:{site.port}",)}
    wanted = [LinkTarget("http://gone.example/x", ""), LinkTarget(f"http://here.example:{site.port}/story", TITLE)]
    assert check_links(wanted, limits(site, **hosts), names=Names(trouble))[0].status == "could-not-check"
