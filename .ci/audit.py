"""Ask whether a known weakness is in anything that is installed here; run by ``make audit`` and CI.

Exit code 0: asked, and there is none. 1: there is one that .ci/advisories.toml does not explain, or no more. 75: nobody
could be asked, which says nothing either way. pip-audit alone does not tell these apart: where a package index answers
and has no advisories, as a mirror does, it passes every package over and says that no weakness is known.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

CLEAN, WEAK, NOBODY_ASKED = 0, 1, 75
OWN = "claimbatch"
TOOLS = {
    "pip",
    "setuptools",
    "wheel",
}  # came with the environment, not with claimbatch: nobody's install has them so
ACCEPTED = Path(__file__).with_name("advisories.toml")
SERVICES = ("pypi", "osv")  # asked in turn until one answers


def main(command: Sequence[str] = (sys.executable, "-m", "pip_audit")) -> int:
    """Ask, tell, and return the exit code."""
    accepted = tomllib.loads(ACCEPTED.read_text("utf-8"))["accepted"]
    for service in SERVICES:
        found = ask(command, service)
        asked = [one for one in found if "vulns" in one]
        if asked:
            return tell(found, accepted, datetime.now(UTC).date())
    print(
        "Nobody could be asked: no advisory service (PyPI, OSV) was reached from here. This says nothing either way."
    )
    return NOBODY_ASKED


def ask(command: Sequence[str], service: str) -> list[dict[str, Any]]:
    """What *service* says of each package that is installed; empty where it does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        options = ("--progress-spinner=off", "--timeout=15", f"--vulnerability-service={service}")
        done = subprocess.run(
            [*command, *options, "--format=json", f"--output={answer}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.exists():
            return list(json.loads(answer.read_text("utf-8"))["dependencies"])
        last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        print(f"{service} was not reached: {last[0][:200]}")
        return []


def tell(found: Sequence[Mapping[str, Any]], accepted: Sequence[Mapping[str, Any]], today: date) -> int:
    """Print what was found and what of it is accepted; the exit code."""
    known = {(one["package"].lower(), one["id"]): one for one in accepted}
    found = [one for one in found if one["name"].lower() not in TOOLS]
    asked = [one for one in found if "vulns" in one]
    passed = [one["name"] for one in found if "vulns" not in one and one["name"] != OWN]
    weak = list(_told(asked, known, today))
    for line in weak:
        print(line)
    print(
        f"{len(asked)} packages were asked about; {len(weak) or 'none'} with a weakness that is not explained."
    )
    if passed:
        print(f"Not known to the service: {', '.join(sorted(passed))}.")
    for package, name in known.keys() - {
        (one["name"].lower(), v["id"]) for one in asked for v in one["vulns"]
    }:
        print(f"{ACCEPTED.name} explains {name} of {package}, which is not here any more: take it out.")
    if weak:
        return WEAK
    return NOBODY_ASKED if len(passed) > len(asked) else CLEAN


def _told(
    asked: Sequence[Mapping[str, Any]], known: Mapping[tuple[str, str], Mapping[str, Any]], today: date
) -> Iterator[str]:
    for one in asked:
        for weakness in one["vulns"]:
            names = (weakness["id"], *weakness.get("aliases", ()))
            entry = next(
                (known[key] for name in names if (key := (one["name"].lower(), name)) in known), None
            )
            if entry is None:
                mended = ", ".join(weakness.get("fix_versions", ())) or "no release yet"
                yield f"{one['name']} {one['version']}: {weakness['id']}; mended in: {mended}"
            elif entry["until"] < today:
                until = entry["until"]
                yield f"{one['name']} {one['version']}: {weakness['id']} was accepted until {until}: look again"


if __name__ == "__main__":
    sys.exit(main())
