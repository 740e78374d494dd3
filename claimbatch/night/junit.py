"""A night for build servers, ``junit.xml``: every file a test case, and one more for whatever could not be done."""

from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath
from xml.etree import ElementTree as Xml

from claimbatch.night.account import Account, Fate, File, Undone
from claimbatch.night.gist import why_of, without_addresses
from claimbatch.output.problem_formats import as_xml

INBOX = "inbox"
# What a fate is to a build server: nothing where all is well.
_VERDICTS: Mapping[Fate, str] = {
    Fate.PART: "failure", Fate.REJECTED: "failure", Fate.QUARANTINED: "error", Fate.LEFT: "skipped",
}  # fmt: skip
_COUNTED: Mapping[str, str] = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def to_junit(account: Account) -> str:
    """The report: a suite of the files, and where something was left undone another of that."""
    root = Xml.Element("testsuites", name=f"claimbatch nightly {account.id}", time=f"{account.seconds:.3f}")
    verdicts = Counter(_VERDICTS.get(file.fate, "") for file in account.files)
    suite = Xml.SubElement(root, "testsuite", name="files", tests=str(len(account.files)))
    for verdict, name in _COUNTED.items():
        suite.set(name, str(verdicts[verdict]))
    suite.set("timestamp", account.started.removesuffix("Z"))
    for file in sorted(account.files, key=lambda file: (file.name, file.sha256)):
        _file(suite, file)
    if account.undone:
        _undone(root, account)
    return as_xml(root)


def _file(suite: Xml.Element, file: File) -> None:
    folder = PurePosixPath(file.name).parent.as_posix()
    case = Xml.SubElement(suite, "testcase", classname=INBOX if folder == "." else folder, name=file.name)
    if verdict := _VERDICTS.get(file.fate):
        found = Xml.SubElement(case, verdict, message=_in_short(file))
        if verdict != "skipped":
            found.set("type", next(iter(sorted(file.codes)), file.fate.value))
            found.text = "\n".join(filter(None, (file.moved_to, file.marked, *file.error_sheets)))
    elif file.why:
        Xml.SubElement(case, "system-out").text = why_of(file)


def _in_short(file: File) -> str:
    codes = ", ".join(f"{code} ({number})" for code, number in sorted(file.codes.items()))
    return " ".join(filter(None, (why_of(file), codes))) or file.fate.value


def _undone(root: Xml.Element, account: Account) -> None:
    number = str(len(account.undone))
    suite = Xml.SubElement(root, "testsuite", name="left undone", tests=number, errors=number)
    for one in account.undone:
        case = Xml.SubElement(suite, "testcase", classname="claimbatch", name=one.what)
        _why(Xml.SubElement(case, "error", type=one.what), one)


def _why(element: Xml.Element, one: Undone) -> None:
    element.set("message", without_addresses(one.why))
    element.text = without_addresses(one.hint)
