"""Forms with a file in them (multipart/form-data, RFC 7578), read by the standard library's parser."""

from email.parser import BytesParser
from email.policy import HTTP

from gatehouse.domain.errors import Malformed


def parts_of(raw: bytes, content_type: str) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the fields and the files of a form, each of which comes once. Raises Malformed."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("ascii", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + raw)
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    if not message.is_multipart() or message.defects:
        raise _unreadable()
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or name in fields or name in files or part.defects:
            raise _unreadable()
        if part.is_multipart() or not isinstance(content, bytes):
            raise _unreadable()
        if part.get_filename() is None:
            try:
                fields[name] = content.decode()
            except UnicodeDecodeError as wrong:
                raise _unreadable() from wrong
        else:
            files[name] = content
    return fields, files


def _unreadable() -> Malformed:
    return Malformed("The form could not be read. Open the page again and repeat.")
