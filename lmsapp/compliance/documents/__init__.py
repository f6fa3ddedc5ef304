"""The employee file: typed documents, filed in one step from sealed evidence, or uploaded (HRD-1, HRD-2)."""
