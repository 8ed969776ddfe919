"""Where the files that travel with the program are: prompts/ and examples/, inside the wheel or at the top of a
checkout.
"""

from __future__ import annotations

from pathlib import Path


def shipped(name: str) -> Path:
    """The folder `name` ("prompts", "examples"): ourtake/shipped/ in an installed wheel, the repository's top level in
    a checkout.
    """
    here = Path(__file__).resolve().parent
    inside = here / "shipped" / name
    return inside if inside.is_dir() else here.parents[1] / name
