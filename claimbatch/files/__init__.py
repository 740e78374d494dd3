"""Files that are either there whole or not there at all, and readable by their owner alone.

Whatever claimbatch writes goes through here: only the store's database and the spool have ways of their own.
"""

from claimbatch.files.journal import append_line, appending, whole_lines
from claimbatch.files.moving import SourceError, Staged, copy_staged, move, rename
from claimbatch.files.naming import free_path, plain_name, shown
from claimbatch.files.reading import digest, sha256
from claimbatch.files.writing import (
    FILE_MODE,
    FOLDER_MODE,
    TEMPORARY,
    clear_stale,
    make_empty,
    make_folder,
    make_runnable,
    remove,
    remove_folder,
    temporary_file,
    write_atomic,
    write_pieces,
)

__all__ = [
    "FILE_MODE",
    "FOLDER_MODE",
    "TEMPORARY",
    "SourceError",
    "Staged",
    "append_line",
    "appending",
    "clear_stale",
    "copy_staged",
    "digest",
    "free_path",
    "make_empty",
    "make_folder",
    "make_runnable",
    "move",
    "plain_name",
    "remove",
    "remove_folder",
    "rename",
    "sha256",
    "shown",
    "temporary_file",
    "whole_lines",
    "write_atomic",
    "write_pieces",
]
