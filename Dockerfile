# A server for one course: docker build -t histqa . ; docs/serving.md says how to run it.
FROM python:3.11-slim

# The address of PyTorch's index of CPU wheels, which saves several gigabytes (README).
ARG TORCH_INDEX_URL=""

WORKDIR /app
COPY constraints.txt ./
RUN if [ -n "$TORCH_INDEX_URL" ]; then \
        pip install --no-cache-dir --no-deps --index-url "$TORCH_INDEX_URL" \
            "$(grep '^torch==' constraints.txt)"; \
    fi
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip install --no-cache-dir -c constraints.txt .

# Readings in /data/docs_corpus; index, secret and histqa.toml lie beside them.
RUN useradd --system --create-home --uid 10001 histqa && mkdir /data && chown histqa /data
USER histqa
WORKDIR /data
VOLUME /data
ENV HISTQA_HOST=0.0.0.0 HISTQA_REQUEST_LOG=requests
EXPOSE 7860
HEALTHCHECK --start-period=15m --interval=30s --timeout=5s CMD ["python", "-c", \
    "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/readyz', timeout=4)"]
CMD ["histqa", "serve"]
