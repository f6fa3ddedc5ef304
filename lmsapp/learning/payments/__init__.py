"""Paid courses: who has paid, for whom it was waived, and which cost centre is charged (CRS-9).

The product takes no money: staff note what was paid or charged elsewhere. A payment row stands for one enrollment in a
course with a price; no row means that none is required. Until it is paid or waived the course is shut, by a lock of
kind 'payment' set and lifted in the same transaction. A course that gets a price asks whoever has not begun; whoever
has, goes on as before.
"""
