"""How a store made by an older claimbatch is brought up to date (Alembic, run by the store itself)."""
