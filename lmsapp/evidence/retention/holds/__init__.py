"""Legal holds: on a person, a course, a department, a compliance type or everything, until each is lifted."""
