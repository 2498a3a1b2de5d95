"""Broken and hostile inputs, one a row: the exact exit status, GPU events, GPU time and diagnostics of each; and the same
report for other chunk sizes and numbers of threads, fewer of them with WAYS=small. hostile.py PROGRAM"""

import concurrent.futures
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zlib

OK, ERROR, DAMAGED = 0, 2, 3

OP = b'{"ph": "X", "cat": "cpu_op", "name": "aten::mm", "pid": 1, "tid": 1, "ts": 0, "dur": 5}'
CALL = b'{"ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 1, "tid": 1, "ts": 1, "dur": 2, "args": {"correlation": 1}}'
FIRST = b'{"ph": "X", "cat": "kernel", "name": "gemm", "pid": 0, "tid": 7, "ts": 10, "dur": 5, "args": {"correlation": 1, "device": 0}}'
CALL_2 = CALL.replace(b'"ts": 1,', b'"ts": 3,').replace(b'"correlation": 1', b'"correlation": 2')
SECOND = b'{"ph": "X", "cat": "kernel", "name": "relu", "pid": 0, "tid": 7, "ts": 30, "dur": 3, "args": {"correlation": 2, "device": 0}}'
ITEMS = [OP, CALL, FIRST, CALL_2, SECOND]
HEAD, TAIL = b'{"schemaVersion": 1, "traceEvents": [\n', b'\n], "traceName": "x"}\n'


def document(items, separator=b",\n", head=HEAD, tail=TAIL):
    return head + separator.join(items) + tail


def array(items):
    return document(items, head=b"[\n", tail=b"\n]\n")


def lines(items):
    return document(items, b"\n", b"", b"\n")


WHOLE = document(ITEMS)
AMD_TAIL = b'\n], "deviceProperties": [{"id": 0, "name": "", "warpSize": 64}]}\n'


def with_first(item):
    """The document in which the first kernel is something else; the second one lies behind it."""
    return document([OP, CALL, item, CALL_2, SECOND])


def edit(old, new, item=FIRST):
    assert item.count(old) == 1, old
    return with_first(item.replace(old, new))


def shifted(item, ts_us):
    """The item that much later."""
    return re.sub(rb'"ts": (\d+)', lambda found: b'"ts": %d' % (int(found[1]) + ts_us), item)


def name(text):
    return edit(b'"gemm"', b'"' + text + b'"')


def nested(depth):
    return edit(b'"device": 0', b'"device": 0, "x": ' + b"[" * depth + b"]" * depth)


def long_item(size):
    return edit(b'"device": 0', b'"device": 0, "text": "' + b"y" * size + b'"')


def broken_crc(data):
    packed = bytearray(gzip.compress(data, mtime=0))
    packed[-8] ^= 1
    return bytes(packed)


def cut_gzip(data):
    packed = zlib.compressobj(0, zlib.DEFLATED, 31)  # stored, so that what lies before the cut comes out
    whole = packed.compress(data) + packed.flush()
    return whole[:-100]


GZIP = gzip.compress(WHOLE, mtime=0)
FAKE = b'},{\\"ph\\": \\"X\\", \\"cat\\": \\"kernel\\", \\"ts\\": 1, \\"dur\\": 99},'

# A trace of 2 s in our time, and what a second device with 5 us, launched in it, says.
EPOCH = 1_700_000_000_000_000
NOW = [shifted(item, EPOCH) for item in ITEMS] + [shifted(SECOND, EPOCH + 2_000_000)]
ELSEWHERE = FIRST.replace(b'"device": 0', b'"device": 1')


def at(ts, item=ELSEWHERE, device=0):
    """That trace with a GPU event at ts us."""
    return document([*NOW, re.sub(rb'"ts": \d+', b'"ts": %d' % ts, item).replace(b'"device": 1', b'"device": %d' % device)])


# What is lost with the first kernel: 3 us of GPU time remain.
BOTH, LATER, NONE = (2, 8), (1, 3), (0, 0)

