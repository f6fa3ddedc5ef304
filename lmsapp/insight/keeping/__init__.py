"""What retention (`lmsapp.evidence.retention`) is told from above (EVD-6): the table of kinds, where personal data lies
outside of records, the letters and the PDF. Nothing here decides what may go."""
