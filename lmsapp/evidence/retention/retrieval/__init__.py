"""The yearly test: a random sample of records, each opened as an auditor would."""
