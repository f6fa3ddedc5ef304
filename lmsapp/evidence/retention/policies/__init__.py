"""For how long: rules by kind of record, changed by a new row that replaces the old one."""
