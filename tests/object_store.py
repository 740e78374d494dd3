"""An object store for tests: a server that speaks S3, on this computer, with buckets seen as a picture."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

SECRET = "not-to-be-told-4711"  # noqa: S105
_numbers = count(1)


@dataclass(frozen=True)
class Bucket:
    """A bucket of its own on the server at *endpoint*."""

    endpoint: str
    name: str
    client: Any

    @property
    def url(self) -> str:
        return f"s3://{self.name}"

    @property
    def settings(self) -> str:
        """What reaches it, for ``claimbatch.toml``."""
        return f'\n[files.s3]\nendpoint_url = "{self.endpoint}"\n'

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=content)

    def get(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=self.name, Key=key)["Body"].read())

    def remove(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=key)

    def keys(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def picture(self) -> str:
        """The keys, one a line."""
        return "".join(f"{key}\n" for key in self.keys())


@contextmanager
def served() -> Iterator[str]:
    """The address of a server that speaks S3; the environment has what lets one in."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "exams")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", "/nowhere")
        host, port = server.get_host_and_port()
        try:
            yield f"http://{host}:{port}"
        finally:
            server.stop()


def bucket(endpoint: str) -> Bucket:
    """A new bucket."""
    client = boto3.client("s3", endpoint_url=endpoint)
    name = f"exams-{next(_numbers)}"
    client.create_bucket(Bucket=name)
    return Bucket(endpoint, name, client)
