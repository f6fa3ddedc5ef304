"""Finding a published course by what it says (CRS-8): a search document a course, kept with what it is made from.

The text is that of the published content and of the live settings (title, summary, topics); authors' drafts are never
found. Each word is indexed as its language bends it and as it is written, so that a word is found while it is typed.
"""
