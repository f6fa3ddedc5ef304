"""Electronic signatures (ORG-7): who signed which exact text, when, with which meaning.

As 21 CFR 11.50 (printed name, date and time, meaning, on screen and in print), 11.70 (bound to its record) and 11.200
(an identification code and a password: here the signed-in account, and its password again at each signing) ask.
Stands on people, seals and the audit trail. A request says who asks for it by a kind and a number ('policy round', 3);
what those are, this package does not know. Texts and signatures are added, never changed (the database refuses).
"""
