"""What the command line says of itself: help and wrong use, in one language, Vietnamese or English.

Which one: `--lang`, else KHENTHUONG_LANG, else English where LANG asks for it, else Vietnamese. The help of a command
is its docstring; HELP has the Vietnamese of each, and of each help of an option.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from engine.errors import NotFound
from web import texts
from web.texts import _, language

VARIABLE = "KHENTHUONG_LANG"
Wrapped = TypeVar("Wrapped", bound=Callable[..., Any])

HELP = {
    "Award dossiers of a province: pages, API and administration.": (
        "Hồ sơ khen thưởng của một tỉnh: trang làm việc, API và quản trị."
    ),
    "Make a demo by real commands, with accounts written to demo-accounts.json.": (
        "Tạo dữ liệu trình diễn bằng các lệnh thật; tài khoản được ghi vào demo-accounts.json."
    ),
    "Serve the pages and the API until stopped.": "Phục vụ các trang và API cho tới khi dừng.",
    "The database.": "Cơ sở dữ liệu.",
    "Make the database or bring it up to this version, with its master data and the release that ships.": (
        "Tạo cơ sở dữ liệu hoặc nâng lên phiên bản này, kèm danh mục dùng chung và bản phát hành đi cùng phần mềm."
    ),
    "Folder of another release to take.": "Thư mục của bản phát hành khác cần nhận.",
    "Refill the derived tables and snapshots from the journal and say whether any had differed.": (
        "Dựng lại các bảng dẫn xuất và ảnh trạng thái từ nhật ký, và cho biết có gì từng khác hay không."
    ),
    "Check the journal, its signed heads, what is derived from it, and execute every nomination again.": (
        "Kiểm tra nhật ký, các mốc niêm phong đã ký, dữ liệu dẫn xuất, và thực hiện lại từng trường hợp."
    ),
    "A nomination alone.": "Chỉ một trường hợp.",
    "Everything (the default).": "Tất cả (mặc định).",
    "Signed heads kept elsewhere.": "Tệp mốc niêm phong đã ký được giữ ở nơi khác.",
    "Every nomination must have been executed again.": "Mọi trường hợp đều phải được thực hiện lại.",
    "List nominations, dossiers or papers.": "Liệt kê trường hợp đề nghị, hồ sơ hoặc văn bản.",
    "Accounts.": "Tài khoản.",
    "Add a person with a role and an account; the password is asked for.": (
        "Thêm một người với vai trò và tài khoản; mật khẩu được hỏi khi chạy."
    ),
    "Full name.": "Họ và tên.",
    "Position, as shown on pages.": "Chức vụ, như hiện trên các trang.",
    "Code of the unit.": "Mã đơn vị.",
    "Code of the role; QT is the administrator.": "Mã vai trò; QT là quản trị.",
    "Close an account; its sessions end at once.": "Khóa một tài khoản; các phiên đăng nhập kết thúc ngay.",
    "Set a new password; all sessions of the account end.": (
        "Đặt mật khẩu mới; mọi phiên đăng nhập của tài khoản kết thúc."
    ),
    "List the accounts.": "Liệt kê tài khoản.",
    "Print a new token for the API; it is shown once.": "In một mã truy cập API mới; chỉ hiện một lần.",
    "Check diagrams, decision tables and forms, or a whole release folder.": (
        "Kiểm tra sơ đồ, bảng quyết định và biểu mẫu, hoặc cả thư mục bản phát hành."
    ),
    "A foreign file, which need not know our roles and forms.": (
        "Tệp của nơi khác, không cần biết vai trò và biểu mẫu ở đây."
    ),
    "Walk through a diagram with given answers and say where it went.": (
        "Đi thử qua một sơ đồ với các câu trả lời cho trước và cho biết đã đi qua đâu."
    ),
    "JSON: what people, messages and timers answer.": "JSON: câu trả lời của người xử lý, thông điệp và hẹn giờ.",
    "Evaluate a decision table and explain the result.": "Tính một bảng quyết định và giải thích kết quả.",
    "Which decision, where the file holds several.": "Quyết định nào, khi tệp có nhiều quyết định.",
    "JSON: the inputs by name.": "JSON: giá trị đầu vào theo tên.",
    "Say on which day a limit of DAYS working days ends that begins on START.": (
        "Cho biết thời hạn DAYS ngày làm việc bắt đầu từ START kết thúc vào ngày nào."
    ),
    "Count the first day as well.": "Tính cả ngày đầu.",
    "Releases of the process.": "Các bản phát hành quy trình.",
    "List the published releases, oldest first.": "Liệt kê các bản đã ban hành, cũ nhất trước.",
    "Say how release B differs from A; each is a published id or a folder.": (
        "Cho biết bản B khác bản A thế nào; mỗi bản là mã đã ban hành hoặc một thư mục."
    ),
    "Say what the edited release in FOLDER would mean for every live nomination. Nothing is changed.": (
        "Cho biết bản đã sửa trong FOLDER ảnh hưởng thế nào tới từng trường hợp đang xét. Không thay đổi gì."
    ),
    "List the nominations that could not move to the release in force, and why.": (
        "Liệt kê các trường hợp không chuyển được sang bản phát hành đang áp dụng, kèm lý do."
    ),
    "Do the jobs of an office on PostgreSQL until stopped: timers, files of papers, messages, signed heads.": (
        "Làm các việc nền của cơ quan dùng PostgreSQL cho tới khi dừng: hẹn giờ, tệp văn bản, thư báo, mốc niêm phong."
    ),
    "Measure the limits of README in offices made for it; `--database` takes a PostgreSQL database for that. "
    "Nothing of an office that is there is read or touched.": (
        "Đo các giới hạn nêu trong README trên dữ liệu tạo riêng; `--database` nhận một cơ sở dữ liệu PostgreSQL "
        "cho việc này. Không đọc, không đụng tới dữ liệu đang có."
    ),
    "A small version, in less than a minute.": "Bản rút gọn, dưới một phút.",
    "Only make an office of N finished nominations in --data.": (
        "Chỉ tạo dữ liệu đo gồm N trường hợp đã kết thúc trong thư mục --data."
    ),
    "Folder of the data.": "Thư mục dữ liệu.",
    "URL of a PostgreSQL database.": "Địa chỉ (URL) của cơ sở dữ liệu PostgreSQL.",
    "Print JSON only.": "Chỉ in JSON.",
    "Language: vi or en.": "Ngôn ngữ: vi hoặc en.",
    "Show this message and exit.": "Hiện hướng dẫn này.",
    "Erase personal data; the journal and its proof stay as they are. It cannot be undone. Backups made before still "
    "hold what was erased: let them go, or erase again after restoring one.": (
        "Xóa dữ liệu cá nhân; nhật ký và bằng chứng giữ nguyên. Không thể hoàn tác. Bản sao lưu làm trước đó vẫn còn "
        "dữ liệu đã xóa: hãy hủy chúng, hoặc xóa lại sau khi phục hồi."
    ),
    "Erase what was filed about the nominee of a nomination that has ended.": (
        "Xóa những gì đã khai về người được đề nghị của một trường hợp đã kết thúc."
    ),
    "Erase the name of a person who works here no more. Of what they did a number remains.": (
        "Xóa tên của người không còn làm việc ở đây; việc người đó đã làm chỉ còn gắn với một mã số."
    ),
    "Why, without any name; it is kept.": "Lý do, không ghi tên ai; lý do được giữ lại.",
    "Number of the paper that orders it; what was awarded is archived without one.": (
        "Số văn bản yêu cầu xóa; không có thì hồ sơ đã được khen vẫn được lưu trữ."
    ),
    "Write a copy of the database to FILE, which must not be there yet; the office may go on meanwhile. Keep the "
    "folder keys/ and the file heads.jsonl elsewhere as well: they are not in the copy.": (
        "Ghi một bản sao của cơ sở dữ liệu vào FILE (chưa có tệp đó); cơ quan vẫn làm việc bình thường. Hãy giữ "
        "riêng cả thư mục keys/ và tệp heads.jsonl: chúng không nằm trong bản sao."
    ),
    "Put the copy in FILE in the place of the database, unless it would lose what was sealed by a signed head. The "
    "database that is there is kept beside it. On PostgreSQL it must be empty. All log-ins end.": (
        "Đưa bản sao trong FILE vào thay cơ sở dữ liệu, trừ khi làm mất phần đã niêm phong. Dữ liệu đang có được giữ "
        "bên cạnh. Với PostgreSQL, cơ sở dữ liệu phải trống. Mọi phiên đăng nhập kết thúc."
    ),
}


class WrongUse(click.UsageError):
    """A wrong use that we tell ourselves: its sentence is in the reader's language already."""


