"""HTTP to addresses that were checked before: no second look-up of the name, no proxy, and an end in any case."""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

LONGEST_ANSWER = 16_384
"""Bytes of an answer that are read; only its beginning is kept."""


class PinnedTransport(httpx2.BaseTransport):
    """Sends to the given addresses, whatever the request's name resolves to by now (DNS rebinding).

    Host header, SNI and the certificate's check stay with the name. All together may take ``seconds``: a timeout for
    each read alone would let a receiver keep a worker for days, byte by byte.
    """

    def __init__(self, addresses: Iterable[str], seconds: float, context: ssl.SSLContext) -> None:
        backend = _PinnedBackend(tuple(addresses), time.monotonic() + seconds)
        self._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=backend)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, read so far as it is kept, and not unpacked.

        Raises:
            httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError: there is none.
        """
        url = request.url
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.read(),
        )
        answer = self._pool.handle_request(sent)
        body = b""
        try:
            assert isinstance(answer.stream, Iterable)
            for part in answer.stream:
                body += part
                if len(body) >= LONGEST_ANSWER:
                    break
        finally:
            answer.close()
        wishes = [(name, value) for name, value in answer.headers if name.lower() == b"retry-after"]
        return httpx2.Response(answer.status, headers=wishes, content=body[:LONGEST_ANSWER], request=request)

    def close(self) -> None:
        self._pool.close()


class _PinnedBackend(httpcore2.NetworkBackend):
    def __init__(self, addresses: tuple[str, ...], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        del host, timeout  # the name has been looked up, and the deadline is one for all
        problem: Exception = httpcore2.ConnectError("no address")
        for address in self._addresses:
            left = _left(self._deadline)
            try:
                stream = self._backend.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
                continue
            return _TimedStream(stream, self._deadline)
        raise problem


class _TimedStream(httpcore2.NetworkStream):
    """A stream that ends at a moment, however busy it is."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        del timeout
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("The receiver took too long.")
    return left
