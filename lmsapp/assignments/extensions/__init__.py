"""More time: a learner asks for a later due date, somebody responsible grants or declines it (ASG-6)."""
