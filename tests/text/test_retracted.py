"""An article that was retracted says so of itself; a story about a retraction doesn't."""

from __future__ import annotations

from typing import Any

import pytest

from ourtake.text.retracted import BEGINNING, retraction

RETRACTED = [
    ("A", "This article has been retracted. We reported that the port chief took payments.", {}),
    ("A", "**This article was withdrawn on 20 March because its claim was false.**\n\nThe subsidy went abroad.", {}),
    ("A", "Editor's note: we have since retracted this story.\n\nThe subsidy went abroad.", {}),
    ("RETRACTED: Port chief took bribes", "The port chief took bribes.", {}),
    ("[Withdrawn] Port chief took bribes", "The port chief took bribes.", {}),
    ("A", "The port chief took bribes.", {"retracted": True}),
    ("A", "The port chief took bribes.", {"Status": "Retracted"}),
    ("A", "The port chief took bribes.", {"withdrawn": "2026-05-01"}),
]
STANDING = [
    ("The journal retracted its study", "The journal has retracted a study. It said the data was false.", {}),
    ("Withdrawn: how the army left Kabul", "The last troops were withdrawn on Tuesday.", {}),
    ("A", "The council's report was withdrawn on Monday, and this article says why.", {}),
    ("A", f"{'The port chief took no bribes. ' * (BEGINNING // 30)}This article was withdrawn.", {}),
    ("A", "The port chief took no bribes.", {"retracted": False, "status": "published", "withdrawn": None}),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text", "keys"), RETRACTED)
def test_a_retraction_is_seen(title: str, text: str, keys: dict[str, Any]) -> None:
    assert retraction(title, text, keys)


@pytest.mark.parametrize(("title", "text", "keys"), STANDING)
def test_what_is_only_about_a_retraction_is_not(title: str, text: str, keys: dict[str, Any]) -> None:
    assert retraction(title, text, keys) == ""


def test_the_notice_is_one_sentence() -> None:
    said = retraction("A", "**This article was retracted on 3 May.** The subsidy went abroad.")
    assert said.strip("*") == "This article was retracted on 3 May."
