"""What learners say of a course they completed: stars and words, one each (CRS-8, ASG-8).

The average is kept in the transaction that changes it. A hidden review counts for nothing and is read by nobody but
moderators and who wrote it.
"""
