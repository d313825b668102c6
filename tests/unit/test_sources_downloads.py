"""Meta's "Download your information": posts, whose they are, and what is left out."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sources_samples import WHEN, Row, read

from analyzer.sources import inspect_files
from analyzer.sources.downloads import downloads, named_account
from analyzer.sources.meta_download import aside, mended

EXPORTS = Path(__file__).parents[2] / "corpora" / "exports"
GARDEN = EXPORTS / "instagram_download" / "instagram-vuon.nha.tho-2026-05-12-qWeRt123"
WORKSHOP = EXPORTS / "facebook_download" / "facebook-xuongmocbahung-2026-05-12-aSdFg456"
MEDIA = "your_instagram_activity/media"
NO_CAPTION = "empty caption"


def mojibake(text: str) -> str:
    """As Meta writes it."""
    return text.encode().decode("latin-1")


def written(path: Path, value: object) -> Path:
    """A JSON file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def post(title: str = "Ghép cành hồng", **changes: object) -> Row:
    """A post of Instagram with one picture."""
    media = {"uri": "media/posts/1.jpg", "creation_timestamp": 1739171353, "title": title}
    return {"media": [media], **changes}


def test_instagram_field_by_field() -> None:
    posts, _ = read(GARDEN)
    found = next(p for p in posts if p["source_file"].endswith("posts_1.json"))
    assert found["text"].startswith("Ba chậu cà chua bi gieo từ đầu tháng Hai, nay đã có trái.")
    assert found["text"].endswith("tưới sáng sớm thôi nha 🍅\n#trongrau #santhuong")
    del found["text"]
    assert found == {
        "post_id": "instagram:480000001_18000000000000001_100_n_18000000000000001",
        "account_id": "instagram:vuon.nha.tho",
        "account_name": "Vườn Nhà Thỏ",
        "platform": "instagram",
        "title": None,
        "posted_at": WHEN,
        "url": None,
        "hashtags": ["trongrau", "santhuong"],
        "mentions": [],
        **dict.fromkeys(("likes", "comments", "views", "shares", "followers")),
        **dict.fromkeys(("is_ad", "is_paid_partnership", "has_shop", "is_repost", "is_pinned")),
        **dict.fromkeys(("coauthors", "earlier_texts", "captured_at")),
        "source_format": "instagram_download",
        "source_file": f"{GARDEN.name}/{MEDIA}/posts_1.json",
        "source_row": 1,
    }


def test_instagram_posts_reels_and_threads_are_read_and_nothing_else() -> None:
    posts, rejects = read(GARDEN)
    assert [(Path(p["source_file"]).name, p["platform"], p["text"][:14]) for p in posts] == [
        ("posts.json", "instagram", "Ba chậu cà chu"),
        ("posts.json", "instagram", "Cải kale bị rầ"),
        ("posts_1.json", "instagram", "Ba chậu cà chu"),
        ("posts_1.json", "instagram", "Nhật ký ủ rác "),
        ("reels.json", "instagram", "60 giây giâm c"),
        ("threads_and_replies.json", "threads", "Hôm nay học đư"),
    ]
    assert {p["account_id"] for p in posts} == {"instagram:vuon.nha.tho", "threads:vuon.nha.tho"}
    assert [(Path(r["file"]).name, r["row"], r["why"]) for r in rejects] == [
        ("posts.json", 3, "is a draft: it was never published"),
        ("threads_and_replies.json", 2, "is a reply in a conversation, not a post of its own"),
        ("posts_1.json", 3, NO_CAPTION),
    ]


def test_a_post_told_in_two_files_is_one() -> None:
    posts, _ = read(GARDEN)
    twice = [p["post_id"] for p in posts if p["text"].startswith("Ba chậu")]
    assert len(twice) == 2
    assert len(set(twice)) == 1


def test_a_carousel_has_its_caption_and_time_at_the_post() -> None:
    found = next(p for p in read(GARDEN)[0] if p["text"].startswith("Nhật ký"))
    assert found["posted_at"] == WHEN + timedelta(days=1)


