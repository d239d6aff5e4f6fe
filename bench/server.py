"""HTTP server of the service, for botocore."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

from bench.service import BUCKET, Service


class Handler(BaseHTTPRequestHandler):
    """A request: POST for JSON calls with a target, other methods for S3."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # it would delay the end of each response by 40 ms
    service: Service

    def do_POST(self) -> None:
        """Answers a JSON call."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.service.act(self.headers["X-Amz-Target"].rpartition(".")[2], json.loads(body))
        self._answer(200, json.dumps(answer).encode(), self.headers["Content-Type"])

    def do_PUT(self) -> None:
        """Stores an object."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.service.put(self._key(), body)
        self._answer(200, b"", "text/xml")

    def do_GET(self) -> None:
        """Sends an object, the list of keys, or the counted calls."""
        query = parse_qs(urlparse(self.path).query)
        if self.path == "/calls":
            self._answer(200, json.dumps(self.service.calls).encode(), "application/json")
            self.service.calls.clear()
        elif "list-type" in query:
            self._answer(200, self.service.list(query.get("prefix", [""])[0]).encode(), "text/xml")
        else:
            found = self.service.get(self._key())
            self._answer(404 if found is None else 200, found or b"", "application/octet-stream")

    def _key(self) -> str:
        return unquote(urlparse(self.path).path).removeprefix(f"/{BUCKET}/")

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


if __name__ == "__main__":
    Handler.service = Service(int(sys.argv[1]), Path(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
