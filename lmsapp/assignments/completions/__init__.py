"""What completing an assignment tells whom, once: the learner what comes next, staff that it is done (ASG-8).

Who of the staff is told stands with the course. Each message has the completion in its key: an event heard twice, a job
tried again and two requests at once write it once. A completion that is taken back and made anew is news again.
"""
