"""Moderation: the sample of a claim."""
