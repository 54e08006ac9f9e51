"""Dates as people write them, the hours that daylight saving takes and gives twice, and the ends of the calendar."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.posts.dates import date_in_name, parse_date, without_date

ANYTHING = settings(max_examples=150, deadline=None, derandomize=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-01", utc(2024, 4, 30, 16)),
        ("2024-5-1", utc(2024, 4, 30, 16)),
        ("2024/05/01", utc(2024, 4, 30, 16)),
        ("2024.05.01", utc(2024, 4, 30, 16)),
        (" 2024-05-01 ", utc(2024, 4, 30, 16)),
        ("\u00a0 2024-05-01 09:30:15", utc(2024, 5, 1, 1, 30, 15)),
        ("2024-05-01\u300009:30", utc(2024, 5, 1, 1, 30)),
        ("1\u00a0June\u202f2020", utc(2020, 5, 31, 16)),
        ("2024-05-01 9:30", utc(2024, 5, 1, 1, 30)),
        ("2024-05-01 09:30:15", utc(2024, 5, 1, 1, 30, 15)),
        ("2024-05-01T09:30", utc(2024, 5, 1, 1, 30)),
        ("2024-05-01t09:30:15z", utc(2024, 5, 1, 9, 30, 15)),
        ("2013/7/13 20:46:25", utc(2013, 7, 13, 12, 46, 25)),
        ("2014-12-15 14:11:46 +0800", utc(2014, 12, 15, 6, 11, 46)),
        ("2014-12-15 14:11:46 +08:00", utc(2014, 12, 15, 6, 11, 46)),
        ("2014-12-15 14:11:46+08", utc(2014, 12, 15, 6, 11, 46)),
        ("2014-12-15 14:11:46 -0330", utc(2014, 12, 15, 17, 41, 46)),
        ("2014-12-15 14:11:46 UTC", utc(2014, 12, 15, 14, 11, 46)),
        ("2014-12-15 14:11 GMT", utc(2014, 12, 15, 14, 11)),
        ("2014-12-15 +0000", utc(2014, 12, 15)),
        ("20240501", utc(2024, 4, 30, 16)),
        ("[[2024-05-01]]", utc(2024, 4, 30, 16)),
        (" [[Daily/2024-05-01|the first of May]] ", utc(2024, 4, 30, 16)),
        ("[[2024-05-01 9:30]]", utc(2024, 5, 1, 1, 30)),
        ("Wednesday, May 1st 2024, 9:30:00 am", utc(2024, 5, 1, 1, 30)),
        ("2024-05-01 9:30 pm", utc(2024, 5, 1, 13, 30)),
        ("2024-05-01 12:00 AM", utc(2024, 4, 30, 16)),
        ("2024-05-01 12:00 PST", utc(2024, 5, 1, 20)),
        ("2024-05-01 12:00 HKT", utc(2024, 5, 1, 4)),
        ("2024-05-01 12:00:00 +0000 UTC", utc(2024, 5, 1, 12)),
        ("1 May 2024", utc(2024, 4, 30, 16)),
        ("May 1, 2024 9:30", utc(2024, 5, 1, 1, 30)),
        ("Wed, 01 May 2024 09:30:15 +0200", utc(2024, 5, 1, 7, 30, 15)),
        ("2021-11-10T07:35:25.663Z", utc(2021, 11, 10, 7, 35, 25, 663_000)),
        ("2021年11月7日", utc(2021, 11, 6, 16)),
        ("2021. 11. 7.", utc(2021, 11, 6, 16)),
        ("2021. 11. 7. 9:30", utc(2021, 11, 7, 1, 30)),
        ("2021.11.7.", utc(2021, 11, 6, 16)),
        ("07.11.2021", utc(2021, 11, 6, 16)),
        ("7. 11. 2021", utc(2021, 11, 6, 16)),
        ("07.11.2021 09:30", utc(2021, 11, 7, 1, 30)),
        ("2021年11月7日 09:30", utc(2021, 11, 7, 1, 30)),
        ("2021年11月7日 下午9点30分", utc(2021, 11, 7, 13, 30)),
        ("2021 年 11 月 7 号 上午9时30分15秒", utc(2021, 11, 7, 1, 30, 15)),
        ("2021年11月7日（日）9時", utc(2021, 11, 7, 1)),
        ("2021年11月7日 星期日 09:30 +0900", utc(2021, 11, 7, 0, 30)),
        ("2021년 11월 7일 오후 3시", utc(2021, 11, 7, 7)),
        ("2021-11-07 10:00:00 UTC+08:00", utc(2021, 11, 7, 2)),
        ("2021-11-07 10:00 GMT+8", utc(2021, 11, 7, 2)),
        ("2021-11-07 10:00 UTC -3", utc(2021, 11, 7, 13)),
        ("2021-11-07 10:00:00 +0800 CST", utc(2021, 11, 7, 2)),
        ("2021-11-07T10:00:00+01:00[Europe/Paris]", utc(2021, 11, 7, 9)),
        ("2021-11-06 24:00:00", utc(2021, 11, 6, 16)),
        ("2021-12-31T24:00Z", utc(2022, 1, 1)),
        ("20211107T093015Z", utc(2021, 11, 7, 9, 30, 15)),
        ("20211107T0930", utc(2021, 11, 7, 1, 30)),
        ("November 7th, 2021", utc(2021, 11, 6, 16)),
        ("the 1st of May 2024 at 9:30 pm", utc(2024, 5, 1, 13, 30)),
        ("Nov. 7, 2021 9:30 a.m.", utc(2021, 11, 7, 1, 30)),
        ("Sun Nov 07 2021 10:00:00 GMT+0900 (Japan Standard Time)", utc(2021, 11, 7, 1)),
        ("Sun Nov  7 10:00:00 UTC 2021", utc(2021, 11, 7, 10)),
        ("2021-11-07 下午3:20", utc(2021, 11, 7, 7, 20)),
        ("2021-11-07, 10:00", utc(2021, 11, 7, 2)),
        ("2021-11-07 10am", utc(2021, 11, 7, 2)),
        ("2021-11-07 T 10:00Z", utc(2021, 11, 7, 10)),
        ("November 7, 2021, 9 pm GMT", utc(2021, 11, 7, 21)),
        ("7-Sept-2021", utc(2021, 9, 6, 16)),
        ("7 décembre 2021", utc(2021, 12, 6, 16)),
        ("Sonntag, 7. März 2021", utc(2021, 3, 6, 16)),
        ("7 de noviembre de 2021", utc(2021, 11, 6, 16)),
        ("7 ноября 2021 г.", utc(2021, 11, 6, 16)),
        ("2021-11-10T07:35:25,5Z", utc(2021, 11, 10, 7, 35, 25, 500_000)),
        ("2021-11-10T07:35:25.123456789Z", utc(2021, 11, 10, 7, 35, 25, 123_456)),
    ],
)
def test_a_written_date_is_read(written: str, expected: datetime) -> None:
    assert parse_date(written, SHANGHAI) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(date(2024, 5, 1), utc(2024, 4, 30, 16), id="a day"),
        pytest.param(datetime(2024, 5, 1, 9), utc(2024, 5, 1, 1), id="a moment without a zone"),  # noqa: DTZ001
        pytest.param(
            datetime(2024, 5, 1, 9, tzinfo=timezone(timedelta(hours=2))), utc(2024, 5, 1, 7), id="a moment with a zone"
        ),
    ],
)
def test_a_date_of_the_parser_is_taken(value: object, expected: datetime) -> None:
    assert parse_date(value, SHANGHAI) == expected


def test_every_date_comes_out_in_utc() -> None:
    assert parse_date("2024-05-01 09:30 +0800", SHANGHAI).tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("2024-03-10 01:59", utc(2024, 3, 10, 6, 59), id="before the gap"),
        pytest.param("2024-03-10 02:30", utc(2024, 3, 10, 7, 30), id="in the gap: an hour later by the clock"),
        pytest.param("2024-03-10 03:00", utc(2024, 3, 10, 7), id="after the gap"),
        pytest.param("2024-11-03 01:30", utc(2024, 11, 3, 6, 30), id="in the fold: the second of the two"),
        pytest.param("2024-11-03 01:30 -0500", utc(2024, 11, 3, 6, 30), id="in the fold, said which"),
        pytest.param("2024-11-03 02:00", utc(2024, 11, 3, 7), id="after the fold"),
        pytest.param("2024-07-01", utc(2024, 7, 1, 4), id="midnight in summer"),
        pytest.param("2024-01-01", utc(2024, 1, 1, 5), id="midnight in winter"),
    ],
)
def test_daylight_saving_time_is_kept_to(written: str, expected: datetime) -> None:
    assert parse_date(written, NEW_YORK) == expected


KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("2021-11-07 09:30:00 CST", SHANGHAI, utc(2021, 11, 7, 1, 30)),
        ("Sun, 07 Nov 2021 09:30:00 CST", SHANGHAI, utc(2021, 11, 7, 1, 30)),
        ("2021-11-07 09:30 IST", KOLKATA, utc(2021, 11, 7, 4)),
        ("2021-11-07 09:30 PST", ZoneInfo("Asia/Manila"), utc(2021, 11, 7, 1, 30)),
        ("2021-11-07 09:30 CST", NEW_YORK, utc(2021, 11, 7, 15, 30)),
        ("2021-11-07 09:30 CST", UTC, utc(2021, 11, 7, 15, 30)),
        ("2021-07-01 09:30 EST", NEW_YORK, utc(2021, 7, 1, 14, 30)),
        ("2021-07-01 09:30 GMT", SHANGHAI, utc(2021, 7, 1, 9, 30)),
    ],
)
def test_short_name_of_a_zone_is_the_sites_own_where_that_is_called_so(
    written: str, zone: tzinfo, expected: datetime
) -> None:
    assert parse_date(written, zone) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("05/15/2023", utc(2023, 5, 15)),
        ("15/05/2023 09:30", utc(2023, 5, 15, 9, 30)),
        ("25-12-2023", utc(2023, 12, 25)),
        ("17:34 06/27/2017", utc(2017, 6, 27, 17, 34)),
        ("17:34 27/06/2017", utc(2017, 6, 27, 17, 34)),
        ("14:55 08/11/2017", utc(2017, 8, 11, 14, 55)),
        ("14:55:10 08-11-2017", utc(2017, 11, 8, 14, 55, 10)),
        ("2:55 PM 2017-11-08", utc(2017, 11, 8, 14, 55)),
        ("14:55 08.11.2017", utc(2017, 11, 8, 14, 55)),
    ],
)
def test_date_with_its_year_last_where_the_month_is_known(written: str, expected: datetime) -> None:
    assert parse_date(written, UTC) == expected


@pytest.mark.parametrize("written", ["05/06/2023", "5-6-2023 09:30", "05/15/23", "32/13/2023", "13/13/2023", "9:30"])
def test_date_whose_month_may_be_either_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_date(written, UTC)


def test_on_a_jekyll_site_the_year_is_first() -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_date("05/15/2023", UTC, is_jekyll=True)


def test_short_name_of_a_zone_is_what_ruby_takes_it_for_on_a_jekyll_site() -> None:
    assert parse_date("2021-11-07 09:30:00 CST", SHANGHAI, is_jekyll=True) == utc(2021, 11, 7, 15, 30)


@pytest.mark.parametrize(
    "text", ["2021年" + " " * 30_000, "1" * 50_000, "May " * 15_000, f"2024-05-01{' ' * 50_000}x", "10:00 (" * 9_000]
)
def test_long_text_is_refused_in_linear_time(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        parse_date(text, UTC)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(value, id=repr(value))
        for value in (
            "",
            "tomorrow",
            "24-05-01",
            "2024-05",
            "1714521600",
            "2024-02-30",
            "2023-02-29",
            "2024-13-45",
            "0000-00-00",
            "2024-05-01 24:01",
            "2024-05-01 25:00",
            "2024年13月1日",
            "2024年5月",
            "2024-05-01 UTC+8:60",
            "May 2024",
            "1 May 24",
            "31 November 2021",
            "7 November 2021 maybe",
            "November 7 8, 2021",
            "2024-05-01 12:60",
            "2024-05-01 12:00:60",
            "2024-05-01 12:00 +99:00",
            "2024-05-01 12:00 +08:",
            "2024-05-01 12:00 +08:60",
            "2024-05-01x",
            "２０２４-05-01",
            "٢٠٢٤-05-01",
            "2024-05-01 12:00\0",
            20240501,
            45045,
            1.5,
            True,
            None,
            ["2024-05-01"],
            {"date": "2024-05-01"},
        )
    ],
)
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_date(value, UTC)


@pytest.mark.parametrize("written", ["0001-01-01 00:00 +05:00", "9999-12-31 23:59 -05:00"])
def test_moments_outside_the_calendar_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        parse_date(written, UTC)


@pytest.mark.parametrize("value", [date(1, 1, 1), datetime(1, 1, 1)], ids=["day", "moment"])  # noqa: DTZ001
def test_the_zone_can_push_a_date_out_of_the_calendar(value: date) -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        parse_date(value, SHANGHAI)


@pytest.mark.parametrize(("year", "expected"), [("0001", utc(1, 1, 1)), ("9999", utc(9999, 1, 1))])
def test_the_first_and_the_last_year_are_dates(year: str, expected: datetime) -> None:
    assert parse_date(f"{year}-01-01", UTC) == expected


# --- file names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("2024-01-02-hello-world", (utc(2024, 1, 2), "hello-world"), id="Jekyll's"),
        pytest.param("2024-1-2-x", (utc(2024, 1, 2), "x"), id="single digits"),
        pytest.param("24-01-02-x", (utc(2024, 1, 2), "x"), id="two digits of year"),
        pytest.param("2024-01-02-2023-01-01-x", (utc(2024, 1, 2), "2023-01-01-x"), id="the first date counts"),
        pytest.param("2024-01-02--x", (utc(2024, 1, 2), "-x"), id="two hyphens"),
        pytest.param("2024-01-02-港", (utc(2024, 1, 2), "港"), id="Chinese"),
        pytest.param("2024-01-02", (utc(2024, 1, 2), ""), id="nothing but a date"),
        pytest.param("2024-01-02-", (utc(2024, 1, 2), ""), id="nothing after it"),
        pytest.param("2024-01-02x", (None, "2024-01-02x"), id="no hyphen"),
        pytest.param("124-01-02-x", (None, "124-01-02-x"), id="three digits of year"),
        pytest.param("12024-01-02-x", (None, "12024-01-02-x"), id="five digits of year"),
        pytest.param("2024-001-02-x", (None, "2024-001-02-x"), id="three digits of month"),
        pytest.param("a-2024-01-02-x", (None, "a-2024-01-02-x"), id="not at its start"),
        pytest.param("２０２４-01-02-x", (None, "２０２４-01-02-x"), id="wide digits"),
        pytest.param("", (None, ""), id="empty"),
    ],
)
def test_a_file_name_opens_with_a_date_or_has_none(name: str, expected: tuple[datetime | None, str]) -> None:
    assert (date_in_name(name, UTC), without_date(name)) == expected


def test_the_day_of_a_file_name_starts_in_the_configured_zone() -> None:
    assert date_in_name("2024-05-01-x", SHANGHAI) == utc(2024, 4, 30, 16)


@pytest.mark.parametrize("name", ["2024-02-30-x", "2024-13-01-x", "0000-01-01-x", "99-99-99-balloons"])
def test_a_file_name_with_an_impossible_day_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"year|month|day"):
        date_in_name(name, UTC)


# --- anything ------------------------------------------------------------------------------------

ZONES = st.sampled_from([UTC, SHANGHAI, NEW_YORK, ZoneInfo("Asia/Kathmandu")])
MOMENTS = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.timedeltas(timedelta(minutes=-720), timedelta(minutes=840)).map(
        lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
    ),
)


@given(moment=MOMENTS, zone=ZONES, separator=st.sampled_from(" T"))
@ANYTHING
def test_a_date_with_a_zone_is_read_back_whatever_the_configured_one(
    moment: datetime, zone: tzinfo, separator: str
) -> None:
    assert parse_date(moment.isoformat(separator), zone) == moment


@given(moment=MOMENTS, zone=ZONES)
@ANYTHING
def test_a_date_without_a_zone_is_in_the_configured_one(moment: datetime, zone: tzinfo) -> None:
    naive = moment.replace(tzinfo=None)

    assert parse_date(str(naive), zone) == naive.replace(tzinfo=zone).astimezone(UTC)


@given(value=st.text("0123456789-/.: TZ+", max_size=30) | st.text() | st.dates() | st.datetimes(), zone=ZONES)
@ANYTHING
def test_any_value_is_a_date_or_a_value_error(value: object, zone: tzinfo) -> None:
    try:
        found = parse_date(value, zone)
    except ValueError:
        return

    assert found.utcoffset() == timedelta(0)


@given(name=st.from_regex(r"[0-9]{1,5}-[0-9]{1,3}-[0-9]{1,3}-?.*") | st.text())
@ANYTHING
def test_any_file_name_keeps_what_follows_its_date(name: str) -> None:
    try:
        day, rest = date_in_name(name, UTC), without_date(name)
    except ValueError:
        return

    assert name.endswith(rest)
    assert (day is None) == (rest == name)
