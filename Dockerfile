# Installs just what `make setup` installs, and serves it as a user without rights.
# BASE and PIP_INDEX_URL are for networks that reach Docker Hub or PyPI only through a mirror.
ARG BASE=python:3.11-slim
FROM ${BASE}

# Numbers, so that a platform can tell that it is not root and a folder of the host can be given
# to it. Nothing wants a home folder. The database holds password hashes: /data is closed to others.
RUN groupadd --gid 10001 inspector \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin inspector \
    && install -d -o 10001 -g 10001 -m 0700 /data

WORKDIR /app
ARG PIP_INDEX_URL
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        -r requirements.txt -c constraints.txt

# Lowest floor first: what changes most often comes last.
COPY models models
COPY photos photos
COPY field_app field_app
COPY pages pages

# After pip, whose run leaves the standard library compiled: a third less work at each start.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 8501

# http.client, because urllib would send even this through a proxy that the environment names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8501, timeout=4); c.request('GET', '/readyz'); sys.exit(c.getresponse().status != 200)"]

# It refuses to start without PUBLIC_URL=https://…, the address of the proxy (docs/deployment.md).
CMD ["python", "-m", "field_app", "serve", "--host", "0.0.0.0"]
