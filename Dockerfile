FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONPATH=/srv/billyard
WORKDIR /srv/billyard

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY LICENSE README.md ./
COPY migrations ./migrations
COPY app ./app
RUN printf '#!/bin/sh\nexec python -m app.cli "$@"\n' > /usr/local/bin/billyard \
    && chmod +x /usr/local/bin/billyard \
    && python -m compileall -q app migrations \
    && useradd --system --uid 10001 --home-dir /var/lib/billyard --create-home billyard

USER billyard
# One file with everything in it, to be kept on a volume; DATABASE_URL=postgresql://… replaces it.
ENV DATABASE_URL=sqlite:////var/lib/billyard/billyard.db
VOLUME /var/lib/billyard
EXPOSE 12111

HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:12111/_sim/health', timeout=2)"]

ENTRYPOINT ["billyard"]
CMD ["serve", "--host", "0.0.0.0"]
