"""However a table is packed, its cells come out; what is no table says so."""

import codecs
import json

import pytest

from core.errors import Invalid
from integrations.queries.tables import open_table
from tests.integrations.paths import folder

ROWS = [["北京设备", "Beijing 😀"], ["京能, 二期", 'a "quoted" name'], ["上海\n分公司", ""]]


def write(path, data):
    path.write_bytes(data)
    return path


def text(delimiter=",", newline="\r\n"):
    lines = [delimiter.join(["名称", "name"])]
    for cells in ROWS:
        quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
        lines.append(delimiter.join(quoted))
    return newline.join(lines) + newline


def cells_of(path):
    table = open_table(path)
    return table, [row.cells for row in table.rows()]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gb18030", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_packaging_holds_the_same_cells(tmp_path, encoding, mark, delimiter):
    path = write(tmp_path / "t.csv", mark + text(delimiter).encode(encoding))

    table, rows = cells_of(path)

    assert table.header == ("名称", "name")
    assert rows == ROWS


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(tmp_path, newline):
    path = write(tmp_path / "t.csv", newline.join(["a,b", "1,2", "3,4"]).encode())

    _table, rows = cells_of(path)

    assert rows == [["1", "2"], ["3", "4"]]


def test_a_row_knows_the_line_it_began_on(tmp_path):
    path = write(tmp_path / "t.csv", b'a,b\n"two\nlines",1\n\nx,2\n')

    table = open_table(path)

    assert [row.line for row in table.rows()] == [2, 5]


def test_one_bad_byte_does_not_spoil_a_utf8_file(tmp_path):
    good = "\n".join(f"名称{n},值" for n in range(50))
    path = write(tmp_path / "t.csv", b"a,b\n" + good.encode() + b"\nbro\xffken,1\n")

    table, rows = cells_of(path)

    assert table.encoding == "utf-8"
    assert rows[0] == ["名称0", "值"]
    assert rows[-1][0].encode("utf-8", "surrogateescape") == b"bro\xffken"


def test_the_header_is_trimmed(tmp_path):
    path = write(tmp_path / "t.csv", b" name , e  mail \nx,y\n")

    assert open_table(path).header == ("name", "e mail")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\r\n  \n", "empty_file"),
        (codecs.BOM_UTF8, "empty_file"),
        (b"name,Name \nx,y\n", "duplicate_header"),
        (b"\x1f\x8b\x08\x00rest", "not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_text"),
        (b"PK\x03\x04 but no workbook", "unreadable"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, content, code):
    path = write(tmp_path / "t.csv", content)

    with pytest.raises(Invalid) as refusal:
        open_table(path)

    assert refusal.value.code == code
    assert str(refusal.value).endswith(".")


def test_an_unknown_encoding_and_a_missing_file_are_refused(tmp_path):
    path = write(tmp_path / "t.csv", b"a\n1\n")

    with pytest.raises(Invalid, match="no encoding called klingon"):
        open_table(path, encoding="klingon")
    with pytest.raises(Invalid, match="There is no file"):
        open_table(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    "name",
    [
        "gb18030_crlf.csv",
        "gbk_crlf.csv",
        "utf8_lf.csv",
        "utf8_bom_semicolon.csv",
        "utf16le_bom_tab.txt",
        "list.xlsx",
    ],
)
def test_real_chinese_companies_in_every_packaging(name):
    data = folder("companies_zh_encodings")
    truth = json.loads((data / "truth.json").read_text())

    table, rows = cells_of(data / name)

    assert list(table.header) == truth["columns"]
    assert len(rows) == truth["rows"]
    assert rows[0] == list(truth["first"].values())
    assert rows[-1] == list(truth["last"].values())


def test_real_odd_files_have_as_many_records_as_counted_independently():
    data = folder("messy_csvkit")
    truth = json.loads((data / "truth.json").read_text())["files"]
    wrong = {}
    for name, facts in truth.items():
        if not isinstance(facts["csv_records"], int) or name.endswith((".gz", ".txt")):
            continue
        try:
            table = open_table(data / name)
            got = sum(1 for _row in table.rows()) + 1
        except Invalid as refusal:
            got = refusal.code
        if got != facts["csv_records"]:
            wrong[name.rsplit("/", 1)[1]] = got

    assert wrong == {
        # lines without any cell are no rows
        "bad_skip_lines.csv": 4,
        "test_skip_lines.csv": 2,
        # one line break and nothing else
        "empty.csv": "empty_file",
    }


def test_csv_spectrum_comes_out_as_its_authors_say():
    data = folder("messy_csvkit") / "csv_spectrum"
    for expected in sorted((data / "json").glob("*.json")):
        if expected.stem == "location_coordinates":
            continue  # its JSON tells of another phone number than its CSV
        table = open_table(data / "csvs" / f"{expected.stem}.csv")
        got = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows()]
        # in this copy of the collection the CSVs have lost their \r, the JSONs have not
        want = json.loads(expected.read_text().replace(r"\r\n", r"\n"))
        assert got == want, expected.stem
