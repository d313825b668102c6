"""A shop that speaks of its own goods is a business page, from its captions to its role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from analyzer import analyse

if TYPE_CHECKING:
    from pathlib import Path

SHOP = [
    "Nón lá thêu tay về thêm 40 cái, giá 120k, inbox shop giữ hàng nha mấy chị",
    "Shop mình mở thêm cơ sở 2 ở Thủ Đức, khai trương giảm 15% toàn bộ nón mũ",
    "Đơn hôm nay shop gói xong hết rồi ạ, ngày mai lên đường tới khách nhé",
    "Mẫu nón vành rộng chống nắng mới về, đủ 6 màu, chốt đơn qua link ở bio",
    "Xả hàng cuối mùa đồng giá 79k, số lượng có hạn, ai nhanh tay thì được",
    "Bên em nhận thêu tên theo yêu cầu, đặt trước 3 ngày, phí thêu 20k một nón",
    "Cảm ơn khách yêu đã ủng hộ shop 200 đơn trong tuần, tặng voucher 30k cho đơn sau",
    "Freeship toàn quốc cho đơn từ 2 nón, nhắn tin cho shop để được tư vấn size",
    "Tối nay 8h shop livestream, săn nón đồng giá 59k, vào sớm nhận mã nha cả nhà",
    "Nón cói đi biển bên mình dệt tay, 150k một chiếc, mua 2 tặng dây buộc",
    "Shop tuyển cộng tác viên bán nón online, không cần vốn, hoa hồng 15%",
    "Bảng giá sỉ nón thêu từ 10 chiếc, liên hệ zalo shop để nhận báo giá",
    "Hàng mới sáng nay: nón bucket kaki 2 mặt 95k, còn màu đen và màu be, inbox em nha",
    "Đổi trả trong 7 ngày nếu nón lỗi, shop chịu phí ship hai chiều cho khách",
]


def test_a_shop_is_no_influencer(tmp_path: Path) -> None:
    rows = [
        {"text": text, "account": "nonthem", "platform": "facebook", "id": f"p{n}"}
        for n, text in enumerate(SHOP)
    ]
    path = tmp_path / "shop.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (profile,) = analyse(path).profiles.to_pylist()
    assert (profile["role"], profile["reason"]) == ("undetermined", "business_page")
    assert profile["own_promo_share"] > 0.5
