"""The installation as it is -> a checkup: what is there, what is broken, what would be slow."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from histqa.errors import SettingsError
from histqa.frontends.doctor import installation, state
from histqa.frontends.doctor.checkup import Check, Checkup, SettingInForce
from histqa.settings import ENVIRONMENT_PREFIX, SETTINGS_FILE, Settings, load_settings


def examine(**given: Any) -> Checkup:
    """Look at everything; what is wrong becomes a Check, never an exception.

    ``given``: settings from the command line, None for those that were not.
    """
    checks: list[Check] = []
    try:
        settings = load_settings(**given)
        in_force = tuple(_settings_in_force(settings, given))
    except SettingsError as error:
        checks.append(Check("settings", "broken", str(error), "until then the defaults are used"))
        settings = Settings()
        in_force = tuple(_in_force(settings, lambda _name: "default"))
    checks += [installation.python(), *installation.packages(), installation.sqlite()]
    checks += [installation.machine(), installation.graphics()]
    model, embedder = state.model(settings)
    checks += [model, state.corpus(settings), *state.index(settings, embedder)]
    return Checkup((*checks, *state.places(settings)), in_force)


def _settings_in_force(settings: Settings, given: Mapping[str, Any]) -> Iterator[SettingInForce]:
    default, from_file = Settings(), load_settings(environment={})

    def origin(name: str) -> str:
        variable = ENVIRONMENT_PREFIX + name.upper()
        if given.get(name) is not None:
            return "the command line"
        if variable in os.environ:
            return f"the variable {variable}"
        return SETTINGS_FILE if getattr(from_file, name) != getattr(default, name) else "default"

    return _in_force(settings, origin)


def _in_force(settings: Settings, origin: Callable[[str], str]) -> Iterator[SettingInForce]:
    for field in fields(settings):
        value = getattr(settings, field.name)
        shown = "(not shown)" if field.name == "secret" and value else value
        yield SettingInForce(field.name, shown, origin(field.name))
