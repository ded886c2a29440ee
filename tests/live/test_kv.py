"""put, get, delete, compact and do against a real etcd: every option, and the revision that each one makes."""

import pytest

from etcdlearn import Client, CompactedError, KeyValue, Op


def now(client: Client) -> int:
    return client.get("k", count_only=True).header.revision


def keys(client: Client, key: str | bytes, **options: object) -> list[bytes]:
    return [kv.key for kv in client.get(key, **options).kvs]  # type: ignore[arg-type]


def test_a_put_makes_a_revision_and_a_get_tells_it(client: Client) -> None:
    before = now(client)
    put = client.put("/illusory/cloud", "hello")
    assert put.header.revision == before + 1
    assert put.prev_kv is None
    got = client.get("/illusory/cloud")
    assert got.kvs == (KeyValue(b"/illusory/cloud", b"hello", before + 1, before + 1, 1, 0),)
    assert (got.count, got.more, got.header.revision) == (1, False, before + 1)


def test_headers_say_who_answered(client: Client) -> None:
    header = client.get("k").header
    assert header.cluster_id
    assert header.member_id
    assert header.raft_term >= 2


def test_a_second_put_raises_mod_and_version_and_hands_back_what_it_replaced(client: Client) -> None:
    first = client.put("k", "one").header.revision
    replaced = client.put("k", "two", prev_kv=True).prev_kv
    assert replaced == KeyValue(b"k", b"one", first, first, 1, 0)
    assert client.get("k").kvs[0] == KeyValue(b"k", b"two", first, first + 1, 2, 0)


def test_a_missing_key_is_no_error(client: Client) -> None:
    got = client.get("nobody")
    assert (got.kvs, got.count, got.more) == ((), 0, False)


def test_bytes_and_empty_values_come_back_as_they_went(client: Client) -> None:
    client.put(b"\x00\xff", b"\x00\xfe\xff")
    client.put("empty", "")
    assert client.get(b"\x00\xff").kvs[0].value == b"\x00\xfe\xff"
    assert client.get("empty").kvs[0].value == b""


def test_ranges(client: Client) -> None:
    for key in ("/illusory/cloud", "/illusory/wind", "/illusoryxxx", "/other"):
        client.put(key, key)
    cloud, wind, decoy, other = b"/illusory/cloud", b"/illusory/wind", b"/illusoryxxx", b"/other"
    assert keys(client, "/illusory", prefix=True) == [cloud, wind, decoy]
    assert keys(client, "/illusory/", prefix=True) == [cloud, wind]
    assert keys(client, "/illusory/wind", from_key=True) == [wind, decoy, other]
    assert keys(client, "/illusory/cloud", range_end="/illusoryxxx") == [cloud, wind]
    assert keys(client, "", prefix=True) == keys(client, "", from_key=True) == [cloud, wind, decoy, other]
    assert keys(client, "z", range_end="a") == []


def test_limit_says_what_it_left_out(client: Client) -> None:
    for n in range(5):
        client.put(f"k{n}", "v")
    got = client.get("k", prefix=True, limit=2)
    assert ([kv.key for kv in got.kvs], got.count, got.more) == ([b"k0", b"k1"], 5, True)
    assert client.get("k", prefix=True, limit=5).more is False


def test_keys_only_and_count_only(client: Client) -> None:
    client.put("k", "value")
    (only,) = client.get("k", keys_only=True).kvs
    assert (only.key, only.value, only.version) == (b"k", b"", 1)
    counted = client.get("k", count_only=True)
    assert (counted.kvs, counted.count) == ((), 1)


def test_sorting(client: Client) -> None:
    for key, value in (("b", "1"), ("a", "3"), ("c", "2"), ("b", "0")):
        client.put(key, value)
    assert keys(client, "", prefix=True, sort_order="descend") == [b"c", b"b", b"a"]
    assert keys(client, "", prefix=True, sort_target="value") == [b"b", b"c", b"a"]
    assert keys(client, "", prefix=True, sort_target="create") == [b"b", b"a", b"c"]
    assert keys(client, "", prefix=True, sort_target="mod", sort_order="descend") == [b"b", b"c", b"a"]
    assert keys(client, "", prefix=True, sort_target="version", sort_order="descend", limit=1) == [b"b"]


