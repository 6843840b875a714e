"""Objects of an S3 bucket as the log's archive keeps them: written whole, read in parts."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import FilesUnavailable

_NOT_THERE: Final = {"404", "NoSuchKey", "NotFound", "416", "InvalidRange"}
_NOT_TO_BE_READ: Final = {"403", "AccessDenied"}
"""What whoever may not list a bucket is told of a name that is not there."""


class ObjectGone(Exception):
    """Say that an object is not there, or has no such part."""


class S3Objects:
    """A bucket behind an ``s3`` client of boto3. What does not answer raises FilesUnavailable."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, name: str, content: bytes) -> None:
        self._call(lambda: self._client.put_object(Bucket=self._bucket, Key=name, Body=content))

    def read(self, name: str, start: int, length: int) -> bytes:
        """Read so many bytes from a place on. Raises ObjectGone."""
        asked = f"bytes={start}-{start + length - 1}"
        answer = self._call(lambda: self._read(name, asked), _NOT_THERE | _NOT_TO_BE_READ)
        return bytes(answer["Content"])

    def _read(self, name: str, asked: str) -> Any:
        answer = self._client.get_object(Bucket=self._bucket, Key=name, Range=asked)
        # The connection may yet end while it is read.
        return {**answer, "Content": answer["Body"].read()}

    def names(self, prefix: str) -> Iterator[str]:
        """Go through the names that begin so."""
        more: dict[str, str] = {}
        while True:
            answer = self._call(partial(self._list, prefix, more))
            yield from (str(one["Key"]) for one in answer.get("Contents", ()))
            if not answer.get("IsTruncated"):
                return
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def _list(self, prefix: str, more: dict[str, str]) -> Any:
        return self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, **more)

    def delete(self, name: str) -> None:
        """Delete an object; harmless if it is not there."""
        self._call(lambda: self._client.delete_object(Bucket=self._bucket, Key=name))

    def _call(self, request: Callable[[], Any], gone: Collection[str] = _NOT_THERE) -> Any:
        """Make one call. An answer that S3 did not give (a proxy's page, say) has no id of S3's."""
        try:
            answer = request()
        except ClientError as failure:
            if str(failure.response.get("Error", {}).get("Code", "")) in gone:
                raise ObjectGone from failure
            raise _unable() from failure
        except (BotoCoreError, KeyError) as failure:
            raise _unable() from failure
        if not answer.get("ResponseMetadata", {}).get("RequestId"):
            raise _unable()
        return answer


def _unable() -> FilesUnavailable:
    return FilesUnavailable("The log's archive could not be reached. Try again in a moment.")
