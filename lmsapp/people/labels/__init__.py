"""The words for each status: the organisation's own, a course's, a compliance type's (CRS-7).

A label changes what is read, never what is asked: filters, addresses, rows and rules keep the standard status. What is
chosen stands beside a scope ('organisation', 'course', 'compliance_type') and its number, and is kept in memory by a
version that every request reads with its viewer, so that a page pays nothing for it.
"""
