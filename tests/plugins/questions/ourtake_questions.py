"""A metric for ourtake: how many questions a take asks its readers."""

from __future__ import annotations

from ourtake.evals.metrics import Measured, Metric


def questions(seen: Measured) -> float | None:
    """The number of question marks in summary and body; None where there is no take."""
    take = seen.result.take
    return None if take is None else float((take.summary + take.body).count("?"))


METRIC = Metric("questions", "Questions", "question marks in summary and body", questions, better="neither")