def test_facebook_field_by_field() -> None:
    posts, rejects = read(WORKSHOP)
    found = posts[0]
    assert found["text"].startswith("Ghép mộng đuôi én bằng tay: kẻ dấu, cưa theo mép ngoài")
    assert found["text"].count("Ghép mộng") == 1
    assert found["post_id"].startswith("facebook:sha256-")
    assert {key: found[key] for key in ("account_id", "account_name", "title", "posted_at")} == {
        "account_id": "facebook:xuongmocbahung",
        "account_name": "Xưởng Mộc Ba Hưng",
        "title": None,
        "posted_at": WHEN,
    }
    assert found["hashtags"] == ["nghemoc"]
    assert found["source_format"] == "facebook_download"
    assert [p["text"][:24] for p in posts[1:]] == [
        "Gỗ thông sau ba lớp dầu ",
        "Bài này chỉ cách mài đục",
        "Gỗ thông dễ cưa, rẻ, như",
    ]
    assert posts[1]["text"] == "Gỗ thông sau ba lớp dầu lanh.\n\nGỗ sồi để so màu."
    assert posts[3]["title"] == "Chọn gỗ cho người mới"
    assert [(r["row"], r["why"]) for r in rejects] == [
        (1, "was posted in a group, not on the account's own page"),
        (4, NO_CAPTION),
    ]


@pytest.mark.parametrize("download", [GARDEN, WORKSHOP], ids=["instagram", "facebook"])
def test_zipped_as_it_came_it_says_the_same(tmp_path: Path, download: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "tai-ve"), "zip", download))

    def told(posts: list[Row]) -> list[Row]:
        return [{k: v for k, v in p.items() if k != "source_file"} for p in posts]

    (posts, rejects), (unpacked, others) = read(packed), read(download)
    assert told(posts) == told(unpacked)
    assert [r["why"] for r in rejects] == [r["why"] for r in others]


@pytest.mark.parametrize("download", [GARDEN, WORKSHOP], ids=["instagram", "facebook"])
def test_no_file_is_read_as_of_another_format(download: Path) -> None:
    name = download.parent.name
    assert {one.format for one in inspect_files(download)} == {name}
    for path in sorted(download.rglob("*.json")):
        posts, rejects = read(path)
        assert {p["source_format"] for p in posts} <= {name}
        assert posts or rejects


def test_each_other_file_by_itself_says_what_it_holds() -> None:
    said = {
        path.name: read(path)[1][0]["why"].partition(";")[0]
        for path in sorted([*GARDEN.rglob("*.json"), *WORKSHOP.rglob("*.json")])
        if not read(path)[0]
    }
    assert said == {
        "0.json": "holds an album of photos, whose posts stand in another file",
        "comments.json": "holds comments",
        "followers_1.json": "holds likes, comments, follows, searches or the like",
        "group_posts_and_comments.json": "was posted in a group, not on the account's own page",
        "liked_posts.json": "holds likes, comments, follows, searches or the like",
        "message_1.json": "holds messages",
        "personal_information.json": "holds the profile",
        "post_comments_1.json": "holds likes, comments, follows, searches or the like",
        "profile_information.json": "holds the profile",
        "stories.json": "is an Instagram story, not a post",
        "your_friends.json": "holds friends",
    }


def test_the_account_is_that_of_the_profile_before_that_of_the_folder(tmp_path: Path) -> None:
    root = tmp_path / "instagram-ten.cu-2025-01-02-x1"
    written(root / MEDIA / "posts_1.json", [post()])
    assert read(root)[0][0]["account_id"] == "instagram:ten.cu"
    said = {"Username": {"value": "ten.moi"}, "Name": {"value": mojibake("Tên Mới")}}
    about = "personal_information/personal_information/personal_information.json"
    written(root / about, {"profile_user": [{"string_map_data": said}]})
    found = read(root)[0][0]
    assert (found["account_id"], found["account_name"]) == ("instagram:ten.moi", "Tên Mới")


def test_labels_may_be_vietnamese(tmp_path: Path) -> None:
    said = {mojibake("Tên người dùng"): {"value": "lan.an"}}
    about = "personal_information/personal_information.json"
    written(tmp_path / "tai" / about, {"profile_user": [{"string_map_data": said}]})
    label = {"label": mojibake("Chú thích"), "value": mojibake("Giâm cành hồng")}
    pictures = {"label": "Media", "media": post("")["media"]}
    record = {"timestamp": 1739171353, "media": [], "label_values": [label, pictures]}
    written(tmp_path / "tai/content/posts_1.json", [record])
    posts, rejects = read(tmp_path / "tai")
    assert [(p["account_id"], p["text"]) for p in posts] == [("instagram:lan.an", "Giâm cành hồng")]
    assert rejects == []


def test_facebook_without_a_user_name_goes_by_its_address(tmp_path: Path) -> None:
    root = tmp_path / "tai"
    written(root / "posts/your_posts_1.json", [{"timestamp": 1739171353, "data": [{"post": "A"}]}])
    about = {"profile_uri": "https://www.facebook.com/profile.php?id=100042"}
    written(root / "profile_information/profile_information.json", {"profile_v2": about})
    written(root / "messages/inbox/lan_1/message_1.json", {"title": "Lan"})
    written(root / "comments/comments.json", [{"title": "Lan", "timestamp": 1739171353}])
    (root / "no-data.txt").write_text("Không có dữ liệu", encoding="utf-8")
    posts, rejects = read(root)
    assert [(p["account_id"], p["text"]) for p in posts] == [("facebook:100042", "A")]
    assert rejects == []


