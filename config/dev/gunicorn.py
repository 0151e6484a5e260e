"""gunicorn for development: one process, threads, reloads on a change of code or template."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 1
threads = 8
reload = True
reload_extra_files = ["*/templates/**/*.html"]
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(M)s ms"
graceful_timeout = 3
control_socket_disable = True
