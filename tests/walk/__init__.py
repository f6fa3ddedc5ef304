"""Every route, by everybody, on own, team's and foreign objects, as page and as fragment (SEC-4, ORG-2).

`policy` says who is expected to find what, from the role table and the gates alone; `people` and `kinds` set the stage;
`routes` lists the calls; `walk` makes them and judges. Used by `tests/web/test_role_walk.py` and `./lms prove access`.

A new route with ids that are known already is walked without a word. A new kind of object is one function in `kinds`.
"""
