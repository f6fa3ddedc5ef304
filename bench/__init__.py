"""How fast it is, at full size, on the server that production runs (OPS; the aims stand in `bench.operations`).

`./lms bench` loads an organisation of 10,000 into a database of its own, starts the web server with the command of
`./lms run`, and measures latency, requests a second and CPU time per request of web and PostgreSQL processes.
Bodies are checked on every answer and writes in the database afterwards: a fast wrong answer counts as an error.
"""
