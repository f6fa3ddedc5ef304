"""Message texts: what letters and messages say, in the organisation's own words (REM-2).

A kind of message (`kinds`) ships with words in `templates/messages/<template>`. A row of `message_text` takes their
place for one channel and language; earlier rows are kept. The words are logic-less: names out of a closed list in
double braces, **bold**, and [links](address); `markup` reads them and never evaluates anything.
"""
