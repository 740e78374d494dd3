"""A weakness is told from a service that nobody reached, and nothing is passed over without a reason."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import installed

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 11, 26)
SAFE = {"name": "click", "version": "8.1.7", "vulns": []}
WEAK = {
    "name": "Jinja2",
    "version": "3.1.2",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3.1.3"]}],
}
UNKNOWN = {"name": "numpy", "skip_reason": "Dependency not found on PyPI and could not be audited: numpy (1)"}
OWN = {"name": "claimbatch", "skip_reason": "Dependency not found on PyPI and could not be audited"}
WHY = {
    "id": "CVE-1",
    "package": "jinja2",
    "why": "We render no template of others.",
    "until": date(2027, 1, 1),
}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("found", "accepted", "code", "says"),
    [
        ([SAFE, OWN], [], 0, "1 packages were asked about; none with a weakness"),
        ([SAFE, WEAK], [], 1, "Jinja2 3.1.2: PYSEC-1; mended in: 3.1.3"),
        ([SAFE, WEAK | {"name": "pip"}], [], 0, "1 packages were asked about; none with a weakness"),
        ([SAFE, WEAK], [WHY], 0, "none with a weakness"),
        ([SAFE, WEAK], [WHY | {"until": date(2026, 1, 1)}], 1, "was accepted until 2026-01-01: look again"),
        ([SAFE, UNKNOWN, OWN], [], 0, "Not known to the service: numpy."),
        ([SAFE, UNKNOWN, UNKNOWN], [], 75, "Not known to the service"),
        ([SAFE], [WHY], 0, "explains CVE-1 of jinja2, which is not here any more"),
    ],
)
def test_what_was_found_decides(  # noqa: PLR0917 - what pytest hands in
    audit: ModuleType,
    capsys: pytest.CaptureFixture[str],
    found: list[object],
    accepted: list[object],
    code: int,
    says: str,
) -> None:
    assert audit.tell(found, accepted, TODAY) == code
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "code"),
    [([SAFE, OWN], 0), ([SAFE, WEAK], 1), ([UNKNOWN, OWN], 75), (None, 75)],
    ids=["clean", "weak", "a mirror that knows no advisories", "unreachable"],
)
def test_a_service_that_nobody_reached_is_no_weakness_and_no_proof(
    audit: ModuleType, tmp_path: Path, answer: list[object] | None, code: int
) -> None:
    """pip-audit itself ends with 0 where a mirror knows no advisories, and with 1 where it reaches nothing."""
    program = tmp_path / "pip_audit.py"
    text = json.dumps({"dependencies": answer, "fixes": []})
    program.write_text(
        "import pathlib, sys\n"
        "out = next(a.split('=', 1)[1] for a in sys.argv if a.startswith('--output='))\n"
        + (
            f"pathlib.Path(out).write_text({text!r})\n"
            if answer is not None
            else "sys.exit('no route to host')\n"
        )
    )
    assert audit.main((sys.executable, str(program))) == code


def test_every_advisory_that_is_accepted_says_why_and_until_when() -> None:
    accepted = tomllib.loads((ROOT / ".ci" / "advisories.toml").read_text("utf-8"))["accepted"]
    assert all(
        {"id", "package", "why", "until"} == one.keys()
        and len(one["why"]) > 20
        and isinstance(one["until"], date)
        for one in accepted
    )


def test_no_finding_about_safety_is_passed_over_without_a_reason() -> None:
    """ruff's rules S are bandit's; ``noqa`` and ``nosec`` both say why."""
    bare = [
        f"{path.name}:{number}: {line.strip()}"
        for path in (ROOT / "claimbatch").rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (re.search(r"# noqa: (\w+, )*S\d", line) and not re.search(r"# noqa: [\w, ]+ - \w", line))
        or ("# nosec" in line and not re.search(r"# (noqa: \w+ - )?\w.*# nosec B\d{3}$", line))
    ]
    assert bare == []


def test_bandit_finds_nothing() -> None:
    program = installed("bandit", "bandit by pip", "CLAIMBATCH_REQUIRE_BANDIT")
    command = [program, "-q", "-c", "pyproject.toml", "-r", "claimbatch"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
