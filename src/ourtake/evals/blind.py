"""Takes as a judge or a person sees them: plain text, and nothing that says who wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ourtake.documents import Take
from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences

_SELF = re.compile(r"\b(?:language model|AI model|as an AI|built-in baseline|baseline writer)\b", re.I)


def blinded(take: Take, names: Iterable[str]) -> str:
    """Headline, summary and body as plain text, without sentences in which a writer names itself.

    `names`: the models that are compared, as provider:model.
    """
    parts = {part for name in names for part in (name, name.partition(":")[2]) if len(part) > 3}
    named = re.compile("|".join(map(re.escape, sorted(parts, key=len, reverse=True))) or r"(?!)", re.I)
    kept = []
    for paragraph in (take.headline, take.summary, *visible(take.body).split("\n\n")):
        whole = [one.text.strip() for one in sentences(paragraph)]
        text = " ".join(one for one in whole if not _SELF.search(one) and not named.search(one))
        if text:
            kept.append(text)
    return "\n\n".join(kept)
