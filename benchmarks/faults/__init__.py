"""What claimbatch promises of hostile, damaged and unlucky files and of runs that are killed or hindered, tried out.

``python -m benchmarks.faults`` (``make faults``) prints a table of figures and exits with 1 where one is missed.
docs/faults.md says what is tried and how.
"""