def usual_language() -> str:
    """Return the language that the environment asks for."""
    wanted = os.environ.get(VARIABLE) or os.environ.get("LANG", "")
    return "en" if wanted.startswith("en") else texts.LANGUAGES[0]


def language_option(command: Wrapped) -> Wrapped:
    """Give a command `--lang`."""

    def speak(_context: click.Context, _option: click.Parameter, wanted: str | None) -> None:
        if wanted:
            texts.speak(wanted)

    return click.option(
        "--lang", type=click.Choice(texts.LANGUAGES), is_eager=True, expose_value=False, callback=speak,
        help="Language: vi or en.",
    )(command)  # fmt: skip


def in_words(help: str) -> str:
    """Return a help text in the reader's language."""
    english = " ".join(help.split())
    return english if language() == "en" else HELP.get(english, english)


# --- help --------------------------------------------------------------------------------------------------------


class Spoken(click.Command):
    """A command whose help is in the reader's language."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), _("Cách dùng:") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(in_words(self.help or ""))

    def get_short_help_str(self, limit: int = 45) -> str:
        return in_words(self.help or "")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        rows = [(each.get_help_spec(ctx), _help_of(each, ctx)) for each in options]
        with formatter.section(_("Tùy chọn")):
            formatter.write_dl(rows)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class SpokenGroup(Spoken, click.Group):
    """A group of such commands."""

    command_class = Spoken

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Các lệnh")):
            formatter.write_dl([(name, each.get_short_help_str()) for name, each in sorted(self.commands.items())])


SpokenGroup.group_class = SpokenGroup


def _help_of(option: click.Option, ctx: click.Context) -> str:
    extra = option.get_help_extra(ctx)
    notes = []
    if "default" in extra:
        notes.append(_("mặc định: %(value)s", value=extra["default"]))
    if "range" in extra:
        notes.append(extra["range"])
    if "required" in extra:
        notes.append(_("bắt buộc"))
    return " ".join([in_words(option.help or ""), *(f"[{each}]" for each in notes)]).strip()


# --- wrong use ---------------------------------------------------------------------------------------------------


def wrong_use(error: click.ClickException) -> str:
    """Return what was wrong in one sentence, and where help is."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "khenthuong"
    return " ".join([_what(error), _("Xem: %(command)s --help", command=command)])


