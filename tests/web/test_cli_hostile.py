"""Whatever is typed or damaged, the command line answers in one sentence with its exit code, never with a traceback."""

import errno
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from engine.office.clock import SystemClock
from engine.store.opening import open_database
from engine.store.sealing import Sealer
from tests.engine.process.drawing import draw
from tests.web.conftest import ROOT
from web import cli
from web.cli_words import HELP, Spoken

DIAGRAM = str(ROOT / "workflows" / "bpmn" / "unit_commendation.bpmn")
TABLE = str(ROOT / "workflows" / "dmn" / "unit_commendation_criteria.dmn")
OFFICE = (
    ["verify"],
    ["rebuild"],
    ["list", "nominations"],
    ["user", "list"],
    ["user", "disable", "mai"],
    ["token", "--user", "mai"],
    ["release", "list"],
    ["release", "diff", "a", "b"],
    ["release", "impact", str(ROOT / "workflows")],
    ["serve", "--port", "0"],
    ["db", "upgrade"],
    ["workdays", "2026-11-23", "5"],
    ["backup", "/nowhere/copy.db"],
    ["erase", "person", "mai", "--reason", "x"],
)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run a command that must be refused; return its exit code and its one sentence."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments))
    sentence = capsys.readouterr().err
    assert sentence.count("\n") == 1 and sentence.strip(), (arguments, sentence)
    assert "Traceback" not in sentence
    return int(left.value.code or 0), sentence


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("sound") / "data"
    with pytest.raises(SystemExit):
        cli.main(["db", "upgrade", "--data", str(data)])
    return data


