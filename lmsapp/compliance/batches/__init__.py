"""One act for many people (HRD-2, HRD-4): filing, marking, taking out again, and what follows for all of a type.

A batch is a row with a line for each thing it does. Few lines are done in the request that asks, many by the worker, a
chunk at a time, each chunk a transaction: whatever stops the worker, the next one does the lines that are left.
"""
