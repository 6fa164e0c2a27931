"""Binary files that the tools of their kind open, of any size, a function of a seed.

Nothing is compressed, so that the bytes do not depend on a version of a library: what such files
hold is as good as random, which packs no smaller.
"""

from __future__ import annotations

import hashlib
import struct
import uuid
import zlib
from collections.abc import Callable, Mapping

_BLOCK = 512
_STORED = 0xFFFF
"""Bytes that one stored block of deflate holds at most."""
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_BLOCK = 128 * 1024
"""Bytes that one block of a Zstandard frame holds at most."""
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
_NAMESPACE = "http://schemas.openxmlformats.org"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = f"{_NAMESPACE}/officeDocument/2006/relationships"
_SHEET = f"{_NAMESPACE}/spreadsheetml/2006/main"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_BOOK = {
    "[Content_Types].xml": f'<Types xmlns="{_NAMESPACE}/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    f'ContentType="{_SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_NAMESPACE}/package/2006/relationships"><Relationship '
    f'Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_NAMESPACE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
_DOS_DATE = 0x5821  # 1 January 2024
_COLUMNS = "ABCDEF"
_SIDES = ((1600, 1200), (16, 16))
"""Width and height of photographs; the smaller where the larger does not fit."""


def openable(ending: str, seed: str, size: int) -> bytes:
    """Return a file of exactly ``size`` bytes that a tool of its kind opens.

    Args:
        ending: Of its name, with the dot. What has another than those known here is an encrypted
            volume, under whatever name it goes.
        seed: What its content is drawn from.
        size: In bytes. Where it holds no file of the kind, the bytes are as good as random.
    """
    found = _KINDS.get(ending, _volume)(seed, size)
    return _noise(seed, size) if found is None else found


def _noise(seed: str, size: int) -> bytes:
    return hashlib.shake_128(f"file/{seed}".encode()).digest(size)


def _archive(seed: str, size: int) -> bytes | None:
    """Return a packed tar archive of one directory with a file in it."""
    room = size - len(_GZIP) - 8
    blocks = max(1, -(-room // (_STORED + 5)))
    room -= 5 * blocks  # the head of each block
    body = _tar(seed, room)
    if body is None:
        return None
    packed = bytearray(_GZIP)
    step = -(-room // blocks)
    for start in range(0, room, step):
        block = body[start : start + step]
        last = start + step >= room
        packed += struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block
    packed += struct.pack("<II", zlib.crc32(body), len(body))
    return bytes(packed)


def _frame(seed: str, size: int) -> bytes | None:
    """Return a tar archive in one Zstandard frame (RFC 8878) of blocks that are stored as is."""
    start = _ZSTD + b"\xa0"  # what follows is the content's size in four bytes, and no checksum
    room = size - len(start) - 4
    blocks = max(1, -(-room // (_ZSTD_BLOCK + 3)))
    room -= 3 * blocks
    body = _tar(seed, room)
    if body is None:
        return None
    packed = bytearray(start + struct.pack("<I", room))
    step = -(-room // blocks)
    for begin in range(0, room, step):
        block = body[begin : begin + step]
        last = begin + step >= room
        packed += (last | len(block) << 3).to_bytes(3, "little") + block
    return bytes(packed)


def _tar(seed: str, room: int) -> bytes | None:
    """Return an archive, of so many bytes, of one directory with a file in it."""
    content = (room - 4 * _BLOCK) // _BLOCK * _BLOCK
    if content < _BLOCK:
        return None
    name = f"data-{_noise(f'name/{seed}', 3).hex()}"
    parts = [
        _tar_head(f"{name}/", b"5", 0),
        _tar_head(f"{name}/{name}.dat", b"0", content),
        _noise(seed, content),
    ]
    return b"".join(parts).ljust(room, b"\0")  # zeros after the end are passed over


def _tar_head(name: str, kind: bytes, length: int) -> bytes:
    fields = [
        name.encode().ljust(100, b"\0"), b"0000755\0" if kind == b"5" else b"0000644\0",
        b"0000000\0", b"0000000\0", f"{length:011o}\0".encode(), b"14544000000\0", b" " * 8, kind,
        b"\0" * 100, b"ustar\00000", b"root".ljust(32, b"\0"), b"root".ljust(32, b"\0"),
    ]  # fmt: skip
    head = bytearray(b"".join(fields).ljust(_BLOCK, b"\0"))
    head[148:156] = f"{sum(head):06o}\0 ".encode()
    return bytes(head)


def _workbook(seed: str, size: int) -> bytes | None:
    """Return a spreadsheet of one sheet of numbers."""
    parts = {name: (_XML + text).encode() for name, text in _BOOK.items()}
    parts["xl/worksheets/sheet1.xml"] = b""
    room = size - len(_zip(parts))
    head = f'{_XML}<worksheet xmlns="{_SHEET}"><sheetData>'.encode()
    end = b"</sheetData></worksheet>"
    if room < len(head) + len(end):
        return None
    rows, left = [], room - len(head) - len(end)
    draws = _noise(seed, 4 * len(_COLUMNS) * (left // 150 + 1))
    for number in range(len(draws) // (4 * len(_COLUMNS))):
        row = _row(number + 1, struct.unpack_from("<6I", draws, 4 * len(_COLUMNS) * number))
        if len(row) > left:
            break
        rows.append(row)
        left -= len(row)
    parts["xl/worksheets/sheet1.xml"] = head + b"".join(rows) + end + b"\n" * left
    return _zip(parts)


def _row(number: int, values: tuple[int, ...]) -> bytes:
    cells = zip(_COLUMNS, values, strict=True)
    text = "".join(f'<c r="{name}{number}"><v>{x % 1_000_000 / 100}</v></c>' for name, x in cells)
    return f'<row r="{number}">{text}</row>'.encode()


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """Return an archive whose members are stored as they are."""
    body, listing = bytearray(), bytearray()
    for name, data in parts.items():
        word = name.encode()
        about = struct.pack(
            "<HHHHHIIIHH", 20, 0, 0, 0, _DOS_DATE, zlib.crc32(data), len(data), len(data),
            len(word), 0,
        )  # fmt: skip
        listing += b"PK\x01\x02" + struct.pack("<H", 20) + about
        listing += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + word
        body += b"PK\x03\x04" + about + word + data
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(listing), len(body), 0)
    return bytes(body + listing) + b"PK\x05\x06" + end


def _document(seed: str, size: int) -> bytes | None:
    """Return a document of one page: a scan, which is noise."""
    empty = _pdf(b"", 1)
    width = 256
    height, rest = divmod(size - len(empty), width)
    if height < 1:
        return None
    data = _noise(seed, width * height)
    return _pdf(data, height, rest)


def _pdf(image: bytes, height: int, rest: int = 0) -> bytes:
    page = b"q 595 0 0 842 0 0 cm /Im0 Do Q"
    about = (
        f"/Type /XObject /Subtype /Image /Width 256 /Height {height:06d} /ColorSpace /DeviceGray "
        "/BitsPerComponent 8"
    ).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /XObject << /Im0 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< %s /Length %010d >>\nstream\n%s\nendstream" % (about, len(image), image),
    ]
    out = bytearray(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    out += b" " * rest
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table
    out += b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%010d\n%%%%EOF\n" % start
    return bytes(out)


def _photograph(seed: str, size: int) -> bytes | None:
    """Return a picture of one grey, with what cameras write beside it."""
    start = b"\xff\xd8" + _segment(0xE0, b"JFIF\0\x01\x01\x01\x00\x48\x00\x48\x00\x00")
    for width, height in _SIDES:
        shown = _picture(width, height)
        left = size - len(start) - len(shown)
        if left >= 4 or left == 0:
            return start + _maker_notes(seed, left) + shown
    return None


def _maker_notes(seed: str, size: int) -> bytes:
    """Return segments of so many bytes in all, each of 4 at least."""
    found = bytearray()
    while size:
        length = min(size, 65_000)
        if 0 < size - length < 4:
            length -= 4
        found += _segment(0xED, _noise(f"{seed}/{size}", length - 4))
        size -= length
    return bytes(found)


def _segment(mark: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(data) + 2) + data


def _picture(width: int, height: int) -> bytes:
    """Return the picture itself: each of its squares is told in two bits, "as before" and "end"."""
    bits = 2 * (width // 8) * (height // 8)
    code = bytes([1] + [0] * 15) + b"\0"  # one word of one bit, which stands for 0
    return (
        _segment(0xDB, b"\0" + b"\x10" * 64)
        + _segment(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0))
        + _segment(0xC4, b"\x00" + code)
        + _segment(0xC4, b"\x10" + code)
        + _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + b"\0" * (bits // 8)
        + b"\xff\xd9"
    )


def _volume(seed: str, size: int) -> bytes | None:
    """Return an encrypted volume (LUKS, version 1), all of it noise but for its head."""
    draws = _noise(f"head/{seed}", 20 + 32 + 32 + 16)
    head = struct.pack(
        ">6sH32s32s32sII20s32sI40s",
        b"LUKS\xba\xbe", 1, b"aes", b"xts-plain64", b"sha256", 4096, 64, draws[:20], draws[20:52],
        131_072, str(uuid.UUID(bytes=draws[84:], version=4)).encode(),
    )  # fmt: skip
    for slot in range(8):
        salt = draws[52:84] if slot == 0 else b""
        state, rounds = (0x00AC71F3, 1_200_000) if slot == 0 else (0x0000DEAD, 0)
        head += struct.pack(">II32sII", state, rounds, salt, 8 + 504 * slot, 4000)
    return head + _noise(seed, size - len(head)) if size >= len(head) else None


_KINDS: Mapping[str, Callable[[str, int], bytes | None]] = {
    ".gz": _archive,
    ".jpg": _photograph,
    ".pdf": _document,
    ".xlsx": _workbook,
    ".zst": _frame,
}
