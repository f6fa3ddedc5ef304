"""How a person wants, and allows, to be written to (REM-4, REM-8)."""
