"""What is shipped is what people need: the wheel holds the data, and works outside a checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_schemas_templates_and_samples(wheel: Path) -> None:
    """Every file of schemas/, templates/ and samples/college is in the wheel."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"claimbatch/_data/{path.relative_to(ROOT).as_posix()}"
        for folder in ("schemas", "templates", "samples/college")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert len(wanted) > 30
    assert wanted - inside == set()


def test_the_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked anywhere, the wheel finds its qualifications and explains its rules."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import claimbatch; from claimbatch.cli.main import cli; "
        "from claimbatch.cli.session import run; assert 'site' in claimbatch.__file__; "
        "sys.exit(run(cli, ['qualifications', '--search', '05347']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "site")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "05347" in done.stdout) == (0, True), done.stderr
