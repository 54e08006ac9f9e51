from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from feedsvc.days import format_day, to_local

SHANGHAI, HONOLULU = ZoneInfo("Asia/Shanghai"), ZoneInfo("Pacific/Honolulu")
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        pytest.param(datetime(2024, 5, 1, 20, tzinfo=UTC), UTC, "2024-05-01", id="the same zone"),
        pytest.param(datetime(2024, 5, 1, 20, tzinfo=UTC), SHANGHAI, "2024-05-02", id="the next day"),
        pytest.param(datetime(2024, 5, 1, 9, tzinfo=UTC), HONOLULU, "2024-04-30", id="the day before"),
        pytest.param(LAST, SHANGHAI, "9999-12-31", id="beyond the last year"),
        pytest.param(FIRST, HONOLULU, "0001-01-01", id="before the first year"),
    ],
)
def test_day_is_that_of_the_time_zone(moment: datetime, zone: tzinfo, day: str) -> None:
    assert format_day(moment, zone) == day


@pytest.mark.parametrize("zone", [UTC, SHANGHAI, HONOLULU], ids=str)
def test_moment_stays_the_same_in_any_time_zone(zone: tzinfo) -> None:
    moment = datetime(2024, 5, 1, 20, tzinfo=UTC)

    local = to_local(moment, zone)

    assert (local, local.tzinfo) == (moment, zone)
