"""Training transcripts: everything somebody has completed, as a sealed PDF of the day it was asked for (EVD-7).

Each one asked for is a document of its own, made from completion records, kept as it was and verifiable by anybody who
holds it.
"""
