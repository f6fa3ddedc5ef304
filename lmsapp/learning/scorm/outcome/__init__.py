"""What it comes to: of a part, of a package by its terms or its own roll-up rules, and for the enrollment (SCO-3)."""
