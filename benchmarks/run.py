"""One method in this process: ``python -m benchmarks.run METHOD FOLDER COUNT`` prints what it took, as JSON."""

import gc
import json
import resource
import sys
import time
from pathlib import Path

from benchmarks.corpus import reopen
from benchmarks.methods import METHODS


def main() -> None:
    """Prepare, then run the method against the clock."""
    method, folder, count = sys.argv[1:]
    work = METHODS[method](reopen(Path(folder)), int(count))
    gc.collect()
    wall, cpu = time.perf_counter(), _processor()
    done = work()
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": _processor() - cpu, "count": done}))


def _processor() -> float:
    """Seconds of the processor that this process took, and the workers that it has ended."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


if __name__ == "__main__":  # worker processes import this module, too
    main()
