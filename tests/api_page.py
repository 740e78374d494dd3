"""The reference of docs/api.md, made of the functions' own docstrings."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import claimbatch

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
MADE = "<!-- from here on"
# What the page explains, in the order of a term; what comes back is explained with what gives it.
SECTIONS = {
    "The workspace": ["Workspace", "ClaimbatchError", "Exit"],
    "The register": ["import_register", "Imported", "FileRead", "ChangeRow", "Manner", "Extent"],
    "Templates": ["templates", "Wanted", "Templates", "Made", "refresh", "Refreshed"],
    "Workbooks that come back": [
        "workbooks", "Given", "check", "Looked", "Checked", "FileResult", "Problem", "Place", "mark_all", "Marked",
        "write_error_lists", "merge", "How", "Received", "Taken", "line_changes", "LineChange",
    ],
    "Claims on paper and for other programs": [
        "export", "Exported", "report", "report_several", "Asked", "Written",
    ],
    "Claims": [
        "claims_of", "ClaimListed", "Status", "open_claim", "OpenClaim", "Claim", "Line", "look_at", "ClaimSeen",
        "GroupRow", "declare", "queries_of", "QueryTold", "Query", "answer", "checklist", "Checklist", "submit",
        "Submission",
    ],
    "The moderator": [
        "basis_of", "Basis", "draw_sample", "Sample", "hear_sample", "FileHeard",
        "record_sample", "SampleRecorded", "sample_of", "SampleSeen", "agreeing", "changing", "Decision", "Verdict",
        "record_decisions", "Recorded", "withdraw", "outcome_of", "OutcomeSeen", "Outcome", "Result", "State",
        "complete", "Completed",
    ],
    "The term, and messages": [
        "status", "TermNow", "Course", "Sent", "write_status", "letter", "Letter", "write_draft", "send",
    ],
}  # fmt: skip
ENUMS = {"Exit", "Extent", "Status", "State", "Verdict"}
# Of a class with more than others may rely on, what they may.
METHODS = {"Workspace": ("find", "create", "outbox", "claim_key"), "OpenClaim": ("again",)}
ATTRIBUTES = {
    "Workspace": ("folder",),
    "Checked": ("files", "problems", "answers"),
    "Problem": ("rule", "place", "value", "candidate", "unit", "is_error", "message", "hint"),
    "Place": ("workbook", "sheet", "cell", "field"),
    "Asked": ("kind", "sort", "award", "candidates", "units", "sampled", "unsigned", "per", "made_by"),
    "Taken": ("counts", "unchanged"),
    "FileRead": ("name", "problems", "notes", "read_as", "has_errors"),
    "Refreshed": ("left", "kept"),
    "OpenClaim": ("claim", "key", "names"),
    "Claim": (
        "key", "centre_number", "centre_name", "status", "claim_number", "reference", "revision", "head", "created_at",
        "updated_at", "submitted_by", "results_email", "lines", "assessors", "entry_code",
    ),
    "Line": ("candidate", "unit", "grade", "assessor"),
    "ClaimSeen": ("claim", "grid", "groups", "not_allowed", "incomplete"),
    "Query": ("number", "rule", "candidate", "unit", "workbook", "sheet", "cell"),
    "Basis": ("claim", "likelier"),
    "Sample": ("seed", "lines", "uncovered", "pairs", "candidates"),
    "FileHeard": ("file", "lines"),
    "SampleSeen": ("claim", "sample", "outcomes"),
    "OutcomeSeen": ("outcome", "words"),
    "Outcome": ("results", "told"),
    "Letter": ("claim", "event", "whom", "message", "address", "attached", "is_too_large"),
}  # fmt: skip


def page() -> str:
    """The whole page: what people wrote, and below it the reference."""
    lead, marker, rest = PAGE.read_text("utf-8").partition(MADE)
    line, _, _ = rest.partition("\n")
    return f"{lead}{marker}{line}\n\n{reference()}"


def reference() -> str:
    """All names, each with how it is written and what its docstring says."""
    parts = [
        f"## {title}\n\n" + "\n".join(_entry(name) for name in names) for title, names in SECTIONS.items()
    ]
    return "\n".join(parts)


def _entry(name: str) -> str:
    thing = getattr(claimbatch, name)
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
    words = _words(thing)
    if isinstance(node, ast.FunctionDef):
        return f"### {name}\n\n```python\n{_written(node)}\n```\n\n{words}\n"
    assert isinstance(node, ast.ClassDef)
    lines = "\n".join(f"- {line}" for line in _attributes(node))
    told = f"{lines}\n\n" if lines else ""
    methods = "".join(
        f"```python\n{name}.{_written(item)}\n```\n\n{_words(getattr(thing, item.name))}\n\n"
        for item in node.body
        if isinstance(item, ast.FunctionDef) and item.name in METHODS.get(name, ())
    )
    return f"### {name}\n\n{words}\n\n{told}{methods}".rstrip() + "\n"


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    """The fields of a class, then its properties, a line each."""
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and _is_told(node.name, ast.unparse(item.target)):
            default = (
                "" if item.value is None or isinstance(item.value, ast.Call) else f" = {_code(item.value)}"
            )
            yield f"`{ast.unparse(item.target)}: {_code(item.annotation)}{default}`"
        elif isinstance(item, ast.Assign) and node.name in ENUMS:
            yield f"`{ast.unparse(item)}`"
        elif isinstance(item, ast.FunctionDef) and _is_property(item) and _is_told(node.name, item.name):
            first = _markdown((ast.get_docstring(item) or "").splitlines()[0])
            yield f"`{item.name}: {_code(item.returns)}` – {first[0].lower()}{first[1:].removesuffix('.')}"


def _is_told(of: str, name: str) -> bool:
    return name in ATTRIBUTES.get(of, (name,))


def _is_property(item: ast.FunctionDef) -> bool:
    named = {each.id for each in item.decorator_list if isinstance(each, ast.Name)}
    return not named.isdisjoint({"property", "cached_property"})


def _written(node: ast.FunctionDef) -> str:
    """How a function is called, a parameter a line where one line does not hold it."""
    given, kept = node.args, node.args.kwonlyargs
    defaults = [None] * (len(given.args) - len(given.defaults)) + list(given.defaults)
    parts = [_parameter(*pair) for pair in zip(given.args, defaults, strict=True)]
    parts += ["*"] * bool(kept) + [_parameter(*pair) for pair in zip(kept, given.kw_defaults, strict=True)]
    parts = [part for part in parts if part not in {"self", "cls"}]
    line = f"{node.name}({', '.join(parts)}) -> {_code(node.returns)}"
    if len(line) <= 110:
        return line
    return "\n".join([f"{node.name}(", *(f"    {part}," for part in parts), f") -> {_code(node.returns)}"])


def _parameter(name: ast.arg, default: ast.expr | None) -> str:
    if name.annotation is None:
        return name.arg
    return f"{name.arg}: {_code(name.annotation)}" + (f" = {_code(default)}" if default else "")


def _code(node: ast.expr | None) -> str:
    """A piece of code as people write it: a type without quotes, a text in double ones."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if node.value and node.value[0].isupper() else f'"{node.value}"'
    return ast.unparse(node) if node else ""


def _words(thing: object) -> str:
    """A docstring as Markdown."""
    return _markdown(inspect.cleandoc(thing.__doc__ or ""))


def _markdown(words: str) -> str:
    words = re.sub(r":[a-z]+:`~?(?:[a-z_.]+\.)?([^`]+)`", r"`\1`", words)
    return words.replace("``", "`")
