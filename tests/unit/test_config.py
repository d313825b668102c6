"""Settings files: the shipped one equals the defaults, and mistakes are named with their remedy."""

from __future__ import annotations

import os
import tomllib
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from analyzer.config import Config, ProfileConfig, load_config
from analyzer.errors import InputError

DEFAULT = Path(__file__).parents[2] / "configs" / "default.toml"


def settings(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_is_the_defaults() -> None:
    assert load_config(DEFAULT) == Config()


def test_the_shipped_file_names_every_key_and_explains_it() -> None:
    values = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    assert values.keys() == {f.name for f in fields(Config)}
    assert values["profile"].keys() == {f.name for f in fields(ProfileConfig)}
    lines = DEFAULT.read_text(encoding="utf-8").splitlines()
    keys = [n for n, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert len(keys) == len(fields(Config)) - 1 + len(fields(ProfileConfig))
    assert [lines[n] for n in keys if not lines[n - 1].startswith("# ")] == []


def test_what_a_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    assert load_config(settings(tmp_path, "")) == Config()
    found = load_config(settings(tmp_path, "workers = 3\n[profile]\nlevel = 0.8\nmin_posts = 4\n"))
    assert found == replace(
        Config(), workers=3, profile=replace(ProfileConfig(), level=0.8, min_posts=4)
    )


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Config().workers = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("worker = 2", "unknown key 'worker'; did you mean 'workers'?"),
        (
            "[profile]\nmin_post = 3",
            "unknown key 'profile.min_post'; did you mean 'profile.min_posts'?",
        ),
        ("zzz = 1", "unknown key 'zzz'; known: profile, batch_rows, workers, report_accounts"),
        ("[profiles]\nlevel = 0.8", "unknown key 'profiles'; did you mean 'profile'?"),
    ],
)
def test_an_unknown_key_names_the_near_miss(tmp_path: Path, text: str, message: str) -> None:
    path = settings(tmp_path, text)
    with pytest.raises(InputError) as error:
        load_config(path)
    assert str(error.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ('workers = "many"', "workers", "'many'"),
        ("[profile]\nlevel = [0.9]", "profile.level", "[0.9]"),
        ("[profile]\nmin_posts = 2.5", "profile.min_posts", "2.5"),
        ("profile = 3", "profile", "3"),
    ],
)
def test_a_wrong_type_names_the_key_and_the_value(
    tmp_path: Path, text: str, key: str, value: str
) -> None:
    path = settings(tmp_path, text)
    with pytest.raises(InputError) as error:
        load_config(path)
    assert str(error.value).startswith(f"{path}: {key}: ")
    assert str(error.value).endswith(f"got {value}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("level = 1.5", "level must lie between 0 and 1, got 1.5; 0.9 is usual"),
        ("line_low = 0.7", "the lines must be 0 < line_low < line_high < 1, got 0.7 and 0.65"),
        ("max_width = 0", "max_width must lie above 0 and at most at 1, got 0"),
        ("min_posts = 0", "min_posts must be 1 or more, got 0; 10 is usual"),
    ],
)
def test_a_value_out_of_its_range_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        load_config(settings(tmp_path, f"[profile]\n{text}\n"))
    assert str(error.value).startswith(f"{tmp_path / 'mine.toml'}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("batch_rows = 0", "batch_rows must be 1 or more, got 0; 2048 is usual"),
        ("workers = -1", "workers must be 0 or more, got -1; 0 is usual"),
        ("report_accounts = -1", "report_accounts must be 0 or more, got -1; 200 is usual"),
    ],
)
def test_a_count_below_its_range_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = settings(tmp_path, text)
    with pytest.raises(InputError) as error:
        load_config(path)
    assert str(error.value) == f"{path}: {message}"


def test_ranges_hold_without_a_file() -> None:
    with pytest.raises(InputError, match="batch_rows must be 1 or more, got 0"):
        replace(Config(), batch_rows=0)


@pytest.mark.parametrize("content", [b"level 0.9", b"[profile", b"\xff\xfe\x00a", b"a = 1\na = 2"])
def test_what_is_not_toml_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not TOML"):
        load_config(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: cannot be read: No such file"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        load_config(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = settings(tmp_path, "workers = 1")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        load_config(path)
