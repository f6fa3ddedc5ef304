"""What a learner notes beside a lesson, for themselves alone (ENR-5).

One note for each lesson of an enrollment, kept through every time round. Nobody else reads it: there is no query that
takes another viewer, and the trail says nothing of it. Everything held about a person has it (`insight.held`).
"""
