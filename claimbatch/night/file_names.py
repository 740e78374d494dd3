"""What tells of a night in the folder of its run, by the names of the files."""

MANIFEST, SUMMARY, JUNIT, LOG = "manifest.json", "summary.html", "junit.xml", "log.jsonl"
CHANGES, PROBLEMS = "changes.csv", "problems.csv"
