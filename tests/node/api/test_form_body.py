"""Forms as browsers send them are taken apart in memory; whatever else comes is refused in our own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.api.errors import InvalidRequest, UnsupportedMediaType
from node.api.form_body import MAX_FILE_NAME, Part, read_form

_KIND = "multipart/form-data; boundary=xYz"


def _form(*parts: bytes, end: bytes = b"--xYz--\r\n") -> bytes:
    return b"".join(b"--xYz\r\n" + part + b"\r\n" for part in parts) + end


def _part(name: str, content: bytes, more: str = "") -> bytes:
    return f'Content-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content


def test_fields_come_in_their_order_with_their_bytes() -> None:
    body = _form(
        _part("text", b"a\r\n--xY\r\nb"),
        _part("document", bytes(range(256)), '; filename="caf\u00e9.jwt"\r\nContent-Type: application/jwt'),
        _part("document", b"", '; filename=""'),
    )
    assert read_form(body, _KIND, most_parts=3) == (
        Part("text", None, b"a\r\n--xY\r\nb"),
        Part("document", "caf\u00e9.jwt", bytes(range(256))),
        Part("document", "", b""),
    )


def test_a_file_name_is_cut_and_commands_nothing() -> None:
    (part,) = read_form(
        _form(_part("document", b"x", '; filename="a\x1b[31m' + "b" * 900 + '"')), _KIND, most_parts=1
    )
    assert part.file_name is not None
    assert part.file_name.isprintable()
    assert len(part.file_name) == MAX_FILE_NAME


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/json",
        "text/plain; boundary=xYz",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=xYz",
    ],
)
def test_what_is_declared_as_something_else_is_told_what_is_wanted(kind: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="multipart/form-data"):
        read_form(_form(_part("text", b"x")), kind, most_parts=1)


_NO_FORMS = {
    "no boundary": (_form(_part("text", b"x")), "multipart/form-data"),
    "an empty boundary": (_form(_part("text", b"x")), "multipart/form-data; boundary="),
    "a long boundary": (_form(_part("text", b"x")), f"multipart/form-data; boundary={'b' * 71}"),
    "another boundary": (_form(_part("text", b"x")), "multipart/form-data; boundary=other"),
    "no end": (_form(_part("text", b"x"), end=b""), _KIND),
    "half an end": (_form(_part("text", b"x"))[:-4], _KIND),
    "nothing": (b"", _KIND),
    "zeros": (b"\0" * 1000, _KIND),
    "no header": (_form(b"\r\nno header"), _KIND),
    "an attachment": (_form(b'Content-Disposition: attachment; name="text"\r\n\r\nx'), _KIND),
    "no name": (_form(b"Content-Disposition: form-data\r\n\r\nx"), _KIND),
    "an encoding": (_form(_part("text", b"eA==", "\r\nContent-Transfer-Encoding: base64")), _KIND),
    "a long header": (_form(b"X-" + b"y" * 5000 + b": z\r\n" + _part("text", b"x")), _KIND),
    "many headers": (
        _form(b"".join(b"X-%d: y\r\n" % number for number in range(9)) + _part("text", b"x")),
        _KIND,
    ),
    "a header with a control": (_form(b"X\x01: y\r\n" + _part("text", b"x")), _KIND),
}


@pytest.mark.parametrize("name", _NO_FORMS)
def test_what_is_no_whole_form_is_refused(name: str) -> None:
    body, kind = _NO_FORMS[name]
    with pytest.raises(InvalidRequest, match="The form cannot be read"):
        read_form(body, kind, most_parts=4)


def test_what_nearly_is_a_boundary_again_and_again_is_not_looked_at() -> None:
    near = b"\r\n--xYz\r" * 2_000_000
    with pytest.raises(InvalidRequest, match="at most 24 fields"):
        read_form(_form(_part("document", near)), _KIND, most_parts=24)


def test_more_fields_than_there_are_is_refused_before_they_are_read() -> None:
    with pytest.raises(InvalidRequest, match="at most 2 fields"):
        read_form(_form(*[_part("text", b"x")] * 3), _KIND, most_parts=2)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"--xYz\r\n", b'--xYz\r\nContent-Disposition: form-data; name="a"\r\n\r\n']),
)
def test_whatever_bytes_come_are_fields_or_refused(rest: bytes, begun: bytes) -> None:
    try:
        found = read_form(begun + rest, _KIND, most_parts=4)
    except InvalidRequest:
        return
    assert all(isinstance(part, Part) for part in found)