def _what(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            return _("Không có tùy chọn %(name)s.", name=error.option_name)
        case click.NoSuchCommand():
            return _("Không có lệnh %(name)s.", name=error.command_name)
        case click.BadOptionUsage():
            return _("Tùy chọn %(name)s cần một giá trị.", name=error.option_name)
        case click.MissingParameter():
            return _("Còn thiếu %(name)s.", name=_name(error.param))
        case click.BadParameter() if error.param is not None:
            return _expected(error.param)
        case WrongUse() | click.BadParameter():
            return error.message
    return _("Lệnh có tham số thừa hoặc được dùng chưa đúng.")


def cannot_use(problem: OSError) -> str:
    """Return in one sentence why the system does not let us read or write a file."""
    why = {
        errno.ENOENT: _("không có tệp hoặc thư mục như vậy"),
        errno.ENOTDIR: _("một phần của đường dẫn là tệp, không phải thư mục"),
        errno.EISDIR: _("đó là một thư mục"),
        errno.EEXIST: _("tệp này đã có; hãy đặt tên khác"),
        errno.EACCES: _("không có quyền"),
        errno.EPERM: _("không có quyền"),
        errno.EROFS: _("nơi này chỉ cho phép đọc"),
        errno.ENOSPC: _("đĩa đã đầy"),
        errno.ENAMETOOLONG: _("tên quá dài"),
    }.get(problem.errno or 0, problem.strerror or "")
    return _("Không đọc hoặc ghi được %(file)s: %(why)s.", file=problem.filename, why=why)


def not_there(error: NotFound) -> str:
    """Return in one sentence what an argument names that the office does not have."""
    kind, id = error.params["kind"], error.params["id"]
    sentences = {
        "nomination": _("Không có trường hợp đề nghị %(id)s.", id=id),
        "account": _("Không có tài khoản %(id)s.", id=id),
        "release": _("Không có bản phát hành %(id)s; hãy nêu mã đã ban hành hoặc một thư mục.", id=id),
        "unit": _("Không có đơn vị %(id)s.", id=id),
    }
    return sentences.get(kind, _("Không có %(id)s trong dữ liệu này.", id=id))


def _name(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return (parameter.name or "").upper() if parameter else ""


def _expected(parameter: click.Parameter) -> str:
    name, kind = _name(parameter), parameter.type
    match kind:
        case click.Choice():
            return _("%(name)s phải là một trong: %(values)s.", name=name, values=", ".join(map(str, kind.choices)))
        case click.DateTime():
            return _("%(name)s phải là một ngày, ví dụ 2026-01-31 hoặc 31/01/2026.", name=name)
        case click.Path() if not kind.exists and not kind.dir_okay:
            return _("%(name)s phải là một tệp, không phải một thư mục.", name=name)
        case click.Path() if not kind.exists:
            return _("%(name)s phải là một thư mục, không phải một tệp.", name=name)
        case click.Path() if not kind.dir_okay:
            return _("%(name)s phải là một tệp có thật và đọc được.", name=name)
        case click.Path():
            return _("%(name)s phải là một tệp hoặc thư mục có thật và đọc được.", name=name)
        case click.IntRange():
            return _("%(name)s phải là một số nguyên trong khoảng cho phép.", name=name)
    return _("%(name)s phải là một số nguyên.", name=name)
