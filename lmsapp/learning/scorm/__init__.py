"""What SCORM content reports, once and in order, and what follows from it (SCO-2, SCO-3).

`launches` opens content, `commits` hears it, `outcome` says what it comes to, `seen` shows it. Every value comes as a
commit of a launch; what it means is judged in the request that brings it, so that leaving by whatever way loses
nothing. What content once reported as done never becomes undone by a later visit. Stands on `courses.packages` (what is
played) and on enrollments, which hear of it through one door.
"""
