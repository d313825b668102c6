"""Settings as frozen values; a settings file is TOML with the same names."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from analyzer.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_STRICT = ConfigDict(extra="forbid")
_Settings = TypeVar("_Settings")


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
    """No role is probable enough: with a 95 % interval wider than this `interval_too_wide` or
    `not_measured_platform`, else `near_a_line`."""
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


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class TrainConfig:
    """How a PhoBERT is fine-tuned; the defaults are usual ones, not tuned by us."""

    epochs: int = 6
    """Passes over the training posts at most; `patience` ends it sooner."""
    batch: int = 32
    learning_rate: float = 2e-5
    warm_up: float = 0.06
    """Share of the steps in which the rate rises."""
    weight_decay: float = 0.01
    class_weight: float = 0.5
    """0 weighs all posts alike, 1 all classes; what is answered is corrected for it."""
    evaluations: int = 2
    """Looks at the accounts held back to stop, and checkpoints, in an epoch."""
    patience: int = 3
    """Looks without a gain after which training ends."""
    sub_words: int = 254
    """Of a post, from its beginning, that are trained on; 256 with <s> and </s>."""
    held_out: float = 0.2
    """Share of the accounts that calibrate and measure; never trained on."""
    stop: float = 0.1
    """Share of the accounts that say when to stop; neither trained on nor measured on."""
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse values that no run can use.

        Raises:
            InputError: a value lies outside its range; the message names a usual one.
        """
        usual = TrainConfig.__dataclass_fields__
        for name in ("epochs", "batch", "evaluations", "patience", "sub_words"):
            if getattr(self, name) < 1:
                raise InputError(
                    f"{name} must be 1 or more, got {getattr(self, name)}; "
                    f"{usual[name].default} is usual"
                )
        for name in ("learning_rate", "held_out", "stop"):
            if not 0 < getattr(self, name) < 1:
                raise InputError(
                    f"{name} must lie between 0 and 1, got {getattr(self, name)}; "
                    f"{usual[name].default} is usual"
                )
        for name in ("warm_up", "weight_decay", "class_weight"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(
                    f"{name} must lie from 0 to 1, got {getattr(self, name)}; "
                    f"{usual[name].default} is usual"
                )
        if self.held_out + self.stop >= 1:
            raise InputError(
                "held_out and stop leave no account to train on; 0.2 and 0.1 are usual"
            )
        if self.seed < 0:
            raise InputError(f"seed must be 0 or more, got {self.seed}")


def load_config(path: Path) -> Config:
    """The settings of an analysis in a TOML file; what it does not name keeps its default.

    Raises:
        InputError: unreadable, an unknown key (the message names the near miss), a wrong type or
            a value out of its range; the message names the file.
    """
    return _loaded(path, Config)


def load_train_config(path: Path) -> TrainConfig:
    """The settings of a training run; as `load_config`."""
    return _loaded(path, TrainConfig)


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file.

    Raises:
        InputError: unreadable, or not TOML; the message names the file.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not TOML: {error}") from error


def _loaded(path: Path, kind: type[_Settings]) -> _Settings:
    values = read_toml(path)
    _refuse_unknown(path, values, kind, "")
    if isinstance(values.get("profile"), dict):
        _refuse_unknown(path, values["profile"], ProfileConfig, "profile.")
    try:
        return TypeAdapter(kind).validate_python(values)
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
