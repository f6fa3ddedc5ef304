"""Many documents as one zip, made by the worker."""
