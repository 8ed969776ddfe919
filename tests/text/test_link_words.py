"""What a link's words may show: in every form, an address or a number that is not the target's is found."""

from __future__ import annotations

import pytest

from ourtake.text.link_words import another_address

URL = "https://www.paper.example/1/"
FORMS = {
    "plain": "quay.example",
    "subdomain of another": "paper.example.quay.example",
    "beside the own": "paper.example sign-in at quay.example",
    "subdomain": "x.paper.example",
    "own host, other path": "paper.example/2",
    "own host, whole": "https://paper.example/2/",
    "own host, port": "paper.example:81",
    "user at host": "https://paper.example@quay.example/1/",
    "mail": "boss@paper.example",
    "mail in brackets": "boss (at) quay (dot) example",
    "a name": "Quay.com: the page",
    "rare top domain": "quay.photography",
    "file's ending": "quay.zip",
    "short host": "t.me/quay",
    "bold": "**quay.example**",
    "half bold": "qu**ay.exa**mple",
    "code": "`quay.example`",
    "tags": "qu<i>ay</i>.exa<wbr>mple",
    "a comment": "quay<!-- x -->.example",
    "zero width": "quay\u200b.exam\u200bple",
    "soft hyphen": "quay\u00ad.example",
    "reference": "quay&#46;example",
    "reference without its end": "quay&#46example",
    "named reference": "quay&period;example",
    "reference in a reference": "quay&amp;#46;example",
    "escaped": "quay\\.example",
    "full-width stop": "quay\uff0eexample",
    "full-width letters": "\uff51\uff55\uff41\uff59.com",
    "ideographic stop": "quay\u3002example",
    "middle dot": "quay\u00b7com",
    "Cyrillic letter": "p\u0430per.example",
    "Cyrillic top": "quay.\u0441om",
    "Greek top": "quay.c\u03bfm",
    "punycode": "xn--80aqaf6b.xn--p1ai",
    "dot in words": "quay dot com",
    "dot in brackets": "quay[.]com",
    "spaces": "quay . com",
    "line end": "quay\n.com",
    "spaced out": "q u a y . c o m",
    "backslashes": "https:\\\\quay.com",
    "no scheme": "//quay.com/in",
    "defanged": "hxxps[:]//quay[.]com",
    "backwards": "\u202emoc.yauq\u202c",
    "backwards by a tag": "<bdo dir=rtl>moc.yauq</bdo>",
    "number of a host": "198.51.100.9",
    "number, spaced": "198 . 51 . 100 . 9",
    "number, octal": "0306.0063.0144.0011",
    "number, hexadecimal": "0xc6336409",
    "number of six": "2001:db8::1",
    "telephone": "+44 20 7946 0000",
    "telephone in brackets": "(555) 010-4567",
    "telephone in words": "call 0800 000 1111 now",
    "telephone, digits": "18005550100",
    "telephone, dashes": "212\u2013555\u20130199",
    "telephone, letters": "1-800-FLOWERS",
    "account": "GB29 NWBK 6016 1331 9268 19",
    "card": "4111 1111 1111 1111",
    "a figure for a letter": "paper.examp1e",
    "a figure for a letter, another": "quay.c0m",
    "rare top domain, a name": "Quay.photography",
    "spaced out, rare letters": "quay . ch",
    "telephone, letters without a prefix": "555-HELPING",
    "short code": "text QUAY to 60777",
    "account of a network": "@quaybank on Telegram",
    "two tags in a comment": "quay<!-- <b>x</b> -->.com",
    "wallet": "0x52908400098527886e0F7030069857D2E4169EE7",
}


@pytest.mark.parametrize("words", FORMS.values(), ids=FORMS)
def test_words_show_another_address(words: str) -> None:
    assert another_address(words, url=URL, title="A title", text="A text about a quay.") is not None


@pytest.mark.parametrize(
    "words",
    [
        "paper.example",
        "www.paper.example",
        "https://www.paper.example/1/",
        "paper.example/1",
        "A title",
        "the years 2019-2024",
        "the years 2019\u20132024",
        "3000-4000 homes",
        "2026-09-10",
        "1 000 000 people",
        "1,000,000",
        "steps 1 2 3 4 5 6 7",
        "Regulation 2016/679",
        "ISO 27001:2022",
        "std::vector",
        "Node.js",
        "a red dot design",
        "how login.gov grew",
        "its policy for every .gov site",
        "the first .gov domains",
        "Lessons of the dot com bubble",
        "850 HOMES planned",
        "the end. In May",
        "what an AI.gov would be",
        "Login.gov, four years on",
        "what @MayorLee wrote",
        "Mme. de Vries",
        "800-1200 homes",
        "case 2023-0456",
        "1.2.2019-3.4.2019",
        "the 2019-PRESENT page",
        "what HELP to 25000 homes cost",
        "a::b",
        "12:30:45",
        "a 3.5. and 4.5 rise",
    ],
)
def test_words_show_the_target_or_nothing(words: str) -> None:
    assert another_address(words, url=URL, title="A title", text="A text about Login.gov and @mayorlee.") is None


def test_an_address_in_the_title_is_the_title_s() -> None:
    assert another_address("What Booking.com asks", url=URL, title="What Booking.com asks of us") is None
    assert another_address("login.gov", url=URL, title="A title", text="about login.gov") is not None


def test_a_title_is_read_as_the_words_are() -> None:
    title = "How quay . com was sold"
    assert another_address(title, url=URL, title=title) is None
