"""Rules of other packages (entry point group `ourtake.rules`)."""

from __future__ import annotations

from collections.abc import Iterator

from ourtake import plugins
from ourtake.checks.base import Case, Hit, Rule


def outside_rules() -> Iterator[Rule]:
    """The rows of other packages, each with its package's name; a warning for what is not a Rule."""
    for plugin in plugins.plugins(plugins.RULES):
        single = isinstance(plugin.value, Rule) or not isinstance(plugin.value, list | tuple)
        for row in [plugin.value] if single else plugin.value:
            if isinstance(row, Rule):
                yield _guarded(row._replace(package=plugin.package))
            else:
                plugins.left_out(plugin.name, plugin.package, f"it must name a Rule, not a {type(row).__name__}")


def _guarded(rule: Rule) -> Rule:
    """The rule, which finds nothing and warns where it fails, and whose findings lie within their fields."""
    if not callable(rule.function):
        return rule

    def function(case: Case) -> Iterator[Hit]:
        try:
            hits = list(rule.function(case))
            for hit in hits:
                if not 0 <= hit.start <= hit.end <= len(case.text(hit.field)):
                    raise ValueError(f"a finding from {hit.start} to {hit.end} of the {hit.field}")
        except Exception as error:  # whatever the package runs into
            why = plugins.in_short(error)
            plugins.warn(
                f"The rule {rule.code} of the package {rule.package} failed and was not checked: {why}. "
                f"Update or uninstall {rule.package}."
            )
            return
        yield from hits

    return rule._replace(function=function)
