"""Files in an S3 bucket, each under its account's id."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import FileGone, FilesUnavailable
from gatehouse.usecases.ports import File, UploadForm

_PART: Final = 8 * 1024 * 1024
"""Bytes held at once; S3 takes no part but the last below 5 MB."""
_READ: Final = 256 * 1024
_NOT_THERE: Final = {"404", "NoSuchKey", "NotFound"}
_REPLACED: Final = {"412", "PreconditionFailed", "416", "InvalidRange"}


class S3Files:
    """Implements :class:`gatehouse.usecases.ports.Files` with an ``s3`` client of boto3."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, name: str, chunks: Iterable[bytes]) -> File:
        parts = _parts(chunks)
        first = next(parts, b"")
        second = next(parts, None)
        try:
            if second is None:
                answer = self._client.put_object(Bucket=self._bucket, Key=name, Body=first)
                return File(len(first), str(answer["ETag"]))
            return self._put_in_parts(name, first, second, parts)
        except (BotoCoreError, ClientError, KeyError) as failure:
            raise _unable() from failure

    def _put_in_parts(self, name: str, first: bytes, second: bytes, rest: Iterator[bytes]) -> File:
        target = {"Bucket": self._bucket, "Key": name}
        target["UploadId"] = self._client.create_multipart_upload(**target)["UploadId"]
        done: list[dict[str, Any]] = []
        size = 0

        def send(part: bytes) -> None:
            nonlocal size
            number = len(done) + 1
            answer = self._client.upload_part(**target, PartNumber=number, Body=part)
            done.append({"PartNumber": number, "ETag": answer["ETag"]})
            size += len(part)

        try:
            send(first)
            send(second)
            for part in rest:
                send(part)
            answer = self._client.complete_multipart_upload(
                **target, MultipartUpload={"Parts": done}
            )
        except BaseException:
            # What cannot be given back now, the bucket's own rules clear.
            with suppress(BotoCoreError, ClientError):
                self._client.abort_multipart_upload(**target)
            raise
        return File(size, str(answer["ETag"]))

    def find(self, name: str) -> File | None:
        try:
            answer = self._client.head_object(Bucket=self._bucket, Key=name)
            return File(int(answer["ContentLength"]), str(answer["ETag"]))
        except ClientError as failure:
            if _code(failure) in _NOT_THERE:
                return None
            raise _unable() from failure
        except (BotoCoreError, KeyError) as failure:
            raise _unable() from failure

    def read(self, name: str, etag: str, start: int = 0) -> Iterator[bytes]:
        try:
            answer = self._client.get_object(
                Bucket=self._bucket, Key=name, IfMatch=etag, Range=f"bytes={start}-"
            )
            yield from answer["Body"].iter_chunks(_READ)
        except ClientError as failure:
            if _code(failure) in _NOT_THERE | _REPLACED:
                raise FileGone(
                    "The file is no longer there, or another one is in its place. Send it again."
                ) from failure
            raise _unable() from failure
        except (BotoCoreError, KeyError) as failure:
            raise _unable() from failure

    def delete(self, name: str) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=name)
        except (BotoCoreError, ClientError) as failure:
            raise _unable() from failure

    def upload_address(self, name: str, lifetime: timedelta) -> str:
        return self._address("put_object", lifetime, Key=name)

    def upload_form(
        self, name: str, lifetime: timedelta, *, most: int, return_to: str
    ) -> UploadForm:
        back = {"success_action_redirect": return_to}
        form = self._client.generate_presigned_post(
            self._bucket,
            name,
            Fields=back,
            Conditions=[["content-length-range", 1, most], back],
            ExpiresIn=int(lifetime.total_seconds()),
        )
        return UploadForm(str(form["url"]), form["fields"])

    def download_address(self, name: str, lifetime: timedelta, *, save_as: str) -> str:
        return self._address(
            "get_object",
            lifetime,
            Key=name,
            ResponseContentDisposition=f'attachment; filename="{save_as}"',
            ResponseCacheControl="no-store",
        )

    def _address(self, operation: str, lifetime: timedelta, **parameters: str) -> str:
        return str(
            self._client.generate_presigned_url(
                operation,
                Params={"Bucket": self._bucket, **parameters},
                ExpiresIn=int(lifetime.total_seconds()),
            )
        )


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= _PART:
            yield bytes(held[:_PART])
            del held[:_PART]
    if held:
        yield bytes(held)


def _code(failure: ClientError) -> str:
    return str(failure.response.get("Error", {}).get("Code", ""))


def _unable() -> FilesUnavailable:
    return FilesUnavailable("The files could not be reached. Try again in a moment.")
