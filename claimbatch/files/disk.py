"""The calls by which claimbatch writes, each under a name of its own, so that a test can let any one of them fail.

They are always called through this module (``disk.sync(...)``): what a test puts in a name's place is what is called.
"""

import os
import tempfile

make_temporary = tempfile.mkstemp
make_folder = os.mkdir
open_file = os.open
read = os.read
write = os.write
truncate = os.ftruncate
sync = os.fsync
close = os.close
replace = os.replace
rename = os.rename
remove = os.unlink
remove_empty = os.rmdir
set_times = os.utime
set_mode = os.chmod

CALLS = (
    "make_temporary", "make_folder", "open_file", "read", "write", "truncate", "sync", "close", "replace", "rename",
    "remove", "remove_empty", "set_times", "set_mode",
)  # fmt: skip
