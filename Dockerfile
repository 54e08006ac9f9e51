# Posts are mounted at /posts, read only; the index, a cache, is in /cache:
#   docker build -t feedsvc .
#   docker run --read-only -p 8000:8000 -v "$PWD/posts:/posts:ro" -v feedsvc-cache:/cache feedsvc
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv
RUN python3 -m venv /opt/feedsvc
WORKDIR /src
COPY requirements.txt .
RUN /opt/feedsvc/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY feedsvc feedsvc
RUN /opt/feedsvc/bin/pip install --no-cache-dir --no-deps .

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/feedsvc /opt/feedsvc
RUN useradd --system --uid 900 --no-create-home feedsvc && install -d -o feedsvc /posts /cache
USER 900
ENV PATH=/opt/feedsvc/bin:$PATH FEEDSVC_POSTS=/posts XDG_CACHE_HOME=/cache PYTHONDONTWRITEBYTECODE=1
VOLUME /cache
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=30s \
    CMD ["python3", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["feedsvc", "serve", "--host", "0.0.0.0", "--port", "8000"]
