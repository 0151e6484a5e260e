# syntax=docker/dockerfile:1
ARG PYTHON=3.11

# --- build: packages, translations, static files ------------------------------------------------
FROM python:${PYTHON}-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/baton
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt ./
RUN pip install --requirement requirements.txt
COPY manage.py LICENSE ./
COPY config config
COPY core core
COPY accounts accounts
COPY crm crm
COPY pipeline pipeline
COPY analytics analytics
COPY integrations integrations
RUN python -m config.dev.messages compile
# Collecting reads the settings but talks to no server; these values stay in this step.
RUN DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost/0 SECRET_KEY=build \
    python manage.py collectstatic --noinput
RUN python -m compileall -q /srv/baton /opt/venv/lib

# --- run ----------------------------------------------------------------------------------------
FROM python:${PYTHON}-slim-bookworm
LABEL org.opencontainers.image.title="Baton" org.opencontainers.image.licenses="MIT"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin baton
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/baton /srv/baton
WORKDIR /srv/baton
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings REMAP_SIGTERM=SIGQUIT PORT=8000
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "config/healthcheck.py"]
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
