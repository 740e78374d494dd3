"""What claimbatch costs, measured beside what else could be done, and held against targets.

``python -m benchmarks`` prints the table; ``python -m benchmarks --help`` says how to run a part of it.

- :mod:`~benchmarks.corpus` makes workspaces, issues their templates (:mod:`~benchmarks.forms`) and fills them in
  (:mod:`~benchmarks.filling`);
- :mod:`~benchmarks.methods` and its neighbours are what is measured, each in a process of its own
  (:mod:`~benchmarks.run`);
- :mod:`~benchmarks.measure` runs them in turn, :mod:`~benchmarks.rows` holds them against ``targets.toml``;
- :mod:`~benchmarks.table` shows what came of it.
"""
