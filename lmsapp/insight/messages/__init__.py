"""What one person was told, by which channel, why, and what became of it (REM-7)."""
