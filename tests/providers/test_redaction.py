"""Which spellings of a secret are known, and what is left alone."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

import pytest

from ourtake.config import CompatibleServer, Models, Settings
from ourtake.providers.redaction import Redaction
from ourtake.store.calls import CallEnd, CallStart

KEY = 'qz-4711/"Ab+cd=Ef-secret'
CODED = base64.b64encode(KEY.encode()).decode()
SPELLINGS = {
    "plain": KEY,
    "address": quote(KEY, safe=""),
    "address, small hexadecimal": re.sub("%..", lambda found: found[0].lower(), quote(KEY, safe="")),
    "JSON": json.dumps(KEY)[1:-1],
    "JSON with its slashes": json.dumps(KEY)[1:-1].replace("/", "\\/"),
    "base64": CODED,
    "hexadecimal": KEY.encode().hex(),
    "small letters": KEY.lower(),
    "capitals": KEY.upper(),
    "two lines": f"{KEY[:9]}\n  {KEY[9:]}",
    "two lines in JSON": json.dumps(f"{KEY[:12]}\r\n{KEY[12:]}")[1:-1],
    "base64 over lines": f"{CODED[:10]}\n{CODED[10:]}",
    "spaces between": " ".join(KEY),
    "commas and quotes between": ", ".join(f"'{letter}'" for letter in KEY).strip("'"),
    "nothing that can be seen between": "\u200b".join(KEY),
    "backwards": KEY[::-1],
    "backwards with dots": ".".join(KEY[::-1]),
    "base64 with spaces": " ".join(CODED.rstrip("=")),
    "base32": base64.b32encode(KEY.encode()).decode().rstrip("="),
    "each character escaped in an address": "".join(f"%{ord(one):02X}" for one in KEY).lstrip("%"),
    "escaped twice": quote(quote(KEY, safe=""), safe=""),
    "escapes of JSON": "".join(f"\\u{ord(one):04x}" for one in KEY).lstrip("\\"),
    "escapes of Python": "".join(f"\\x{ord(one):02x}" for one in KEY).lstrip("\\"),
    "numbers of characters": ", ".join(str(ord(one)) for one in KEY),
    "bytes with colons": KEY.encode().hex(":"),
    "wide letters": "".join(chr(ord(one) + 0xFEE0) for one in KEY),
}


@pytest.fixture
def redaction(monkeypatch: pytest.MonkeyPatch) -> Redaction:
    monkeypatch.setenv("DESK_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    return Redaction(
        Settings(
            models=Models(
                servers={"desk": CompatibleServer(base_url="http://me:Harbour+88@h/v1", api_key_env="DESK_KEY")}
            )
        )
    )


@pytest.mark.parametrize("name", SPELLINGS)
def test_each_spelling_is_masked_whole_and_in_pieces(redaction: Redaction, name: str) -> None:
    text = f"You sent none of\n{SPELLINGS[name]} to n r \\n, none."
    masked = redaction.masked(text)
    assert masked.startswith("You sent none of\n[key]") and masked.endswith(" to n r \\n, none.")
    for size in (1, 3, 1000):
        stream = redaction.stream()
        pieces = [stream.add(text[start : start + size]) for start in range(0, len(text), size)]
        assert "".join(pieces) + stream.end() == masked, size


@pytest.mark.parametrize("size", [1, 1000])
def test_a_long_part_of_a_secret_is_masked(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    key = "sk-proj-4711AbCdEfGhIjKlMnOpQrStUv"
    monkeypatch.setenv("OTHER_KEY", key)
    text = f"cut off: {key[:22]}, {' '.join(key[-20:])}; public: {key[:12]}; whole: {key}{key}"
    stream = Redaction().stream()
    shown = "".join(stream.add(text[start : start + size]) for start in range(0, len(text), size)) + stream.end()
    assert Redaction().masked(text) == shown == "cut off: [key], [key]; public: sk-proj-4711; whole: [key][key]"


def test_what_only_resembles_a_secret_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TOKEN", "harbour-wall")
    monkeypatch.setenv("OTHER_KEY", "sk-proj-4711AbCdEfGhIjKl")
    text = "The harbour wall, sk-proj-4711 and sk-proj-0815 are not secrets; nor is a key ABCDEF."
    assert Redaction().masked(text) == text
    assert Redaction().masked("harbour-wall") == "[key]"


@pytest.mark.parametrize("before", ["", "a:", "me:", "user:"])
def test_a_key_within_basic_credentials_is_masked(redaction: Redaction, before: str) -> None:
    coded = base64.b64encode(f"{before}{KEY}".encode()).decode()
    masked = redaction.masked(f"Basic {coded} was refused")
    assert "[key]" in masked and coded[8:-4] not in masked and masked.endswith("was refused")


def test_an_addresss_password_is_masked_and_its_user_is_not(redaction: Redaction) -> None:
    assert redaction.masked("me, Harbour+88, Harbour%2B88, bWU6SGFyYm91cis4OA") == "me, [key], [key], [key]"


def test_every_field_of_others_words_is_clean_and_a_calls_name_stays(redaction: Redaction) -> None:
    words = {"reply": KEY, "request_id": KEY, "error": KEY, "stop_reason": KEY}
    assert KEY not in redaction.clean(CallEnd(state="answered", **words)).model_dump_json()
    start = CallStart(draft_id="d", provider="p", model="m", task="take", request_hash="h", prompt=KEY)
    assert redaction.clean(start) == start.model_copy(update={"prompt": "[key]"})