# name, bytes, exit status, (GPU events, GPU us) or None without a report, codes of the diagnostics
CASES = [
    ("whole", WHOLE, OK, BOTH, ""),

    # Quotes, backslashes and control characters in names
    ("escaped quote", name(b'ge\\"mm'), OK, BOTH, ""),
    ("odd quote within a name", name(b'ge"mm'), DAMAGED, LATER, "item_not_json"),
    ("odd quote at a name's beginning", name(b'"gemm'), DAMAGED, LATER, "item_not_json"),
    ("odd quote at a name's end", name(b'gemm"'), DAMAGED, LATER, "item_not_json"),
    ("two quotes within a name", name(b'ge"m"m'), DAMAGED, LATER, "item_not_json"),
    ("a whole item without ts, made by quotes and a brace in a name", name(b'ge"}"m'), DAMAGED, LATER,
     "item_not_object missing_comma no_timestamp stray_bytes"),
    ("quoted text with an opening brace in a name", name(b'ge"{"m'), DAMAGED, LATER, "item_not_json"),
    ("odd quote and a comma", name(b'ge", "mm'), DAMAGED, LATER, "item_not_json"),
    ("name that is not closed", edit(b'"gemm"', b'"gemm'), DAMAGED, LATER, "item_not_json"),
    ("name that is not opened", edit(b'"gemm"', b'gemm"'), DAMAGED, LATER, "item_not_json"),
    ("odd quote in an argument", edit(b'"device": 0', b'"device": 0, "x": "a"b"'), DAMAGED, LATER, "item_not_json"),
    ("odd quote in the last item", document([*ITEMS[:-1], SECOND.replace(b"relu", b're"lu')]), DAMAGED, (1, 5),
     "item_not_json"),
    ("odd quote in the last item, keys behind", document([*ITEMS[:-1], SECOND.replace(b"relu", b're"lu')], tail=AMD_TAIL),
     DAMAGED, (1, 5), "item_not_json"),
    ("odd quote in the last item, cut behind it", document([*ITEMS[:-1], SECOND.replace(b"relu", b're"lu')], tail=b"\n]"),
     DAMAGED, (1, 5), "item_not_json truncated"),
    ("odd quote in the last item of a bare array", array([*ITEMS[:-1], SECOND.replace(b"relu", b're"lu')]), DAMAGED, (1, 5),
     "item_not_json"),
    ("odd quote in the first item", document([OP.replace(b"aten", b'at"en'), *ITEMS[1:]]), DAMAGED, BOTH, "item_not_json"),
    ("odd quotes in two items in a row", document([OP, CALL, FIRST.replace(b"gemm", b'ge"mm'), CALL_2, SECOND.replace(b"relu", b'"relu'),
                                                   FIRST]), DAMAGED, (1, 5), "item_not_json"),
    ("odd quotes in every item", document([item.replace(b'"ph"', b'ph"') for item in ITEMS]), DAMAGED, NONE,
     "item_not_json no_gpu_events"),
    ("backslash before the closing quote", name(b"gemm\\"), DAMAGED, LATER, "item_not_json"),
    ("unknown escape", name(b"ge\\qmm"), DAMAGED, LATER, "item_not_json"),
    ("escape cut short", name(b"ge\\u00"), DAMAGED, LATER, "item_not_json"),
    ("lone surrogate", name(b"ge\\ud800mm"), OK, BOTH, "invalid_text"),
    ("surrogates in the wrong order", name(b"ge\\udc00\\ud800mm"), OK, BOTH, "invalid_text"),
    ("surrogate pair", name(b"ge\\ud83d\\ude00mm"), OK, BOTH, ""),
    ("escaped NUL", name(b"ge\\u0000mm"), OK, BOTH, ""),
    ("NUL in a name", name(b"ge\0mm"), OK, BOTH, "invalid_text"),
    ("line break in a name", name(b"ge\nmm"), OK, BOTH, "invalid_text"),
    ("tab in a name", name(b"ge\tmm"), OK, BOTH, "invalid_text"),
    ("escape character in a name", name(b"ge\x1b[31mmm"), OK, BOTH, "invalid_text"),
    ("invalid UTF-8", name(b"ge\xff\xfemm"), OK, BOTH, "invalid_text"),
    ("overlong UTF-8", name(b"ge\xc0\xafmm"), OK, BOTH, "invalid_text"),
    ("UTF-8 cut by the closing quote", name(b"gemm\xe2\x82"), OK, BOTH, "invalid_text"),
    ("UTF-8 beyond U+10FFFF", name(b"ge\xf4\x90\x80\x80"), OK, BOTH, "invalid_text"),
    ("markup in a name", name(b"<script>alert(1)</script>"), OK, BOTH, ""),
    ("format characters in a name", name(b"%s%n%1000000d"), OK, BOTH, ""),
    ("name like an event, well quoted", name(FAKE), OK, BOTH, ""),
    ("name like an event, in a broken item", name(FAKE + b'"'), DAMAGED, LATER, "item_not_json"),
    ("name of 16 KiB and more", name(b"g" * 20000), OK, BOTH, "name_cut"),
    ("empty name", name(b""), OK, BOTH, ""),

    # Values
    ("ts NaN", edit(b'"ts": 10', b'"ts": NaN'), DAMAGED, LATER, "no_timestamp"),
    ("ts Infinity", edit(b'"ts": 10', b'"ts": Infinity'), DAMAGED, LATER, "no_timestamp"),
    ("ts null", edit(b'"ts": 10', b'"ts": null'), DAMAGED, LATER, "no_timestamp"),
    ("ts missing", edit(b'"ts": 10, ', b""), DAMAGED, LATER, "no_timestamp"),
    ("ts an object", edit(b'"ts": 10', b'"ts": {"us": 10}'), DAMAGED, LATER, "no_timestamp"),
    ("ts a string", edit(b'"ts": 10', b'"ts": "10"'), OK, BOTH, ""),
    ("ts a string with blanks", edit(b'"ts": 10', b'"ts": " 10 "'), OK, BOTH, ""),
    ("ts a word in a string", edit(b'"ts": 10', b'"ts": "N/A"'), DAMAGED, LATER, "no_timestamp"),
    ("ts beyond all times", edit(b'"ts": 10', b'"ts": 1e300'), DAMAGED, LATER, "no_timestamp"),
    ("ts with an exponent", edit(b'"ts": 10', b'"ts": 1e1'), OK, BOTH, ""),
    ("ts with a thousand digits", edit(b'"ts": 10', b'"ts": 10.' + b"0" * 1000), OK, BOTH, ""),
    ("dur NaN", edit(b'"dur": 5', b'"dur": NaN'), DAMAGED, (2, 3), "gpu_duration_unknown"),
    ("dur N/A", edit(b'"dur": 5', b'"dur": N/A'), DAMAGED, (2, 3), "gpu_duration_unknown"),
    ("dur -Infinity", edit(b'"dur": 5', b'"dur": -Infinity'), DAMAGED, (2, 3), "gpu_duration_unknown"),
    ("dur a string", edit(b'"dur": 5', b'"dur": "5"'), OK, BOTH, ""),
    ("dur missing", edit(b', "dur": 5', b""), OK, (2, 3), ""),
    ("dur negative", edit(b'"dur": 5', b'"dur": -5'), OK, LATER, "negative_duration"),
    ("dur near 2^64 ns", edit(b'"dur": 5', b'"dur": 18446744073709551.615'), OK, LATER, "implausible_duration"),
    ("dur near 2^63 ns", edit(b'"dur": 5', b'"dur": 9223372036854775.807'), OK, LATER, "implausible_duration"),
    ("a kernel at 0", at(0), DAMAGED, (3, 11), "outside_span"),
    ("a kernel before all times", at(-EPOCH), DAMAGED, (3, 11), "outside_span"),
    ("a kernel at 1e18 ns", at(10**15), DAMAGED, (3, 11), "outside_span"),
    ("a kernel at the end of all times", at(4_499_999_999_999_999), DAMAGED, (3, 11), "outside_span"),
    ("a kernel an hour away", at(EPOCH + 3600 * 10**6), OK, (4, 16), ""),
    ("a kernel two days away", at(EPOCH + 48 * 3600 * 10**6), DAMAGED, (3, 11), "outside_span"),
    ("kernels at both ends of time", document([*NOW, FIRST, shifted(FIRST, 2 * EPOCH)]), DAMAGED, (3, 11), "outside_span"),
    ("kernels at 0, nothing on the CPU", document([NOW[2], NOW[4], NOW[5], FIRST, SECOND]), DAMAGED, (3, 11),
     "no_launch outside_span"),
    ("a CPU operator at 0", document([*NOW, OP]), OK, (3, 11), ""),
    ("a launch at 0", document([*NOW, CALL]), OK, (3, 11), ""),
    ("a second device in our time", at(EPOCH + 12, device=1), OK, (4, 16), ""),
    ("a second device that counts from its start", at(5_000_000, device=1), OK, (4, 16), "device_clocks_differ"),
    ("a second device at 1e18 ns", at(10**15, device=1), OK, (4, 16), "device_clocks_differ"),
    ("all devices count from their start", document([*NOW[:2], FIRST, NOW[3], SECOND]), OK, BOTH, "device_clocks_differ"),
    ("a second device, most at 0, one in our time", document([*NOW, ELSEWHERE, ELSEWHERE, shifted(ELSEWHERE, EPOCH)]), DAMAGED,
     (5, 21), "device_clocks_differ outside_span"),
    ("nobody can tell which kernel is right", document([FIRST, shifted(FIRST, EPOCH)]), OK, (2, 10),
     "device_clocks_differ no_launch"),
    ("number with a leading zero", edit(b'"dur": 5', b'"dur": 05'), OK, BOTH, ""),
    ("number with a word behind", edit(b'"dur": 5', b'"dur": 5us'), DAMAGED, (2, 3), "bad_number"),
    ("NaN in an argument nobody reads", edit(b'"device": 0', b'"device": 0, "occupancy": NaN'), OK, BOTH, ""),
    ("correlation 0", edit(b'"correlation": 1', b'"correlation": 0'), OK, BOTH, "no_correlation"),
    ("correlation negative", edit(b'"correlation": 1', b'"correlation": -1'), OK, BOTH, "no_launch"),
    ("correlation a string", edit(b'"correlation": 1', b'"correlation": "1"'), OK, BOTH, ""),
    ("correlation beyond 2^64", edit(b'"correlation": 1', b'"correlation": 99999999999999999999999'), DAMAGED, BOTH,
     "bad_number no_correlation"),
    ("pid null", edit(b'"pid": 0', b'"pid": null'), OK, BOTH, ""),
    ("pid an object", edit(b'"pid": 0', b'"pid": {}'), OK, BOTH, ""),
    ("tid a string", edit(b'"tid": 7', b'"tid": "stream 7"'), OK, BOTH, ""),
    ("args null", edit(b'"args": {"correlation": 1, "device": 0}', b'"args": null'), OK, BOTH, "no_correlation"),
    ("args a string", edit(b'"args": {"correlation": 1, "device": 0}', b'"args": "x"'), OK, BOTH, "no_correlation"),
    ("ph missing", edit(b'"ph": "X", ', b""), DAMAGED, LATER, "unknown_ph"),
    ("ph unknown", edit(b'"ph": "X"', b'"ph": "x"'), DAMAGED, LATER, "unknown_ph"),
    ("ph B and E", with_first(FIRST.replace(b'"X"', b'"B"')), DAMAGED, LATER, "begin_end_events"),
    ("cat unknown", edit(b'"kernel"', b'"colonel"'), OK, LATER, ""),
    ("cat with a wrong letter", edit(b'"kernel"', b'"kernal"'), DAMAGED, LATER, "word_damaged"),
    ("cat with a letter missing", edit(b'"kernel"', b'"kerne"'), DAMAGED, LATER, "word_damaged"),
    ("cat with an invalid letter", edit(b'"kernel"', b'"ker\xffel"'), DAMAGED, LATER, "word_damaged"),
    ("cat of other tools", edit(b'"kernel"', b'"kernels"'), OK, LATER, ""),
    ("correlation's key with a wrong letter", edit(b'"correlation"', b'"correlatiom"'), DAMAGED, BOTH,
     "no_correlation word_damaged"),
    ("dur's key with a wrong letter", edit(b'"dur"', b'"dir"'), DAMAGED, (2, 3), "word_damaged"),
    ("cat's key with a wrong letter", edit(b'"cat"', b'"cut"'), DAMAGED, LATER, "word_damaged"),
    ("External id in lower case", edit(b'"device": 0', b'"device": 0, "external id": 3'), OK, BOTH, ""),
    ("two odd quotes in an argument nobody reads", edit(b'"device": 0', b'"device": 0, "note": "a"b"c"'), OK, BOTH, ""),
    ("keys twice", edit(b'"dur": 5', b'"dur": 50, "dur": 5'), OK, BOTH, ""),

    # Punctuation
    ("comma missing between items", document([OP + CALL, *ITEMS[2:]]), OK, BOTH, "missing_comma"),
    ("no commas at all", document(ITEMS, b"\n"), OK, BOTH, "missing_comma"),
    ("trailing comma", WHOLE.replace(SECOND, SECOND + b","), OK, BOTH, ""),
    ("comma in front", WHOLE.replace(OP, b"," + OP), OK, BOTH, ""),
    ("commas doubled", document(ITEMS, b",,\n"), OK, BOTH, ""),
    ("comma missing within an item", edit(b'"pid": 0, "tid"', b'"pid": 0 "tid"'), DAMAGED, LATER, "item_not_json"),
    ("colon missing", edit(b'"ts": 10', b'"ts" 10'), DAMAGED, LATER, "item_not_json"),
    ("colon doubled", edit(b'"ts": 10', b'"ts":: 10'), DAMAGED, LATER, "item_not_json"),
    ("value missing", edit(b'"ts": 10', b'"ts": '), DAMAGED, LATER, "item_not_json"),
    ("single quotes", with_first(FIRST.replace(b'"', b"'")), DAMAGED, LATER, "item_not_json"),
    ("a comment within an item", edit(b'"pid": 0', b'/* gpu */ "pid": 0'), DAMAGED, LATER, "item_not_json"),
    ("closing brace missing", with_first(FIRST[:-1]), DAMAGED, LATER, "item_not_json"),
    ("both closing braces missing", with_first(FIRST[:-2]), DAMAGED, LATER, "item_not_json"),
    ("opening brace missing", with_first(FIRST[1:]), DAMAGED, LATER, "item_not_object stray_bytes"),
    ("opening brace doubled", with_first(b"{" + FIRST), DAMAGED, BOTH, "item_not_json"),
    ("closing brace doubled", with_first(FIRST + b"}"), DAMAGED, BOTH, "stray_bytes"),
    ("wrong bracket closes args", edit(b'"device": 0}', b'"device": 0]'), DAMAGED, LATER, "item_not_json"),
    ("a word between items", with_first(b"oops"), OK, LATER, "item_not_object"),
    ("null between items", with_first(b"null"), OK, LATER, "item_not_object"),
    ("a number between items", with_first(b"17"), OK, LATER, "item_not_object"),
    ("an empty object between items", with_first(b"{}"), OK, LATER, ""),
    ("closing bracket in place of an opening brace", with_first(b"]" + FIRST[1:]), DAMAGED, LATER, "stray_bytes"),
    ("document closed too early", with_first(FIRST + b"]}"), DAMAGED, BOTH, "stray_bytes"),
    ("document closed before an item", with_first(b"]}" + FIRST), DAMAGED, BOTH, "stray_bytes"),
    ("bare array, closing bracket in place of an opening brace", array([OP, CALL, b"]" + FIRST[1:], CALL_2, SECOND]),
     DAMAGED, LATER, "stray_bytes"),
    ("bare array, closing bracket before an item", array([OP, CALL, b"]" + FIRST, CALL_2, SECOND]), DAMAGED, BOTH, "stray_bytes"),
    ("bare array, closing brackets before an item", array([OP, CALL, b"]}" + FIRST, CALL_2, SECOND]), DAMAGED, BOTH,
     "stray_bytes"),
    ("array closed too early", with_first(FIRST + b"]"), DAMAGED, BOTH, "missing_comma stray_bytes"),

    # Size and depth
    ("100 brackets in args", nested(100), OK, BOTH, ""),
    ("a million brackets in args", nested(1000000), OK, BOTH, ""),
    ("an item of 1 MiB", long_item(1 << 20), OK, BOTH, ""),
    ("an item of 20 MiB", long_item(20 << 20), DAMAGED, LATER, "item_too_long"),
    ("a broken item of 20 MiB", name(b'ge"mm' + b"z" * (20 << 20)), DAMAGED, LATER, "item_not_json"),

    # Documents
    ("nothing", b"", ERROR, None, ""),
    ("blanks", b" \n\t " * 100, ERROR, None, ""),
    ("zeros", b"\0" * 4096, ERROR, None, ""),
    ("a word", b"hello", ERROR, None, ""),
    ("a number", b"42", ERROR, None, ""),
    ("a string", b'"traceEvents"', ERROR, None, ""),
    ("null", b"null", ERROR, None, ""),
    ("an empty object", b"{}", ERROR, None, ""),
    ("another object", b'{"a": [1, 2, 3]}', ERROR, None, ""),
    ("traceEvents a number", b'{"traceEvents": 5}', ERROR, None, ""),
    ("traceEvents null", b'{"traceEvents": null}', ERROR, None, ""),
    ("an error page", b"<!doctype html><html><body>404 not found</body></html>", ERROR, None, ""),
    ("an empty array", b"[]", OK, NONE, "no_gpu_events"),
    ("no events", document([]), OK, NONE, "no_gpu_events"),
    ("a bare array", document(ITEMS, head=b"[", tail=b"]"), OK, BOTH, ""),
    ("a bare array that never closes", document(ITEMS, head=b"[", tail=b""), OK, BOTH, "array_not_closed"),
    ("a bare array that ends with a comma", document(ITEMS, head=b"[", tail=b",\n"), OK, BOTH, "array_not_closed"),
    ("an object a line", document(ITEMS, b"\n", head=b"", tail=b"\n"), OK, BOTH, ""),
    ("an object a line, one broken", document([OP, CALL, FIRST.replace(b"gemm", b'ge"mm'), CALL_2, SECOND], b"\n", b"", b"\n"),
     DAMAGED, LATER, "item_not_json"),
    ("an object a line, the first one broken before its ph", lines([OP.replace(b'"ph"', b'ph"'), *ITEMS[1:]]), DAMAGED, BOTH,
     "item_not_json"),
    ("an object a line, an odd quote before the first one's ph", lines([b'{"name": "at"en", ' + OP[1:], *ITEMS[1:]]),
     DAMAGED, BOTH, "item_not_json"),
    ("an object a line, a name not closed before the first one's ph", lines([b'{"name": "aten, ' + OP[1:], *ITEMS[1:]]),
     DAMAGED, BOTH, "item_not_json"),
    ("an object a line, the first one without ph", lines([OP.replace(b'"ph": "X", ', b""), *ITEMS[1:]]), DAMAGED, BOTH,
     "stray_bytes"),
    ("an object a line, the last one broken", lines([*ITEMS[:-1], SECOND.replace(b"relu", b're"lu')]), DAMAGED, (1, 5),
     "item_not_json"),
    ("an object a line, all broken before their ph", lines([b'{"name": "at"en"}'] * 9), ERROR, None, ""),
    ("lines of a log", b'{"level": "info"}\n' * 9, ERROR, None, ""),
    ("lines of a log, 6 MB of them", b'{"level": "info"}\n' * 333333, ERROR, None, ""),
    ("an opening brace in place of the array's bracket", b"{" + array(ITEMS)[1:], DAMAGED, BOTH, "item_not_json stray_bytes"),
    ("an opening brace too many", b"{" + WHOLE, DAMAGED, BOTH, "stray_bytes"),
    ("traceEvents without quotes", WHOLE.replace(b'"traceEvents"', b"traceEvents"), DAMAGED, BOTH, "stray_bytes"),
    ("lines that end with CR LF", WHOLE.replace(b"\n", b"\r\n"), OK, BOTH, ""),
    ("lines that end with CR", WHOLE.replace(b"\n", b"\r"), OK, BOTH, ""),
    ("byte order mark", b"\xef\xbb\xbf" + WHOLE, OK, BOTH, ""),
    ("UTF-16", WHOLE.decode().encode("utf-16"), ERROR, None, ""),
    ("two documents", WHOLE + WHOLE, DAMAGED, BOTH, "trailing_bytes"),
    ("a bare array and lines of a log", array(ITEMS) + b'{"level": "info"}\n' * 9, DAMAGED, BOTH, "trailing_bytes"),
    ("a bare array and a word", array(ITEMS) + b"Killed\n", DAMAGED, BOTH, "trailing_bytes"),
    ("two bare arrays", array(ITEMS) * 2, DAMAGED, BOTH, "trailing_bytes"),
    ("a bare array and a document", array(ITEMS) + WHOLE, DAMAGED, BOTH, "trailing_bytes"),
    ("words behind the end", WHOLE + b"Segmentation fault\n", DAMAGED, BOTH, "trailing_bytes"),
    ("blanks and zeros behind the end", WHOLE + b" \n\n", OK, BOTH, ""),
    ("keys around, in another order", b'{"a": {"traceEvents": [1]}, "traceName": "x", "traceEvents": [' + b",".join(ITEMS) + b']}',
     OK, BOTH, ""),
    ("cut between items", document(ITEMS, tail=b""), DAMAGED, BOTH, "truncated"),
    ("cut in the last item", document(ITEMS, tail=b"")[:-20], DAMAGED, (1, 5), "truncated"),
    ("cut behind the array", document(ITEMS, tail=b"]"), DAMAGED, BOTH, "truncated"),
    ("cut in a key behind", document(ITEMS, tail=b'], "traceNa'), DAMAGED, BOTH, "truncated"),
    ("cut before the events", HEAD[:10], ERROR, None, ""),

    # Compressed
    ("gzip", GZIP, OK, BOTH, ""),
    ("gzip in two members", gzip.compress(WHOLE[:300], mtime=0) + gzip.compress(WHOLE[300:], mtime=0), OK, BOTH, ""),
    ("gzip with an empty member", gzip.compress(b"", mtime=0) + GZIP, OK, BOTH, ""),
    ("gzip of nothing", gzip.compress(b"", mtime=0), ERROR, None, ""),
    ("gzip's magic alone", GZIP[:2], ERROR, None, ""),
    ("gzip's head alone", GZIP[:10], ERROR, None, ""),
    ("gzip of gzip", gzip.compress(GZIP, mtime=0), ERROR, None, ""),
    ("gzip cut", cut_gzip(WHOLE), DAMAGED, (1, 5), "read_failed truncated"),
    ("gzip with a wrong checksum", broken_crc(WHOLE), DAMAGED, BOTH, "read_failed"),
    ("gzip with garbage behind", GZIP + b"garbage!", DAMAGED, BOTH, "read_failed"),
    ("gzip padded with zeros", GZIP + b"\0" * 1000, OK, BOTH, ""),
    ("gzip of a document cut", gzip.compress(document(ITEMS, tail=b""), mtime=0), DAMAGED, BOTH, "truncated"),
    ("zstd's magic alone", b"\x28\xb5\x2f\xfd", ERROR, None, ""),
    ("zstd's magic and garbage", b"\x28\xb5\x2f\xfd" + b"\xff" * 100, ERROR, None, ""),
    ("a zip file", b"PK\x03\x04" + b"\0" * 100, ERROR, None, ""),
]

