"""Quiz submissions: answers saved as given, scored on the server, kept as asked (QIZ-3, QIZ-4, QIZ-6).

Stands on courses.quizzes, which knows how a question scores, and on enrollments, which hears of the result. Attempt
limits and 'one open attempt' are unique constraints, so that parallel tabs cannot pass them. Never gives away which
option is right before the quiz's own setting allows it: `seeing` decides that, `reviewing` alone puts it into words.
`handing_in` takes what the page has seen and nothing else; `missed` says what helps after two fails (QIZ-7).
"""