@pytest.fixture
def office(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _usual_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("KHENTHUONG_LANG", raising=False)


# --- data that is none -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", OFFICE, ids=" ".join)
def test_a_file_in_place_of_the_data_folder_is_wrong_use(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"\x00\xff")
    assert said(capsys, *command, "--data", str(tmp_path / "file"))[0] == 2


@pytest.mark.parametrize("command", [c for c in OFFICE if c[0] not in ("db", "workdays")], ids=" ".join)
def test_a_mistyped_data_folder_is_named(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, sentence = said(capsys, *command, "--data", str(tmp_path / "dta"))
    assert code == 3
    assert "Không có dữ liệu trong thư mục" in sentence and str(tmp_path / "dta") in sentence
    assert not (tmp_path / "dta").exists()


@pytest.mark.parametrize("command", OFFICE, ids=" ".join)
def test_a_file_that_is_no_database_is_said_to_be_damaged(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "khenthuong.db").write_bytes(b"SQLite format 3\x00" + b"\x07" * 5000)
    assert said(capsys, *command, "--data", str(tmp_path))[0] == 3


@pytest.mark.parametrize("content", [b"\x00\xff" * 4000, b"text\n"])
def test_whatever_the_file_holds_it_is_never_a_traceback(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "khenthuong.db").write_bytes(content)
    assert said(capsys, "list", "nominations", "--data", str(tmp_path))[0] == 3


@pytest.mark.parametrize("command", OFFICE, ids=" ".join)
def test_a_database_with_broken_pages_is_never_a_traceback(
    command: list[str], office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = office / "khenthuong.db"
    content = bytearray(file.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xaa" * 64
    file.write_bytes(content)
    assert said(capsys, *command, "--data", str(office))[0] in (1, 3)


@pytest.mark.parametrize("command", [c for c in OFFICE if c != ["db", "upgrade"]], ids=" ".join)
def test_a_database_of_another_kind_is_said_in_one_sentence(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, sentence = said(capsys, *command, "--data", str(tmp_path), "--database", "mysql://x")
    assert code == 3 and "PostgreSQL" in sentence


@pytest.mark.parametrize("url", ["postgresql://x", "what", "://", "sqlite:////nowhere/there/x.db", "sqlite://"])
def test_an_address_of_no_database_is_said_in_one_sentence(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "verify", "--data", str(tmp_path), "--database", url)[0] == 3


@pytest.mark.parametrize("in_the_way", ["khenthuong.db", "serve.lock", "heads.jsonl", "keys"])
def test_a_thing_in_the_way_in_the_data_folder_is_said(
    in_the_way: str, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if in_the_way == "keys":
        (office / "keys").write_text("x", encoding="utf-8")
    else:
        (office / in_the_way).unlink(missing_ok=True)
        (office / in_the_way).mkdir()
    assert said(capsys, "serve", "--port", "0", "--data", str(office))[0] == 3


@pytest.mark.parametrize("name", ["head.ed25519", "cookie.key"])
def test_a_spoilt_key_is_said(name: str, office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (office / "keys").mkdir(exist_ok=True)
    (office / "keys" / name).write_bytes(b"\xff\x00short")
    code, sentence = said(capsys, "serve", "--port", "0", "--data", str(office))
    assert code == 3 and "tệp khóa" in sentence


def test_heads_that_are_none_are_wrong_use(office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content in (b"", b"\n", b"\xff\xfe", b"[]\n", b"{}\n", b"1\n", b'{"size": 1}\n'):
        (tmp_path / "heads").write_bytes(content)
        assert said(capsys, "verify", "--data", str(office), "--heads", str(tmp_path / "heads"))[0] == 2


def test_verify_says_how_much_is_sealed(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told() -> str:
        with pytest.raises(SystemExit):
            cli.main(["verify", "--data", str(office)])
        return capsys.readouterr().out

    assert "Chưa có mốc niêm phong nào" in told()
    database = open_database(office)
    Sealer(database, office, SystemClock()).run(urgent=True)
    database.close()
    assert "Mốc niêm phong: 1, mốc cuối ký lúc" in told() and "; 0 lần ghi chưa niêm phong." in told()


DAMAGED_HEADS = [
    b"xx\n",
    b"\xff\xfe\n",
    b"[]\n",
    b"null\n",
    b'{"size":1,"root":"a\n',
    b'{"size": NaN, "root": "", "at": "", "prev": "", "key": "", "signature": ""}\n',
    b'{"size": 1}\n',
]


@pytest.mark.parametrize("content", DAMAGED_HEADS)
def test_heads_beside_the_data_that_are_damaged_are_a_finding_and_stop_what_relies_on_them(
    content: bytes, office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--data", str(office))
    with pytest.raises(SystemExit):
        cli.main(["backup", str(tmp_path / "copy.db"), *place])
    (office / "heads.jsonl").write_bytes(content)
    code, sentence = said(capsys, "verify", "--json", *place)
    assert code == 1 and "Sai ở mốc niêm phong: tệp heads.jsonl có dòng không phải là mốc niêm phong" in sentence
    for command in (["serve", "--port", "0"], ["restore", str(tmp_path / "copy.db")]):
        code, sentence = said(capsys, *command, *place)
        assert code == 3 and "hãy chép lại tệp này từ bản giữ ở máy khác" in sentence
    assert (office / "heads.jsonl").read_bytes() == content


# --- what verify makes of values of another kind -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE release_file SET content = 'text'", "bản phát hành"),
        ("UPDATE release_file SET content = 7", "bản phát hành"),
        ("UPDATE journal SET body = '[]' WHERE stream = 'calendar' AND seq = 1", "lịch làm việc"),
        ("UPDATE journal SET body = 5 WHERE stream = 'calendar' AND seq = 1", "lịch làm việc"),
        ("UPDATE journal SET body = x'ff' WHERE stream = 'calendar' AND seq = 1", ""),
        ("UPDATE journal SET at = 7 WHERE stream = 'calendar' AND seq = 1", "lịch làm việc"),
        ("UPDATE journal SET seq = 1.5 WHERE stream = 'calendar' AND seq = 1", "lịch làm việc"),
        ("UPDATE command SET answer = 7", ""),
        ("UPDATE command SET digest = x'00'", ""),
        ("INSERT INTO form_data (hash, payload) VALUES ('x', x'ff')", ""),
        ("INSERT INTO erasure (hash, stream, seq) VALUES ('x', 'nowhere', 'many')", ""),
        ("INSERT INTO merkle_leaf VALUES (0, 'calendar', 1, 'x')", "lịch làm việc"),
        ("INSERT INTO merkle_head VALUES (1, 'x', 'x', '', 'x', 'x')", "mốc niêm phong"),
        ("UPDATE unit SET title = x'ff' WHERE id = 'X2545'", "đơn vị"),
    ],
)
def test_verify_makes_a_finding_of_whatever_stands_in_the_tables(
    change: str, found: str, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = sqlite3.connect(office / "khenthuong.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute(change)
    database.commit()
    database.close()

    with pytest.raises(SystemExit) as left:
        cli.main(["verify", "--data", str(office)])

    out = capsys.readouterr().out
    assert left.value.code == 1
    assert out.startswith("Sai ở ") and found in out
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|[a-z]_[a-z]", out), out


# --- files -------------------------------------------------------------------------------------------------------


FILES = {
    "binary": b"\x00\xff\xfe" * 50,
    "empty": b"",
    "list": b"[1]",
    "deep": b"[" * 3000,
    "bpmn": b"<?xml version='1.0'?><definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
@pytest.mark.parametrize("name", ["x.bpmn", "x.dmn", "x.json", "release.toml", "x"])
def test_a_file_that_is_something_else_is_a_finding_or_wrong_use(
    name: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    for command in (["check"], ["check", "--bare"], ["walk"], ["decide", "--input", str(file)]):
        with pytest.raises(SystemExit) as left:
            cli.main([*command, str(file)])
        assert left.value.code in (0, 1, 2), command
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "option", [["walk", DIAGRAM, "--answers"], ["decide", TABLE, "--input"]], ids=["walk", "decide"]
)
@pytest.mark.parametrize("content", [*FILES.values(), b'{"user": 5}', b'{"user": {"x": 1}}', b'{"timers": {}}'])
def test_answers_that_are_none_are_never_a_traceback(
    option: list[str], content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(SystemExit) as left:
        cli.main([*option, str(file)])
    assert left.value.code in (0, 1, 2)


@pytest.mark.parametrize(
    "answers",
    [
        '{"user": 5}',
        '{"user": [1]}',
        '{"user": {"x": 1}}',
        '{"user": {"x": [{}, "y"]}}',
        '{"timers": {"x": 1}}',
        '{"signals": "go"}',
        '{"messages": [3]}',
        '{"messages": [{"name": "m", "data": 3}]}',
    ],
)
def test_answers_of_a_wrong_shape_are_wrong_use(
    answers: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.json"
    file.write_text(answers)
    with pytest.raises(SystemExit) as left:
        cli.main(["walk", DIAGRAM, "--json", "--answers", str(file)])
    spoken = capfd.readouterr()  # what the child process writes as well
    assert (left.value.code, spoken.out, spoken.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("command", [["check", "--bare"], ["walk"]], ids=" ".join)
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_what_is_found_in_a_file_is_one_sentence_beside_what_is_printed(
    command: list[str], as_json: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "hong.bpmn"
    broken.write_bytes(draw("startEvent s", "endEvent e", "s -> e").replace(b'targetRef="e"', b'targetRef="x"'))
    code, sentence = said(capsys, *command, str(broken), *as_json)
    assert code == 1 and "hong.bpmn:1 [e]: Không có đường nối nào đi vào" in sentence and "Còn 1 lỗi khác." in sentence


@pytest.mark.parametrize("file", [TABLE, str(ROOT / "workflows" / "forms" / "appraisal.json")])
def test_a_file_that_is_no_diagram_is_not_walked_through_in_silence(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, sentence = said(capsys, "walk", "--json", file)
    assert code == 1 and "không phải là BPMN 2.0" in sentence


def test_a_walk_that_stops_says_where_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('{"user": {"ask": {"x": "y"}}}')
    diagram = tmp_path / "hoi.bpmn"
    diagram.write_bytes(
        draw(
            *("startEvent s", "userTask ask", "exclusiveGateway g default=d", "endEvent e", "endEvent f"),
            *("s -> ask", "ask -> g", "d: g -> e", "g -> f if order.total > 5"),
        )
    )
    code, sentence = said(capsys, "walk", "--json", str(diagram), "--answers", str(answers))
    assert code == 1 and sentence.startswith("Dừng vì sự cố ở bước g:") and "order.total" in sentence


# --- what is not there, and places that cannot be used -----------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "names"),
    [
        (["verify", "--code", "KT-2099-0001/01"], "Không có trường hợp đề nghị KT-2099-0001/01."),
        (["erase", "nomination", "KT-2099-0001/01", "--reason", "x"], "Không có trường hợp đề nghị KT-2099-0001/01."),
        (["token", "--user", "mai"], "Không có tài khoản mai."),
        (["user", "disable", "mai"], "Không có tài khoản mai."),
        (["erase", "person", "mai", "--reason", "x"], "Không có tài khoản mai."),
        (["release", "diff", "R3", "R9"], "Không có bản phát hành R9;"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_what_is_not_there_is_named_as_on_a_terminal(
    command: list[str], names: str, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, sentence = said(capsys, *command, "--data", str(office))
    assert code == 1 and sentence.startswith(names)


@pytest.mark.parametrize(
    ("place", "code", "says"),
    [
        ("folder", 2, "FILE phải là một tệp, không phải một thư mục."),
        ("there", 3, "tệp này đã có; hãy đặt tên khác"),
        ("nowhere/copy.db", 3, "không có tệp hoặc thư mục như vậy"),
        ("there/copy.db", 3, "một phần của đường dẫn là tệp"),
        ("a" * 300, 3, "tên quá dài"),
    ],
)
def test_a_place_that_takes_no_copy_is_named_with_the_reason(
    place: str, code: int, says: str, office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "there").write_text("kept")
    exit_code, sentence = said(capsys, "backup", str(tmp_path / place), "--data", str(office))
    assert exit_code == code and says in sentence
    assert (tmp_path / "there").read_text() == "kept"


def test_a_folder_in_which_nothing_may_be_written_takes_no_copy(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(file: Path, *_more: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(file))

    monkeypatch.setattr(Path, "open", refused)  # whoever runs the tests may be root, who may write everywhere
    code, sentence = said(capsys, "backup", str(tmp_path / "copy.db"), "--data", str(office))
    assert code == 3 and sentence.endswith("copy.db: không có quyền.\n")


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\x00" + bytes(100)])
def test_a_file_that_is_no_copy_is_not_restored(
    content: bytes, office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "copy.db").write_bytes(content)
    code, sentence = said(capsys, "restore", str(tmp_path / "copy.db"), "--data", str(office))
    assert code == 3 and "tệp này không phải là bản sao lưu, hoặc đã bị hỏng" in sentence


@pytest.mark.parametrize("start", ["0001-01-01", "9999-12-31", "1900-12-31", "2080-01-01"])
def test_a_limit_in_years_without_known_holidays_says_which_years_are_known(
    start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, sentence = said(capsys, "workdays", start, "1", "--data", str(tmp_path))
    assert code == 1 and "từ năm 1901 đến năm 2079" in sentence and f"năm {int(start[:4])} " in sentence


def test_a_release_folder_that_is_none_is_one_sentence(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in (["release", "impact", str(empty)], ["db", "upgrade", "--release", str(empty)]):
        assert said(capsys, *command, "--data", str(office))[0] in (1, 3)
    assert said(capsys, "release", "impact", "/nowhere", "--data", str(office))[0] == 2


# --- wrong use, in one language ----------------------------------------------------------------------------------


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from leaves(each, (*path, name))


COMMANDS = [(path, command) for path, command in leaves(cli.cli) if not isinstance(command, click.Group)]


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
def test_wrong_options_and_missing_arguments_are_one_sentence(
    path: tuple[str, ...], command: click.Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, *path, "--nothing")[0] == 2
    if any(each.required for each in command.params):
        assert said(capsys, *path)[0] == 2
    assert said(capsys, *path, *["x"] * 9)[0] == 2
    assert said(capsys, *path, "--data")[0] == 2
    assert said(capsys, *path, "--lang", "fr")[0] == 2


def test_every_help_has_its_vietnamese() -> None:
    assert [path for path, command in leaves(cli.cli) if not isinstance(command, Spoken)] == []
    english = {command.help or "" for _, command in leaves(cli.cli)}
    english |= {
        each.help
        for _, command in leaves(cli.cli)
        for each in command.params
        if isinstance(each, click.Option) and each.help
    }
    assert {" ".join(text.split()) for text in english} - HELP.keys() == set()


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["--help"], {}, "Cách dùng"),
        (["--lang", "en", "--help"], {}, "Usage"),
        (["verify", "--lang", "en", "--help"], {}, "Usage"),
        (["--help"], {"LANG": "en_GB.UTF-8"}, "Usage"),
        (["--help"], {"LANG": "en_GB.UTF-8", "KHENTHUONG_LANG": "vi"}, "Cách dùng"),
        (["--lang", "vi", "--help"], {"LANG": "en_GB.UTF-8"}, "Cách dùng"),
    ],
)
def test_one_language_is_spoken_the_one_that_was_asked_for(
    arguments: list[str],
    environment: dict[str, str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        cli.main(arguments)
    assert capsys.readouterr().out.startswith(expected)
