"""The messages of a night: what each owner has to put right, reminders, and the summary; queued first, then sent."""

from claimbatch.night.mail.sending import send, unsent

__all__ = ["send", "unsent"]
