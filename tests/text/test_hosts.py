"""Addresses that a reader sees: tables of what is one, in every disguise, and of what is prose."""

from __future__ import annotations

import pytest

from ourtake.text.hosts import addresses_shown

SHOWN = {
    "Go to harbour.example:8080 now.": "harbour.example:8080",
    "Go to 198.51.100.9/in now.": "198.51.100.9/in",
    "Go to 198.51.100.9 now.": "198.51.100.9",
    "Pay to bitcoin:1QuayLedger now.": "bitcoin:1QuayLedger",
    "Pay to monero:4QuayLedger.": "monero:4QuayLedger",
    "Call tel:+15550100.": "tel:+15550100",
    "Go to quay[.]example now.": "quay.example",
    "Go to quay (dot) example now.": "quay.example",
    "Go to quay.example\u2044in now.": "quay.example/in",
    "Go to \uff48\uff54\uff54\uff50\uff1a\uff0f\uff0fquay.example now.": "http://quay.example",
    "Go to hxxp://quay.example now.": "hxxp://quay.example",
    "Go to quay\u3002example now.": "quay.example",
    "Go to quay\u200b.exam\u200dple now.": "quay.example",
    "Go to quay\\.example now.": "quay.example",
    "Go to quay&#46;example now.": "quay.example",
    "Go to **quay.example** now.": "quay.example",
    "Go to `quay.example` now.": "quay.example",
    "Go to _quay.example_ now.": "quay.example",
    "Go to \u043f\u0440\u0438\u0447\u0430\u043b.\u0440\u0444 now.": "\u043f\u0440\u0438\u0447\u0430\u043b.\u0440\u0444",
    "Go to xn--80aqaf6b.xn--p1ai now.": "xn--80aqaf6b.xn--p1ai",
    "Go to [2001:db8::7]/in now.": "[2001:db8::7]/in",
    "Write to clerk@quay.example now.": "clerk@quay.example",
    "Go to quayquayquay.onion now.": "quayquayquay.onion",
    "See www.quay.example.": "www.quay.example",
    "See main.py/in.": "main.py/in",
    "Go to quay&#46example now.": "quay.example",
    "Go to t.me/quay now.": "t.me/quay",
    "Pay 0x52908400098527886e0F7030069857D2E4169EE7 now.": "0x52908400098527886e0F7030069857D2E4169EE7",
    "Pay bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq now.": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
}


@pytest.mark.parametrize("text", SHOWN)
def test_an_address_is_seen_as_a_reader_sees_it(text: str) -> None:
    found = addresses_shown(text)
    assert [(item.address, item.kind == "name") for item in found] == [(SHOWN[text], False)]
    assert all(text[item.span.start : item.span.end] == item.span.text for item in found)


@pytest.mark.parametrize(
    "text",
    [
        "It runs on Node.js and/or ASP, e.g. at 3.5 or 10.5m, i.e. not in St. Mary.",
        "At 10:30 p.m. the U.S. and the U.K./E.U. voted 3:2, a.k.a. a draw, No.10 said.",
        "See report.pdf, main.py, README.md and photo.jpeg, in version 1.2.3.4 of the plan.",
        "That was the end.In May it rained.Is that so?",
        "The data: three of four. Re: the note said:nothing. A Ph.D. from D.C., et.al, in 24/7 use.",
        "The 9.30 train, J.Crew, U.S.-led talks, vs. 1.000.000 others.",
        "Digest 3f786850e387550fdab836ed7e6dc881de23001b of 12345678901234567890123456789 counterrevolutionarieswere.",
    ],
)
def test_prose_shows_no_address(text: str) -> None:
    assert addresses_shown(text) == ()


def test_a_publication_s_name_is_a_name() -> None:
    assert [item.kind for item in addresses_shown("Forbes.com, GOV.UK and Booking.com")] == ["name"] * 3
    assert [item.kind for item in addresses_shown("Forbes.com/x, Sub.forbes.com, forbes.com")] == [
        "address",
        "host",
        "host",
    ]
