"""Opening content: attempt and part are chosen, a launch has its token and what it may ask for (SCO-2, SCO-4)."""