def test_revision_filters_leave_out_but_count(client: Client) -> None:
    revisions = [client.put(f"k{n}", "v").header.revision for n in range(4)]
    client.put("k0", "again")
    assert keys(client, "k", prefix=True, min_mod_revision=revisions[2]) == [b"k0", b"k2", b"k3"]
    assert keys(client, "k", prefix=True, max_mod_revision=revisions[2]) == [b"k1", b"k2"]
    assert keys(client, "k", prefix=True, min_create_revision=revisions[3]) == [b"k3"]
    got = client.get("k", prefix=True, max_create_revision=revisions[0])
    assert ([kv.key for kv in got.kvs], got.count, got.more) == ([b"k0"], 4, False)


def test_the_past_can_be_read_until_it_is_compacted(client: Client) -> None:
    first = client.put("k", "one").header.revision
    client.put("k", "two")
    client.delete("k")
    assert client.get("k", revision=first).kvs[0].value == b"one"
    assert client.get("k", revision=first, serializable=True).kvs[0].value == b"one"
    assert client.get("k").kvs == ()
    compacted = client.compact(first + 1, physical=True)
    assert compacted.header.revision == first + 2
    assert client.get("k", revision=first + 1).kvs[0].value == b"two"


def test_delete_counts_and_hands_back(client: Client) -> None:
    client.put("a", "1")
    client.put("b", "2")
    before = now(client)
    gone = client.delete("", prefix=True, prev_kv=True)
    assert (gone.deleted, [kv.value for kv in gone.prev_kvs]) == (2, [b"1", b"2"])
    assert gone.header.revision == before + 1
    nothing = client.delete("a")
    assert (nothing.deleted, nothing.prev_kvs, nothing.header.revision) == (0, (), before + 1)


def test_a_new_life_of_a_key_starts_at_version_1(client: Client) -> None:
    client.put("k", "1")
    client.put("k", "2")
    client.delete("k")
    revision = client.put("k", "3").header.revision
    assert client.get("k").kvs[0] == KeyValue(b"k", b"3", revision, revision, 1, 0)


def test_ignore_value_keeps_the_value(client: Client) -> None:
    client.put("k", "kept")
    client.put("k", "", ignore_value=True)
    kv = client.get("k").kvs[0]
    assert (kv.value, kv.version) == (b"kept", 2)
    client.put("k", "new", ignore_lease=True)
    assert client.get("k").kvs[0].value == b"new"


def test_pages_are_all_of_one_revision(client: Client) -> None:
    for n in range(25):
        client.put(f"k{n:02d}", "before")
    client.put("l", "outside")
    pages = client.kv.pages("k", prefix=True, page_size=10)
    first = next(pages)
    client.put("k24", "after")
    client.put("k99", "new")
    second, third = pages
    assert [len(page.kvs) for page in (first, second, third)] == [10, 10, 5]
    assert [page.more for page in (first, second, third)] == [True, True, False]
    assert {kv.value for kv in third.kvs} == {b"before"}
    assert [kv.key for page in (first, second, third) for kv in page.kvs] == [b"k%02d" % n for n in range(25)]


def test_pages_of_nothing_of_one_key_and_of_everything(client: Client) -> None:
    (nothing,) = client.kv.pages("none", prefix=True)
    assert (nothing.kvs, nothing.count) == ((), 0)
    for key in ("a", "b", "c"):
        client.put(key, key)
    (one,) = client.kv.pages("b")
    assert [kv.key for kv in one.kvs] == [b"b"]
    assert [kv.key for page in client.kv.pages("", from_key=True, page_size=1) for kv in page.kvs] == [b"a", b"b", b"c"]
    (keys,) = client.kv.pages("a", range_end="c", keys_only=True)
    assert [(kv.key, kv.value) for kv in keys.kvs] == [(b"a", b""), (b"b", b"")]


def test_pages_check_their_arguments_at_the_call_and_can_be_overtaken_by_a_compaction(client: Client) -> None:
    for bad in (0, -1):
        with pytest.raises(ValueError, match="page_size must be 1 or more"):
            client.kv.pages("k", page_size=bad)
    with pytest.raises(ValueError, match="choose one"):
        client.kv.pages("k", prefix=True, from_key=True)
    for n in range(4):
        client.put(f"k{n}", "v")
    pages = client.kv.pages("k", prefix=True, page_size=2)
    next(pages)
    client.compact(client.put("k0", "again").header.revision)
    with pytest.raises(CompactedError):
        next(pages)


def test_do_is_the_method_with_its_answer_named(client: Client) -> None:
    put = client.do(Op.put("k", "v", prev_kv=True))
    assert put.put is not None
    assert put.get is None
    assert put.delete is None
    got = client.kv.do(Op.get("k"))
    assert got.get == client.get("k")
    gone = client.do(Op.delete("k"))
    assert gone.delete is not None
    assert gone.delete.deleted == 1
