"""What became due: listed, looked at, approved, disposed of in batches by the worker."""
