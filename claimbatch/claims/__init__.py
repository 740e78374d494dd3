"""Claims: the register, the merge, the claim itself and the store that keeps it."""
