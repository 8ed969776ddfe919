"""A provider from an outside package: whatever it raises is an error of ours, and its answer is a Reply."""

from __future__ import annotations

from typing import Any

from ourtake import plugins
from ourtake.errors import OurtakeError, ProviderError
from ourtake.providers.base import OnText, ProviderInfo, Reply, Request


class OutsideProvider:
    """Wraps `bare`, which must have the methods of Provider."""

    def __init__(self, bare: Any, package: str, info: ProviderInfo) -> None:
        for method in ("reply", "close"):
            if not callable(getattr(bare, method, None)):
                raise TypeError(f"{type(bare).__name__} has no method {method}")
        self.bare = bare
        self.name, self.model = info.provider, info.model
        self._package = package

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Raises ProviderError for anything that goes wrong in the package."""
        try:
            found = await self.bare.reply(request, on_text=on_text)
        except OurtakeError:
            raise
        except Exception as error:
            raise self._failed(plugins.in_short(error)) from error
        if not isinstance(found, Reply):
            raise self._failed(f"it answered with a {type(found).__name__} instead of a Reply")
        return found

    def _failed(self, why: str) -> ProviderError:
        what = f"The provider {self.name} of the package {self._package} failed: {why}."
        return ProviderError(what, f"Update {self._package}, or choose another model.")

    async def close(self) -> None:
        """Close connections."""
        try:
            await self.bare.close()
        except Exception as error:
            plugins.warn(f"{self._failed(plugins.in_short(error))}")
