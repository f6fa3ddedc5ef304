"""Ways out of the house: mail server, SMS gateway, Slack, and what one library adds (REM-4)."""
