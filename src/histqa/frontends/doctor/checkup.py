"""What the doctor found, and how it is shown: as JSON, and as text for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from histqa.frontends.view import printable


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: a "note" is worth knowing (slow, missing), "broken" must be mended."""

    topic: str
    state: Literal["ok", "note", "broken"]
    finding: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """One setting with the place its value comes from."""

    name: str
    value: str | int | float
    origin: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """All that the doctor found."""

    checks: tuple[Check, ...]
    settings: tuple[SettingInForce, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken."""
        return all(check.state != "broken" for check in self.checks)


def as_json(checkup: Checkup) -> dict[str, Any]:
    """The checkup as ``schemas/doctor.json`` describes it."""
    return {
        "format": "histqa-doctor-1",
        "well": checkup.is_well,
        "checks": [asdict(check) for check in checkup.checks],
        "settings": [asdict(setting) for setting in checkup.settings],
    }


def as_text(checkup: Checkup) -> str:
    """The checkup for people: one line a check, its cure below it."""
    lines = []
    for check in checkup.checks:
        state = check.state.upper() if check.state == "broken" else check.state
        lines.append(f"{state:<7} {check.topic:<9} {printable(check.finding)}")
        if check.cure:
            lines.append(f"{'':<17} -> {printable(check.cure)}")
    lines += ["", "settings in force (those not shown have their default)"]
    lines += [
        f"  {setting.name} = {printable(repr(setting.value))}  from {printable(setting.origin)}"
        for setting in checkup.settings
        if setting.origin != "default"
    ] or ["  all are defaults"]
    return "\n".join([*lines, "", _verdict(checkup)]) + "\n"


def _verdict(checkup: Checkup) -> str:
    broken = [check.topic for check in checkup.checks if check.state == "broken"]
    return f"Broken: {', '.join(broken)}." if broken else "Nothing is broken."