WAYS = [("--chunk", "1"), ("--chunk", "7"), ("--chunk", "4096"), ("--threads", "2"), ("--threads", "2", "--memory", "64K")]
if os.environ.get("WAYS") == "small":
    WAYS = WAYS[1:4:2]
SLOW = 1 << 20  # larger inputs do not come byte by byte


class Bench:
    def __init__(self, program, work):
        self.program, self.work = os.path.abspath(program), work

    def run(self, path, *options):
        command = [self.program, "summary", "-f", "json", "--index", "off", "--threads", "1", *options, path]
        done = subprocess.run(command, capture_output=True, timeout=60)
        return done.returncode, done.stdout, done.stderr.decode(errors="replace")

    def check(self, number):
        """What is wrong with a case; nothing: it passes."""
        _, data, status, gpu, codes = CASES[number]
        path = os.path.join(self.work, str(number))
        with open(path, "wb") as file:
            file.write(data)
        got, report, said = self.run(path)
        if got != status:
            return f"exit status {got}, not {status}: {said}{report[-600:].decode() if report else ''}"
        if status == ERROR:
            return None if not report and re.fullmatch(r"tracecmp: .+\n", said) else f"report {report!r}, said {said!r}"
        wrong = self.check_report(json.loads(report), gpu, set(codes.split()))
        for way in WAYS if not wrong else []:
            if (len(data) < SLOW or way[1] not in ("1", "7")) and self.run(path, *way)[:2] != (got, report):
                wrong = f"another report with {' '.join(way)}"
        os.remove(path)
        return wrong

    @staticmethod
    def check_report(report, gpu, codes):
        found = {row["code"] for row in report["diagnostics"]}
        events = report["gpu"]["events"], report["gpu"]["total_us"]
        lost = any(row["severity"] in ("data_loss", "error") for row in report["diagnostics"])
        if events != gpu:
            return f"{events} GPU events and us, not {gpu}; {sorted(found)}"
        if found != codes:
            return f"{sorted(found)}, not {sorted(codes)}"
        return "complete, and yet not" if report["trace"]["complete"] == lost else None


