"""Who works in the demo, and who is proposed there. Nobody of these names is meant."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SYLLABLES = (
    *("ban", "cau", "chim", "dong", "gio", "lua", "mua", "nui", "rung", "sao", "sen", "song", "suoi", "thu", "tre"),
    *("vang", "xuan"),
)


@dataclass(frozen=True)
class Member:
    """Somebody with an account. `username` None: enters nothing by themselves, but papers and votes bear the name."""

    username: str | None
    name: str
    position: str
    role: str
    unit: str


OFFICE = (
    # Two communes, where the Giấy khen of the chairman runs as well.
    Member("mai.tantrao", "Hoàng Thị Mai", "Công chức Văn hóa - Xã hội xã Tân Trào", "CB_TDKT_DV", "X2545"),
    Member("luc.tantrao", "Nông Văn Lực", "Thư ký Hội đồng TĐKT xã Tân Trào", "HD_DV", "X2545"),
    Member("son.tantrao", "Lý Văn Sơn", "Chủ tịch UBND xã Tân Trào", "TT_DV", "X2545"),
    Member("hien.tantrao", "Ma Thị Hiền", "Văn thư UBND xã Tân Trào", "VT", "X2545"),
    Member("lien.hungloi", "Bàn Thị Liên", "Công chức Văn hóa - Xã hội xã Hùng Lợi", "CB_TDKT_DV", "X2455"),
    Member("phong.hungloi", "Đặng Văn Phong", "Thư ký Hội đồng TĐKT xã Hùng Lợi", "HD_DV", "X2455"),
    Member("tuan.hungloi", "Triệu Anh Tuấn", "Chủ tịch UBND xã Hùng Lợi", "TT_DV", "X2455"),
    # The body that leads the movement: it consolidates, and proposes its own.
    Member("huong.cat", "Vi Thị Hương", "Cán bộ tổng hợp, Phòng Tham mưu", "CA_TH", "CAT"),
    Member("quyet.cat", "Trần Đình Quyết", "Cán bộ tổng hợp, Phòng Tham mưu", "CA_TH", "CAT"),
    Member("thang.cat", "Phan Quốc Thắng", "Phó Giám đốc Công an tỉnh", "CA_LD", "CAT"),
    Member("yen.cat", "Lò Thị Yến", "Văn thư Công an tỉnh", "VT", "CAT"),
    Member("duc.cat", "Lê Minh Đức", "Cán bộ thi đua, Phòng Tổ chức cán bộ", "CB_TDKT_DV", "CAT"),
    # The Department of Home Affairs: receives, appraises, proposes.
    Member("van.snv", "Đỗ Thị Vân", "Công chức Bộ phận một cửa", "SNV_TN", "SNV"),
    Member("nhung.snv", "Trần Thị Hồng Nhung", "Chuyên viên Phòng TĐKT", "SNV_CV", "SNV"),
    Member("binh.snv", "Nguyễn Thanh Bình", "Chuyên viên Phòng TĐKT", "SNV_CV", "SNV"),
    Member("dung.snv", "Phạm Tiến Dũng", "Trưởng phòng TĐKT", "SNV_TP", "SNV"),
    Member("hoa.snv", "Nguyễn Thị Quỳnh Hoa", "Giám đốc Sở Nội vụ", "SNV_GD", "SNV"),
    Member("thuy.snv", "Hà Thu Thủy", "Văn thư Sở Nội vụ", "VT", "SNV"),
    Member("loan.snv", "Bùi Thị Loan", "Chánh Văn phòng Sở", "CB_TDKT_DV", "SNV"),
    Member("linh.snv", "Hoàng Diệu Linh", "Thư ký Hội đồng TĐKT Sở Nội vụ", "HD_DV", "SNV"),
    Member("tam.snv", "Lương Minh Tâm", "Phó Giám đốc Sở Nội vụ", "TT_DV", "SNV"),
    # The council of the province sits there.
    Member("ngoc.hd", "Dương Thị Bích Ngọc", "Thư ký Hội đồng TĐKT tỉnh", "TK_HD", "SNV"),
    Member("hai.hd", "Vũ Đình Hải", "Phó Chủ tịch Hội đồng TĐKT tỉnh", "HD_TINH", "SNV"),
    # The chairman and the office.
    Member("lam.vp", "Chẩu Tùng Lâm", "Chuyên viên Phòng Nội chính", "VP_CV", "VP"),
    Member("nga.vp", "Đinh Thị Nga", "Phó Chánh Văn phòng UBND tỉnh", "VP_LD", "VP"),
    Member("hanh.vp", "Mai Thị Hạnh", "Văn thư UBND tỉnh", "VT", "VP"),
    Member("cuong.ct", "Hoàng Mạnh Cường", "Phó Chủ tịch UBND tỉnh", "CT_UBND", "VP"),
    # Bodies that are asked.
    Member("minh.thue", "Tạ Quang Minh", "Phòng Nghiệp vụ, Cục Thuế tỉnh", "CQ_HY", "CTHUE"),
    Member("ha.bhxh", "Ngô Thị Hà", "Phòng Quản lý thu, BHXH tỉnh", "CQ_HY", "BHXH"),
    Member("khoi.snnmt", "Trịnh Văn Khôi", "Chi cục Bảo vệ môi trường", "CQ_HY", "SNNMT"),
    Member("phuc.tu", "Nguyễn Hồng Phúc", "Văn phòng Tỉnh ủy", "BTV_TU", "TU"),
    Member("quantri", "Đỗ Quốc Khánh", "Quản trị hệ thống", "QT", "SNV"),
    Member("thanhtra", "Vũ Quang Minh", "Thanh tra viên, Thanh tra tỉnh", "KT", "TTT"),
)
UNIT_ROLES = {
    "CB_TDKT_DV": "Cán bộ thi đua, khen thưởng",
    "HD_DV": "Thư ký Hội đồng TĐKT",
    "TT_DV": "Thủ trưởng",
    "VT": "Văn thư",
}

FAMILIES = (
    *("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Ma", "Nông", "Triệu", "Bàn", "Đặng", "Lý", "Vàng", "Giàng", "Thào"),
    *("Sùng", "Lù", "Chẩu", "Hà", "Phàn", "Quan", "Vi", "Lương", "Hứa", "La", "Tướng", "Lộc", "Cháng", "Vương"),
)
MIDDLES = {"m": ("Văn", "Đức", "Minh", "Quốc", "Xuân", "Thành"), "f": ("Thị", "Thu", "Thị Hồng", "Thanh", "Thị Minh")}
GIVEN = {
    "m": (
        "Tuấn",
        "Páo",
        "Sinh",
        "Chiến",
        "Hùng",
        "Khánh",
        "Dũng",
        "Lâm",
        "Thắng",
        "Kiên",
        "Toàn",
        "Sơn",
        "Việt",
        "Đạt",
    ),
    "f": ("Hằng", "Pham", "Giang", "Ngọc", "Hương", "Mai", "Dung", "Yến", "Lan", "Huệ", "Nhung", "Thảo", "Mỷ", "Sua"),
}


def names(chance: Random) -> Iterator[str]:
    """Return names without end; few come twice."""
    while True:
        kind = chance.choice("mf")
        yield f"{chance.choice(FAMILIES)} {chance.choice(MIDDLES[kind])} {chance.choice(GIVEN[kind])}"


def random_password() -> str:
    """Return four different words and a number: easy to copy by hand, too many to guess.

    Different ones, because a word said twice may leave too few letters to be a password (engine.office.passwords).
    """
    words = secrets.SystemRandom().sample(SYLLABLES, 4)
    return "-".join(words) + f"-{secrets.randbelow(9000) + 1000}"
