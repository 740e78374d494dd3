"""The nightly run: what came in is checked, taken, answered and put away, and everything is accounted for."""
