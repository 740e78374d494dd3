"""Problems for other programs: JUnit XML for build servers, workflow commands for GitHub."""

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as Xml

from claimbatch.problems import Problem

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_junit(workbooks: Sequence[str], problems: Iterable[Problem]) -> str:
    """A JUnit report: a test suite for each workbook, a failed test for each error, a passed one where there is none.

    Queries are no failures; they stand in the suite's output.
    """
    found: dict[str, list[Problem]] = {workbook: [] for workbook in workbooks}
    for problem in problems:
        found.setdefault(problem.place.workbook, []).append(problem)
    root = Xml.Element("testsuites", name="claimbatch check")
    for workbook, mine in found.items():
        errors = [problem for problem in mine if problem.is_error]
        suite = Xml.SubElement(
            root, "testsuite", name=workbook, tests=str(max(1, len(errors))), failures=str(len(errors))
        )
        for problem in errors:
            case = Xml.SubElement(suite, "testcase", classname=workbook, name=_title(problem))
            failure = Xml.SubElement(case, "failure", type=problem.rule.code, message=problem.message)
            failure.text = problem.hint
        if not errors:
            Xml.SubElement(suite, "testcase", classname=workbook, name="no errors")
        queries = [f"{_title(p)}: {p.message} {p.hint}" for p in mine if not p.is_error]
        if queries:
            Xml.SubElement(suite, "system-out").text = "\n".join(queries)
    return as_xml(root)


def as_xml(root: Xml.Element) -> str:
    """*root* as a document. What XML cannot hold, such as a control character in a file's name, becomes �."""
    Xml.indent(root)
    text = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", Xml.tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def to_github(problems: Iterable[Problem]) -> str:
    """A workflow command for each problem: errors as errors, queries as warnings, shown beside the file."""
    lines = []
    for problem in problems:
        kind = "error" if problem.is_error else "warning"
        where = f"file={_property(problem.place.workbook)},title={_property(_title(problem))}"
        lines.append(f"::{kind} {where}::{_data(f'{problem.message} {problem.hint}')}\n")
    return "".join(lines)


def _title(problem: Problem) -> str:
    return " ".join(part for part in (str(problem.place), problem.rule.code, problem.rule.name) if part)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
