"""Time with the instructor, asked for by a learner who failed a quiz twice (QIZ-7).

A request is a row: asked, answered with words or a time, done or taken back. Whoever grades the course finds it
(`queries.requests_for`), and each side hears of the other by letter and in the product. One at a time for each
enrollment and time round. Stands on quizzes, which says who failed twice; never says which answer is right.
"""