@pytest.mark.parametrize(
    ("name", "ancestors", "account"),
    [
        ("instagram-lan.an-2026-05-12-x1/your_instagram_activity/p.json", (), "lan.an"),
        ("instagram-lan-an_9-2026-05-12-x1 (1).zip/media/p.json", (), "lan-an_9"),
        ("facebook-lanan-2026-3-6/posts/p.json", (), "lanan"),
        ("facebook-lanan_20230812.zip/posts/p.json", (), "lanan"),
        ("facebook-lan-2024fan-2026-03-06-ab/posts/p.json", (), "lan-2024fan"),
        ("scraped/lan/content/p.json", (), "lan"),
        ("media/p.json", ("Downloads", "instagram-lan.an-2026-05-12-x1"), "lan.an"),
        ("p.json", ("Downloads",), None),
        ("posts_1.json", ("home", "lan"), "lan"),
        ("posts_1 (2).json", ("home", "lan", "content"), "lan"),
        ("posts_1.json", (), None),
    ],
)
def test_accounts_by_names_of_folders(
    name: str, ancestors: tuple[str, ...], account: str | None
) -> None:
    assert named_account(name, ancestors) == account


def test_a_file_by_itself_is_named_by_its_folder_or_as_it_was_renamed(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / name, [post()])
        for name in ("lan/posts_1.json", "minh/posts_1.json", "lan/tu.json")
    ]
    found = read(*paths)[0]
    assert sorted(p["account_id"] for p in found) == [
        "instagram:lan",
        "instagram:minh",
        "instagram:tu",
    ]


def test_a_media_file_without_a_number_stands_for_no_post(tmp_path: Path) -> None:
    for name in ("lan", "minh"):
        written(tmp_path / name / "media" / "posts_1.json", [post()])
    found = read(tmp_path)[0]
    assert [p["account_id"] for p in found] == ["instagram:lan", "instagram:minh"]
    assert len({p["post_id"] for p in found}) == 2
    assert found[0]["post_id"].startswith("instagram:sha256-")


def test_entries_of_facebook_that_only_tell_what_was_done_are_no_captions(tmp_path: Path) -> None:
    done = {"timestamp": 1739171353, "attachments": [], "title": "Lan đã chia sẻ một liên kết."}
    records = [done, {**done, "data": [{}]}, {**done, "data": [{"comment": {"comment": "Hay"}}]}]
    posts, rejects = read(written(tmp_path / "your_posts_1.json", records))
    assert posts == []
    assert {r["row"]: r["why"] for r in rejects} == {
        1: NO_CAPTION,
        2: NO_CAPTION,
        3: "is a comment, not a post of its own",
    }
    posts, rejects = read(written(tmp_path / "your_posts_2.json", records[:2]))
    assert (posts, [r["why"] for r in rejects]) == ([], [NO_CAPTION, NO_CAPTION])


def test_what_several_pictures_say_is_told_once(tmp_path: Path) -> None:
    said = [{"media": {"description": text}} for text in ("Gỗ sồi", " Gỗ sồi\n", "Gỗ thông")]
    record = {"timestamp": 1739171353, "attachments": [{"data": said}], "data": []}
    posts, _ = read(written(tmp_path / "your_posts_1.json", [record]))
    assert posts[0]["text"] == "Gỗ sồi\n\nGỗ thông"


def test_what_only_lies_beside_a_download_is_read(tmp_path: Path) -> None:
    shutil.copytree(GARDEN, tmp_path / "tai")
    beside = {"text": "Hái rau", "username": "lan", "timestamp": 1739171353}
    written(tmp_path / "tai" / "khac.json", [beside])
    written(tmp_path / "tai" / "posts" / "khac.json", [beside])
    names = [p["source_file"] for p in read(tmp_path / "tai")[0] if p["text"] == "Hái rau"]
    assert names == ["tai/khac.json", "tai/posts/khac.json"]


def test_a_download_without_posts_says_so_once(tmp_path: Path) -> None:
    shutil.copytree(GARDEN, tmp_path / "tai")
    shutil.rmtree(tmp_path / "tai" / MEDIA)
    shutil.rmtree(tmp_path / "tai" / "your_instagram_activity/threads")
    posts, rejects = read(tmp_path / "tai")
    assert posts == []
    (why,) = (r["why"] for r in rejects)
    assert why == (
        "belongs to a download of Meta's that holds no posts; ask Meta for it again with posts "
        "('Posts' or 'Content') in the format JSON"
    )