def zstd(data):
    return subprocess.run(["zstd", "-q", "--check", "-c"], input=data, capture_output=True, check=True).stdout


def add_zstd():
    """Where there is a program that makes them."""
    if not shutil.which("zstd"):
        return
    packed, skipped = zstd(WHOLE), b"\x50\x2a\x4d\x18\x04\0\0\0skip"
    wrong = bytearray(packed)
    wrong[-1] ^= 1
    CASES.extend([
        ("zstd", packed, OK, BOTH, ""),
        ("zstd in two frames, one to skip between", zstd(WHOLE[:300]) + skipped + zstd(WHOLE[300:]), OK, BOTH, ""),
        ("zstd of gzip", zstd(GZIP), ERROR, None, ""),
        ("zstd with a wrong checksum", bytes(wrong), DAMAGED, BOTH, "read_failed"),
        ("zstd with garbage behind", packed + b"garbage!", DAMAGED, BOTH, "read_failed"),
    ])


def main():
    add_zstd()
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(sys.argv[1], work)
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            results = list(pool.map(bench.check, range(len(CASES))))
    failures = [(case[0], wrong) for case, wrong in zip(CASES, results) if wrong]
    for what, wrong in failures:
        print(f"hostile: {what}: {wrong}", file=sys.stderr)
    print(f"hostile: {len(CASES) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
