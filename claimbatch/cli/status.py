"""``claimbatch status``: the state of the term, of each qualification or of each workbook that was sent out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.documents import folder_option, to_option
from claimbatch.cli.session import count, format_option, say, show_table, workspace_option
from claimbatch.cli.written import say_written
from claimbatch.clock import local

if TYPE_CHECKING:
    from claimbatch.claims.term import Course
    from claimbatch.office.term import TermNow
    from claimbatch.workspace import Workspace

QUALIFICATIONS = {
    "centre_number": "Centre", "entry_code": "Entry code", "qualification": "Qualification", "claim": "Claim",
    "status": "Status", "candidates": "Candidates", "sent": "Sent", "back": "Back", "late": "Late",
    "grades": "Grades", "queries": "Queries", "undeclared": "Undeclared", "next": "Next step", "command": "Command",
}  # fmt: skip
WORKBOOKS = {
    "centre_number": "Centre", "to": "Made for", "entry_code": "Entry code", "qualification": "Qualification",
    "form": "Form", "sent_at": "Sent", "times": "Times", "due": "Due", "state": "State", "came_at": "Came back",
    "days_late": "Days late", "workbook": "Workbook", "candidates": "Candidates", "grades": "Grades",
    "cells": "Room for",
}  # fmt: skip
# What stands beside each other in a table of 120 characters: figures, then what to do, then what went out.
FIGURES = {
    "centre_number": "Centre", "entry_code": "Code", "qualification": "Qualification", "status": "Status",
    "candidates": "Candidates", "back": "Back", "late": "Late", "grades": "Grades", "queries": "Queries",
    "undeclared": "Undeclared",
}  # fmt: skip
STEPS = {"claim": "Claim", "next": "Next step", "command": "Command"}
OUT = {
    "centre_number": "Centre", "to": "Made for", "entry_code": "Code", "form": "Form", "sent_at": "Sent", "due": "Due",
    "state": "State", "came_at": "Came back", "days_late": "Days late", "grades": "Grades",
}  # fmt: skip
TITLE = 32  # characters of a qualification's title in the table


@click.command()
@click.option("--centre", help="Only this centre.")
@click.option("--entry-code", help="Only this qualification.")
@click.option(
    "--by",
    type=click.Choice(["qualification", "teacher"]),
    default="qualification",
    show_default=True,
    help="A row for each qualification, with what to do next; or for each workbook that was sent out, by teacher.",
)
@to_option("Write it as a document instead.")
@folder_option
@format_option("table", "json", "csv")
@workspace_option
def status(
    workspace: "Workspace",
    centre: str | None,
    entry_code: str | None,
    by: str,
    styles: tuple[str, ...],
    folder: Path | None,
    style: str,
) -> None:
    """Show how the term stands: which workbooks went out and came back, what is late, and what to do next.

    What is in workbooks that were not merged yet is not counted: claimbatch check tells it. Of those that the nightly
    run has found faulty it says so.
    """
    from claimbatch.office.term import status as term_now  # noqa: PLC0415

    now = term_now(workspace, centre, entry_code)
    if styles:
        _write(workspace, now, folder, styles)
    elif style == "json":
        told = [_as_json(course, now.titles) for course in now.courses]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif style == "csv":
        by_teacher = by == "teacher"
        rows = _sent(now) if by_teacher else [_course(course, now.titles) for course in now.courses]
        show_table(rows, WORKBOOKS if by_teacher else QUALIFICATIONS, style)
    elif by == "teacher":
        _show(map(_shown_sent, _sent(now)), OUT, len(now.centres))
    else:
        courses = [_course(course, now.titles) for course in now.courses]
        _show(map(_shown_course, courses), FIGURES, len(now.centres))
        _show_steps([row for row in courses if row["command"]])
    if style == "table":
        say(_sentence(now.courses))


def _write(workspace: "Workspace", now: "TermNow", folder: Path | None, styles: Sequence[str]) -> None:
    from claimbatch.office.term import write_status  # noqa: PLC0415

    say_written(write_status(workspace, now, folder, styles))


def _show(rows: Iterable[dict[str, Any]], columns: dict[str, str], centres: int) -> None:
    """Print a table; whose centre it is stands there only where there are several."""
    show_table(list(rows), {k: head for k, head in columns.items() if k != "centre_number" or centres > 1})


def _show_steps(rows: list[dict[str, Any]]) -> None:
    if rows:
        click.echo()
        show_table(rows, STEPS)


def _shown_course(row: dict[str, Any]) -> dict[str, Any]:
    title = str(row["qualification"])
    return {
        **row,
        "qualification": title if len(title) <= TITLE else f"{title[: TITLE - 1].rstrip()}…",
        "back": f"{row['back']} of {row['sent']}" if row["sent"] else "–",
        "late": row["late"] or "",
    }


def _shown_sent(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "sent_at": local(row["sent_at"])[:10],
        "came_at": local(row["came_at"])[:10],
        "days_late": row["days_late"] or "",
        "grades": f"{row['grades']} of {row['cells']}" if row["cells"] else row["grades"],
    }


def _course(course: "Course", titles: Mapping[str, str]) -> dict[str, Any]:
    from claimbatch.output.view.status import next_step  # noqa: PLC0415

    step, command = next_step(course)
    return {
        "centre_number": course.centre_number,
        "entry_code": course.entry_code,
        "qualification": titles[course.entry_code],
        "claim": course.key,
        "status": course.label,
        "candidates": f"{course.claimed} of {course.entered}",
        "sent": len(course.sent),
        "back": course.back,
        "late": len(course.late),
        "grades": course.grades,
        "queries": course.queries,
        "undeclared": course.undeclared,
        "next": step,
        "command": command,
    }


def _sent(now: "TermNow") -> list[dict[str, Any]]:
    """The workbooks that went out, by teacher."""
    from claimbatch.output.view.status import STATES, form_of, workbooks_of  # noqa: PLC0415

    rows = [
        {
            "centre_number": course.centre_number,
            "to": sent.to,
            "entry_code": course.entry_code,
            "qualification": now.titles[course.entry_code],
            "form": form_of(sent),
            "sent_at": sent.at,
            "times": sent.times,
            "due": sent.due,
            "state": STATES[sent.state],
            "came_at": sent.copies[-1].at if sent.copies else "",
            "days_late": sent.days_late,
            "workbook": workbooks_of(sent),
            "candidates": sent.candidates,
            "grades": sent.grades,
            "cells": sent.cells,
        }
        for course in now.courses
        for sent in course.sent
    ]
    return sorted(rows, key=lambda row: (row["centre_number"], str(row["to"]).casefold()))


def _as_json(course: "Course", titles: Mapping[str, str]) -> dict[str, Any]:
    """A course for programs: with the words of the contract for its status, and each workbook that went out."""
    from claimbatch.output.view.status import next_step  # noqa: PLC0415

    told = asdict(course)
    told["claim"] = told.pop("key")
    told["qualification"] = titles[course.entry_code]
    told["status"] = course.status.value if course.status else ""
    told["sent"] = [{**asdict(sent), "state": sent.state.value} for sent in course.sent]
    step, command = next_step(course)
    return {**told, "step": course.step.value, "next": step, "command": command}


def _sentence(courses: Sequence["Course"]) -> str:
    sent = sum(len(course.sent) for course in courses if course.is_open)
    back = sum(course.back for course in courses if course.is_open)
    late = sum(len(course.late) for course in courses)
    workbooks = f"; {back} of {count(sent, 'workbook')} back" if sent else ""
    return (
        f"{count(len(courses), 'qualification').capitalize()}{workbooks}{f', {late} late' if late else ''}."
    )
