"""Readers and writers of question files (QIZ-1). Pure: bytes in, drafts out, and back; no row, no request, no clock.

All readers end in one shape (`draft.QuestionDraft`). One bad question never costs the others: it becomes a problem with
its place. The only error a reader raises is RuleBroken, for what is no question file at all. Prompts are plain text:
HTML becomes text with line breaks, and what that loses (pictures, sound) is a note at the question.
"""
