"""What an exam officer does, as plain functions: a command, the nightly run and a page call the same.

Nothing here prints, asks or exits. What cannot be done is a :class:`~claimbatch.errors.ClaimbatchError`.
"""
