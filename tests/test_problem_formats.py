"""Problems for other programs: the whole output, as it leaves."""

from claimbatch.intake.rules.cells import lost_leading_zero, unknown_grade
from claimbatch.output.problem_formats import to_github, to_junit
from claimbatch.problems import Place, Problem

ERROR = Problem(unknown_grade, Place("a,b.xlsx", "Grades", "E5", "Unit 3"), "P <& M")
QUERY = Problem(lost_leading_zero, Place("a,b.xlsx", "Grades", "A5"), "42", facts={"note": "0042"})


def test_junit_fails_for_errors_and_mentions_queries() -> None:
    """A suite for each workbook; text is escaped; a clean workbook passes."""
    assert (
        to_junit(["a,b.xlsx", "clean.xlsx"], [ERROR, QUERY])
        == """<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="claimbatch check">
  <testsuite name="a,b.xlsx" tests="1" failures="1">
    <testcase classname="a,b.xlsx" name="Grades!E5 CB104 unknown-grade">
      <failure type="CB104" message="'P &lt;&amp; M' is not a grade that can be claimed.">\
Choose P, M, D or Not claiming from the list. Remarks belong on the sheet Notes.</failure>
    </testcase>
    <system-out>Grades!A5 CB108 lost-leading-zero: The candidate number 42 was read as 0042. \
If 0042 is meant, give the cell the format Text, so that its zeros stay, and then type 0042 into it again; \
or say so on the sheet Notes.</system-out>
  </testsuite>
  <testsuite name="clean.xlsx" tests="1" failures="0">
    <testcase classname="clean.xlsx" name="no errors" />
  </testsuite>
</testsuites>
"""
    )


def test_github_gets_a_command_for_each_problem() -> None:
    """Errors and warnings, with commas and colons escaped in properties."""
    assert (
        to_github([ERROR, QUERY])
        == """\
::error file=a%2Cb.xlsx,title=Grades!E5 CB104 unknown-grade::'P <& M' is not a grade that can be claimed. \
Choose P, M, D or Not claiming from the list. Remarks belong on the sheet Notes.
::warning file=a%2Cb.xlsx,title=Grades!A5 CB108 lost-leading-zero::The candidate number 42 was read as 0042. \
If 0042 is meant, give the cell the format Text, so that its zeros stay, and then type 0042 into it again; \
or say so on the sheet Notes.
"""
    )