def test_pages_of_a_download_are_no_articles(tmp_path: Path) -> None:
    page = (
        '<html><body><div class="_a6-g"><div class="_2ph_ _a6-p">Hôm nay</div></div></body></html>'
    )
    path = tmp_path / "tai/your_facebook_activity/posts/your_posts_1.html"
    path.parent.mkdir(parents=True)
    path.write_text(page, encoding="utf-8")
    (tmp_path / "tai/start_here.html").write_text(page, encoding="utf-8")
    for given in (tmp_path / "tai", path):
        posts, rejects = read(given)
        assert posts == []
        (why,) = (r["why"] for r in rejects)
        assert why == (
            "is a page of Meta's download, which is not read as HTML; ask Meta for the download "
            "again and choose the format JSON"
        )


def test_an_archive_that_is_cut_off_gives_posts_and_no_messages(tmp_path: Path) -> None:
    path = tmp_path / "instagram-vuon.nha.tho-2026-05-12-qWeRt123.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(GARDEN.rglob("*.json")):
            archive.write(file, file.relative_to(GARDEN).as_posix())
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"PK\x01\x02")])
    posts, rejects = read(path)
    assert {p["account_id"] for p in posts} == {"instagram:vuon.nha.tho", "threads:vuon.nha.tho"}
    assert all("/messages/" not in r["file"] for r in rejects)


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        (mojibake("Vườn 🍅"), "Vườn 🍅"),
        ("Vườn 🍅", "Vườn 🍅"),
        ("Café à la", "Café à la"),
        ("plain", "plain"),
        ("Ã", "Ã"),
        (7, "7"),
        (None, None),
    ],
)
def test_only_what_is_wholly_mojibake_is_mended(written_as: object, meant: str | None) -> None:
    assert mended(written_as) == meant


def test_others_posts_drafts_and_what_was_deleted_are_no_posts(tmp_path: Path) -> None:
    owner = {"label": "Owner", "value": "ai.do"}
    for name, record, why in (
        ("saved", post(label_values=[owner]), "is another account's post"),
        (
            "draft",
            post(label_values=[{"label": "Published", "value": "False"}]),
            "is a draft: it was never published",
        ),
    ):
        posts, rejects = read(written(tmp_path / f"{name}.json", [record]))
        assert (posts, [r["why"] for r in rejects]) == ([], [why])
    for key, why in (
        ("ig_recently_deleted_media", "was deleted"),
        ("ig_other_media", "is other content (drafts among it), not a post"),
        ("ig_profile_picture", "is a profile picture, not a post"),
    ):
        posts, rejects = read(written(tmp_path / f"{key}.json", {key: [post()]}))
        assert (posts, [r["why"] for r in rejects]) == ([], [why])


def test_archived_posts_are_posts(tmp_path: Path) -> None:
    path = written(tmp_path / "archived_posts.json", {"ig_archived_post_media": [post()]})
    assert [p["text"] for p in read(path)[0]] == ["Ghép cành hồng"]


def test_an_unknown_layout_of_facebook_is_not_taken_for_instagram(tmp_path: Path) -> None:
    path = tmp_path / "tai/your_facebook_activity/posts/your_posts_1.json"
    written(path, [post(label_values=[])])
    posts, rejects = read(tmp_path / "tai")
    assert posts == []
    assert [r["why"] for r in rejects] == [
        "is in a layout of Facebook's download that is not known"
    ]


def test_an_address_is_told_by_what_it_looks_like(tmp_path: Path) -> None:
    label = {"label": "Bất kỳ", "href": "https://www.instagram.com/p/DCthoCaChua/"}
    other = {"label": "Khác", "value": "javascript:alert(1)"}
    path = written(tmp_path / "posts.json", [post(label_values=[other, label])])
    assert read(path)[0][0]["url"] == "https://www.instagram.com/p/DCthoCaChua/"


def test_an_empty_list_is_told_as_one(tmp_path: Path) -> None:
    posts, rejects = read(written(tmp_path / "reels.json", {"ig_reels_media": []}))
    assert (posts, [r["why"] for r in rejects]) == ([], ["is a list without posts"])


def test_records_of_other_tools_are_not_of_a_download() -> None:
    assert aside({"text": "A", "likes": [{"user": "x"}], "media": []}) is None
    assert aside({"photos": [{"id": 1}], "text": "A"}) is None
    assert downloads(["a/media/posts.json", "a/profile.json"]) == {}
