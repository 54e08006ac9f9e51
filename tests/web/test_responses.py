"""What is answered to which request headers: RFC 9110 by the row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.entries import Document
from feedsvc.publishing.static_files import SCRIPT_SOURCE
from feedsvc.web.responses import Freshness, Response, choose_coding, redirect, respond, respond_plain

TAG = "0123456789abcdef" * 2
RSS = Document(b"<rss>" + b"." * 2_000 + b"</rss>", "application/rss+xml; charset=utf-8", TAG)
PAGE = replace(RSS, media_type="text/html; charset=utf-8")
JSON = replace(RSS, media_type="application/feed+json")
MODIFIED = datetime(2024, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
LAST_MODIFIED = "Tue, 02 Jan 2024 03:04:05 GMT"


def ask(document: Document = RSS, modified: datetime | None = MODIFIED, method: str = "GET", **fields: str) -> Response:
    environ = {"REQUEST_METHOD": method} | {f"HTTP_{name.upper()}": value for name, value in fields.items()}
    return respond(document, environ, Freshness(modified, 300), squeeze)


def squeeze(document: Document, coding: str) -> Document:
    return replace(document, body=f"{coding} of {document.digest}".encode())


# --- a plain response ---------------------------------------------------------------------------


def test_response_has_exactly_these_headers() -> None:
    assert dict(ask().headers) == {
        "Content-Type": "application/rss+xml; charset=utf-8",
        "Content-Length": "2011",
        "ETag": f'"{TAG}"',
        "Last-Modified": LAST_MODIFIED,
        "Vary": "Accept-Encoding, Sec-Fetch-Dest",
        "Cache-Control": "max-age=300, stale-while-revalidate=600, stale-if-error=86400",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag",
        "X-Content-Type-Options": "nosniff",
    }


SHORT = replace(RSS, body=b"short")
STYLE = replace(RSS, media_type="text/css; charset=utf-8")


@pytest.mark.parametrize(
    ("document", "vary"),
    [
        pytest.param(RSS, "Accept-Encoding, Sec-Fetch-Dest", id="RSS"),
        pytest.param(replace(RSS, media_type="application/atom+xml"), "Accept-Encoding, Sec-Fetch-Dest", id="Atom"),
        pytest.param(JSON, "Accept-Encoding", id="JSON"),
        pytest.param(PAGE, "Accept-Encoding", id="page"),
        pytest.param(STYLE, "Accept-Encoding", id="style sheet"),
        pytest.param(SHORT, "Sec-Fetch-Dest", id="short RSS"),
        pytest.param(replace(JSON, body=b"short"), None, id="short JSON"),
        pytest.param(replace(PAGE, body=b"short"), None, id="short page"),
    ],
)
def test_a_document_varies_by_what_shapes_its_responses_alone(document: Document, vary: str | None) -> None:
    requests: list[dict[str, str]] = [
        {},
        {"accept_encoding": "gzip"},
        {"sec_fetch_dest": "document"},
        {"if_none_match": f'"{TAG}"'},
        {"method": "HEAD"},
    ]

    assert [dict(ask(document, **fields).headers).get("Vary") for fields in requests] == [vary] * 5


@pytest.mark.parametrize("document", [RSS, JSON, PAGE, STYLE, SHORT, replace(JSON, body=b"short")])
@pytest.mark.parametrize(
    ("field", "name"), [("accept_encoding", "Accept-Encoding"), ("sec_fetch_dest", "Sec-Fetch-Dest")]
)
def test_a_field_is_named_if_and_only_if_it_makes_a_difference(document: Document, field: str, name: str) -> None:
    values = ("gzip", "br", "document", "image", "made up", "")
    responses = {
        (response.headers, response.body) for response in (ask(document, **{field: value}) for value in values)
    }

    assert (len(responses) > 1) == (name in dict(ask(document).headers).get("Vary", ""))


def test_readers_documents_vary_by_their_tokens_too() -> None:
    private = Freshness(MODIFIED, 300, is_private=True)

    found = [dict(respond(document, {}, private, squeeze).headers)["Vary"] for document in (RSS, PAGE, SHORT)]

    assert found == [
        "Accept-Encoding, Sec-Fetch-Dest, Authorization",
        "Accept-Encoding, Authorization",
        "Sec-Fetch-Dest, Authorization",
    ]


@pytest.mark.parametrize(
    "response", [respond_plain(404, "x"), respond_plain(412, "x"), redirect("/a", Freshness(None, 300))]
)
def test_errors_and_redirects_vary_by_nothing(response: Response) -> None:
    assert "Vary" not in dict(response.headers)


def test_page_has_a_policy() -> None:
    assert dict(ask(PAGE).headers)["Content-Security-Policy"].startswith(
        f"default-src 'none'; script-src {SCRIPT_SOURCE}; style-src 'self';"
    )


def test_page_may_show_frames_of_these_hosts_alone() -> None:
    environ = {"REQUEST_METHOD": "GET"}

    found = respond(PAGE, environ, Freshness(MODIFIED, 300), squeeze, frame_hosts=("a.example", "b.example"))

    assert "; frame-src a.example b.example; " in dict(found.headers)["Content-Security-Policy"]
    assert "; frame-src 'none'; " in dict(ask(PAGE).headers)["Content-Security-Policy"]


def test_feed_has_no_policy() -> None:
    assert "Content-Security-Policy" not in dict(ask().headers)


def test_document_without_a_time_has_no_last_modified() -> None:
    assert "Last-Modified" not in dict(ask(modified=None).headers)


@pytest.mark.parametrize(
    ("document", "destination", "media_type"),
    [
        pytest.param(RSS, "document", "application/xml; charset=utf-8", id="feed, navigation"),
        pytest.param(RSS, "empty", "application/rss+xml; charset=utf-8", id="feed, script"),
        pytest.param(JSON, "document", "application/feed+json", id="JSON, navigation"),
        pytest.param(PAGE, "document", "text/html; charset=utf-8", id="page, navigation"),
    ],
)
def test_browser_that_navigates_to_an_xml_feed_is_given_plain_xml(
    document: Document, destination: str, media_type: str
) -> None:
    response = ask(document, sec_fetch_dest=destination)

    assert (dict(response.headers)["Content-Type"], response.body) == (media_type, document.body)


@pytest.mark.parametrize("coding", ["", "gzip", "br"])
@pytest.mark.parametrize("condition", ["", f'"{TAG}"'], ids=["plain", "conditional"])
def test_head_has_the_status_and_headers_of_get(coding: str, condition: str) -> None:
    get, head = (ask(method=method, accept_encoding=coding, if_none_match=condition) for method in ("GET", "HEAD"))

    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


# --- codings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("xyzzy", ""),
        ("gzipx", ""),
        ("deflate", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("*", "br"),
        ("gzip;q=0", ""),
        ("gzip; q=0.0", ""),
        ("gzip;q=0, *", "br"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip;q=0.5, identity;q=0.8", ""),
        ("gzip;q=0.5, *;q=0", "gzip"),
        ("gzip, identity;q=0", "gzip"),
        ("gzip, identity", "gzip"),
        ("identity, br", "br"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0.6, gzip;q=0.5", ""),
        ("identity;q=0", ""),
        ("*;q=0", ""),
        ("gzip;q=abc", ""),
        ("gzip;q=-1", ""),
        ("a," * 1_500, ""),
        ("gzip;q=1.", "gzip"),
        ("gzip;q=0., br;q=0., *", ""),
        ("br;q=0.5, gzip;q=1.", "gzip"),
        ("br;q=0.0001, gzip;q=0.1", "gzip"),
        ("gzip \t;\t Q=0.7, br;Q=0", "gzip"),
        ('"gzip"', ""),
        ("gzip;x=1", ""),
        ("identity;q=0.5, *;q=0.4", ""),
        (",, ,gzip,\t,", "gzip"),
    ],
)
def test_coding_is_the_best_one_accepted(header: str, coding: str) -> None:
    assert choose_coding(header) == coding


@pytest.mark.parametrize("header", ['""', 'W/""', '"', "W/", "unquoted", '"a", ""', ",", "\t"])
def test_broken_or_empty_tags_are_held_by_nobody(header: str) -> None:
    assert ask(if_none_match=header).status == 200


def test_coded_response_is_the_variant_under_its_own_tag() -> None:
    response = ask(accept_encoding="gzip")

    headers = dict(response.headers)
    assert (response.body, headers["Content-Encoding"], headers["ETag"], headers["Content-Length"]) == (
        f"gzip of {TAG}".encode(),
        "gzip",
        f'"{TAG}-gzip"',
        "40",
    )


def test_short_body_is_not_coded() -> None:
    response = ask(replace(RSS, body=b"short"), accept_encoding="gzip")

    assert (response.body, "Content-Encoding" in dict(response.headers)) == (b"short", False)


def test_vary_is_the_same_with_and_without_coding() -> None:
    assert dict(ask(accept_encoding="gzip").headers)["Vary"] == dict(ask().headers)["Vary"]


# --- conditions ---------------------------------------------------------------------------------

HELD = [
    pytest.param(f'"{TAG}"', id="its tag"),
    pytest.param(f'W/"{TAG}"', id="weak"),
    pytest.param(f'w/"{TAG}"', id="weak in lower case"),
    pytest.param(f'"{TAG}", "x"', id="first of a list"),
    pytest.param(f'"x", "{TAG}", "y"', id="within a list"),
    pytest.param(f'"x","{TAG}"', id="last of a list"),
    pytest.param(f'"a,b", "{TAG}"', id="after a comma in a tag"),
    pytest.param(f', ,"{TAG}"', id="after empty members"),
    pytest.param(f'\t"x"\t,\t"{TAG}"', id="between tabs"),
    pytest.param("*", id="any"),
    pytest.param(f'"{TAG}-gzip"', id="gzip suffix"),
    pytest.param(f'"{TAG}-br"', id="br suffix"),
    pytest.param(f'"{TAG}--gzip"', id="two hyphens"),
    pytest.param(f'"{TAG};gzip"', id="semicolon"),
]


@pytest.mark.parametrize("header", HELD)
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_held_tag_gives_304(header: str, coding: str) -> None:
    response = ask(if_none_match=header, accept_encoding=coding)

    assert (response.status, response.body) == (304, b"")


@pytest.mark.parametrize(
    "header",
    ['"other"', f'"{TAG[:-1]}"', '"', "W/", '"x" ' * 300, "\xff\xfe", f'"{TAG}', '"*"'],
    ids=["other", "shorter", "quote", "prefix", "many", "bytes", "open", "quoted star"],
)
def test_tag_that_is_not_held_gives_the_whole_document(header: str) -> None:
    response = ask(if_none_match=header)

    assert (response.status, response.body) == (200, RSS.body)


@pytest.mark.parametrize(
    ("header", "coding", "etag"),
    [
        (f'"{TAG}"', "", TAG),
        (f'"{TAG}"', "gzip", TAG),
        (f'"{TAG}-gzip"', "gzip", f"{TAG}-gzip"),
        (f'"{TAG}-gzip"', "", f"{TAG}-gzip"),
        (f'"{TAG}", "{TAG}-gzip"', "gzip", f"{TAG}-gzip"),
        (f'W/"{TAG}-br"', "gzip", f"{TAG}-br"),
        (f'"{TAG};gzip"', "gzip", f"{TAG}-gzip"),
        ("*", "gzip", f"{TAG}-gzip"),
    ],
)
def test_304_carries_the_tag_the_client_holds(header: str, coding: str, etag: str) -> None:
    assert dict(ask(if_none_match=header, accept_encoding=coding).headers)["ETag"] == f'"{etag}"'


def test_304_has_the_caching_headers_of_200_and_no_others() -> None:
    whole, short = dict(ask().headers), dict(ask(if_none_match="*").headers)

    assert short == {name: value for name, value in whole.items() if not name.startswith("Content-")}


@pytest.mark.parametrize(
    "header",
    [
        LAST_MODIFIED,
        "Tuesday, 02-Jan-24 03:04:05 GMT",
        "Tue Jan  2 03:04:05 2024",
        "Tue, 02 Jan 2024 03:04:06 GMT",
        "Tue, 02 Jan 2300 03:04:05 GMT",
        "Tue, 02 Jan 2024 03:04:60 GMT",
        f"\t{LAST_MODIFIED} ",
    ],
    ids=["IMF-fixdate", "RFC 850", "asctime", "a second later", "far future", "leap second", "between blanks"],
)
def test_document_unmodified_since_gives_304(header: str) -> None:
    assert ask(if_modified_since=header).status == 304


@pytest.mark.parametrize(
    "header",
    [
        "Tue, 02 Jan 2024 03:04:04 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 01 Jan 1800 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "yesterday",
        "0",
        "2030-01-01T00:00:00Z",
        "9999999999",
        "x" * 2_000,
        "1" * 5_000,
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999",
        f"{LAST_MODIFIED}, {LAST_MODIFIED}",
        "Fri, 01 Jan 2100 00:00:00 EST",
        "Fri, 01 Jan 2100 00:00:00 +0000",
        "Fri, 01 Jan 2100 00:00:00",
        "Fri, 1 Jan 2100 00:00:00 GMT",
        "01 Jan 2100",
        "fri, 01 jan 2100 00:00:00 gmt",
        "Fri, 01 Jan 2100 24:00:00 GMT",
        "Sun, 31 Apr 2100 00:00:00 GMT",
    ],
    ids=lambda header: header[:40],
)
def test_older_or_impossible_date_gives_the_whole_document(header: str) -> None:
    assert ask(if_modified_since=header).status == 200


def test_date_says_nothing_of_a_document_without_a_time() -> None:
    assert ask(modified=None, if_modified_since=LAST_MODIFIED).status == 200


@pytest.mark.parametrize(
    ("tag", "since", "status"),
    [
        pytest.param('"other"', LAST_MODIFIED, 200, id="other tag, same date"),
        pytest.param("", LAST_MODIFIED, 200, id="no tag in the list, same date"),
        pytest.param(f'"{TAG}"', "Thu, 01 Jan 1970 00:00:00 GMT", 304, id="same tag, old date"),
    ],
)
def test_tag_outweighs_date(tag: str, since: str, status: int) -> None:
    assert ask(if_none_match=tag, if_modified_since=since).status == status


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("*", 200),
        (f'"{TAG}"', 200),
        (f'"{TAG}-gzip"', 200),
        ('"other"', 412),
        (f'W/"{TAG}"', 412),
        ('"', 412),
        ("", 412),
    ],
)
def test_if_match_compares_strongly(header: str, status: int) -> None:
    assert ask(if_match=header).status == status


@pytest.mark.parametrize(
    ("since", "fields", "status"),
    [
        (LAST_MODIFIED, {}, 200),
        ("Tue, 02 Jan 2024 03:04:06 GMT", {}, 200),
        ("Tue, 02 Jan 2024 03:04:04 GMT", {}, 412),
        ("Tue, 02 Jan 2024 03:04:04 GMT", {"if_none_match": "*"}, 412),
        ("Tue, 02 Jan 2024 03:04:04 GMT", {"if_match": "*"}, 200),
        ("yesterday", {}, 200),
    ],
    ids=["same date", "later", "older", "older and a held tag", "older and a tag that matches", "no date"],
)
def test_document_that_was_modified_is_not_what_is_asked_for(since: str, fields: dict[str, str], status: int) -> None:
    assert ask(if_unmodified_since=since, **fields).status == status


def test_document_without_a_time_is_unmodified() -> None:
    assert ask(modified=None, if_unmodified_since="Tue, 02 Jan 2024 03:04:04 GMT").status == 200


def test_failed_if_match_outweighs_a_held_tag() -> None:
    assert ask(if_match='"other"', if_none_match="*").status == 412


# --- other responses ----------------------------------------------------------------------------


def test_plain_response_is_a_line_of_text_that_is_not_stored() -> None:
    response = respond_plain(404, "no such page", ("Retry-After", "2"))

    assert response == Response(
        404,
        (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", "13"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Retry-After", "2"),
        ),
        b"no such page\n",
    )


def test_redirect_is_for_good_and_may_be_kept() -> None:
    response = redirect("/tags/a/", Freshness(None, 60))

    headers = dict(response.headers)
    assert (response.status, headers["Location"], headers["Cache-Control"]) == (301, "/tags/a/", "max-age=60")


def test_microseconds_do_not_make_a_document_newer_than_its_own_date() -> None:
    assert ask(modified=MODIFIED + timedelta(microseconds=99), if_modified_since=LAST_MODIFIED).status == 304
