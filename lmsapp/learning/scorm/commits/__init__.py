"""What content says, heard: checked, in order, once; and how a visit ends, whichever way it came (SCO-2, SCO-3)."""
