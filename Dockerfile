# Installs just what `make setup` installs, and serves it as a user without rights.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
WORKDIR /app

COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt -c constraints.txt \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent inspector \
    && mkdir /data && chown inspector /data

COPY field_app field_app
COPY pages pages
COPY models models
COPY photos photos

USER inspector
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/readyz', timeout=4)"]

# Behind a proxy that speaks HTTPS: set PUBLIC_URL=https://… and TRUST_PROXY=1 (docs/deployment.md).
CMD ["python", "-m", "field_app", "serve", "--host", "0.0.0.0"]
