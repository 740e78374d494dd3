"""What is shipped is what people need: the wheel holds the data, and works outside a checkout."""

import subprocess
import sys
import tarfile
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


def files_below(*names: str) -> set[str]:
    """The files of these folders of the checkout, as paths from its root; what Python leaves behind is not of them."""
    paths = (path for name in names for path in [ROOT / name, *(ROOT / name).rglob("*")])
    return {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if path.is_file() and not {"__pycache__", "_data"} & {*path.parts}
    }


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel: Path) -> None:
    """Every module, and every file of schemas/, templates/ and samples/college."""
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    data = files_below("schemas", "templates", "samples/college")
    assert len(data) > 30
    assert inside == files_below("claimbatch") | {f"claimbatch/_data/{name}" for name in data}


def test_the_sdist_holds_all_that_its_tests_need(tmp_path: Path) -> None:
    """Whoever unpacks it can run them, CI's script included."""
    command = [sys.executable, "-m", "build", "--sdist", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    wanted = files_below("claimbatch", "schemas", "templates", "samples", "tests", "docs", "benchmarks")
    assert (
        wanted | {".ci/run", "LICENSE", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"} <= inside
    )


def test_the_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked anywhere, the wheel finds its qualifications and explains its rules."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")  # noqa: S202 - made just now
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
