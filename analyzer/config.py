"""Settings as frozen values; a settings file is TOML with the same names."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from analyzer.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class ProfileConfig:
    """How totals become profiles (evidence for the numbers: EXPERIMENTS.md, statistics)."""

    level: float = 0.9
    """Probability inside the interval shown; never changes a role."""
    min_posts: int = 10
    """Fewer tagged posts than this: `too_few_posts`."""
    line_low: float = 0.35
    line_high: float = 0.65
    """Creator above `line_high`, influencer below `line_low`, hybrid between."""
    role_probability: float = 0.8
    """A role needs this posterior probability."""
    max_width: float = 0.5
    """A 95 % interval wider than this: `interval_too_wide`."""
    business_share: float = 0.5
    """More than this share of posts promoting the account's own products: `business_page`."""

    def __post_init__(self) -> None:
        """Refuse values no posterior can answer, before hours of work and not after.

        Raises:
            InputError: a value lies outside its range; the message names a usual one.
        """
        open_ranges = {"level": "0.9", "business_share": "0.5", "role_probability": "0.8"}
        for name, usual in open_ranges.items():
            if not 0 < getattr(self, name) < 1:
                raise InputError(
                    f"{name} must lie between 0 and 1, got {getattr(self, name)}; {usual} is usual"
                )
        if not 0 < self.line_low < self.line_high < 1:
            raise InputError(
                f"the lines must be 0 < line_low < line_high < 1, got {self.line_low} and "
                f"{self.line_high}; 0.35 and 0.65 are usual"
            )
        if not 0 < self.max_width <= 1:
            raise InputError(f"max_width must lie above 0 and at most at 1, got {self.max_width}")
        if self.min_posts < 1:
            raise InputError(f"min_posts must be 1 or more, got {self.min_posts}; 10 is usual")


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Config:
    """All settings of an analysis."""

    profile: ProfileConfig = ProfileConfig()
    batch_rows: int = 2048
    """Posts per unit of work; a result does not depend on it."""
    workers: int = 0
    """Processes; 0 means one per core."""
    report_accounts: int = 200
    """Accounts drawn in full in report.html; all of them are in the tables."""

    def __post_init__(self) -> None:
        """Refuse counts that no run can use.

        Raises:
            InputError: a value lies below its range; the message names a usual one.
        """
        least = {"batch_rows": (1, "2048"), "workers": (0, "0"), "report_accounts": (0, "200")}
        for name, (bound, usual) in least.items():
            if getattr(self, name) < bound:
                raise InputError(
                    f"{name} must be {bound} or more, got {getattr(self, name)}; {usual} is usual"
                )


def load_config(path: Path) -> Config:
    """The settings of a TOML file; what it does not name keeps its default.

    Raises:
        InputError: unreadable, an unknown key (the message names the near miss), a wrong type or
            a value out of its range; the message names the file.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not TOML: {error}") from error
    _refuse_unknown(path, values, Config, "")
    if isinstance(values.get("profile"), dict):
        _refuse_unknown(path, values["profile"], ProfileConfig, "profile.")
    try:
        return TypeAdapter(Config).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: {key}: {first['msg']}, got {first['input']!r}") from error
    except InputError as error:  # out of range: the dataclasses know no file
        raise InputError(f"{path}: {error}") from error


def _refuse_unknown(path: Path, values: dict[str, Any], kind: type, prefix: str) -> None:
    known = [f.name for f in fields(kind)]
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean '{prefix}{near[0]}'?" if near else f"known: {', '.join(known)}"
            raise InputError(f"{path}: unknown key '{prefix}{key}'; {hint}")
