"""Files that came in together and wait for HR to say whose they are and what they are (HRD-2)."""
