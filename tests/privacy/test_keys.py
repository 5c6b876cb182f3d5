import stat
import subprocess
import sys
from pathlib import Path

import pytest

from samsyn.privacy import keys


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert keys.create_missing(folder, ["one", "two"]) == ["one", "two"]
    first = keys.read(folder, "one")
    assert len(first) == 32
    assert first != keys.read(folder, "two")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "one.key").stat().st_mode) == 0o600
    assert keys.create_missing(folder, ["one", "two", "three"]) == ["three"]
    assert (folder / "one.key").read_bytes() == first
    assert sorted(file.name for file in folder.iterdir()) == ["one.key", "three.key", "two.key"]


def test_a_missing_key_is_told_by_its_file(tmp_path: Path) -> None:
    with pytest.raises(keys.KeyUnusable, match=r"one\.key"):
        keys.read(tmp_path, "one")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keys.create_missing(tmp_path, ["one"])
    (tmp_path / "one.key").chmod(0o640)
    with pytest.raises(keys.KeyUnusable, match="0600"):
        keys.read(tmp_path, "one")


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_key_of_another_length_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.key").write_bytes(content)
    (tmp_path / "one.key").chmod(0o600)
    with pytest.raises(keys.KeyUnusable, match="32 bytes"):
        keys.read(tmp_path, "one")


def test_a_link_to_somewhere_else_is_refused(tmp_path: Path) -> None:
    keys.create_missing(tmp_path / "other", ["one"])
    (tmp_path / "one.key").symlink_to(tmp_path / "other" / "one.key")
    with pytest.raises(keys.KeyUnusable):
        keys.read(tmp_path, "one")


@pytest.mark.parametrize("purpose", ["", "../one", "One", "a/b", "a\0b", "a" * 50])
def test_a_purpose_is_a_plain_word(tmp_path: Path, purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        keys.create_missing(tmp_path, [purpose])
    with pytest.raises(ValueError, match="purpose"):
        keys.read(tmp_path, purpose)


def test_two_processes_that_make_keys_agree(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from samsyn.privacy import keys;"
        " print(len(keys.create_missing(Path(sys.argv[1]), [f'k{i}' for i in range(30)])))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _turn in range(3)
    ]
    made = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(made) == 30
    assert len(list(tmp_path.iterdir())) == 30
