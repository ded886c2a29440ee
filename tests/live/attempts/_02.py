"""Attempts at the exercises of lesson 02."""

BLUE = "client.put('/desk/lamp', 'blue')\n"

ATTEMPTS = {
    "2.1": {
        "lamp": "client.put('/desk/was', 'amber')",
        "missing": BLUE,
        "empty": BLUE + "client.put('/desk/was', '')",
        "not asked": "answer = client.put('/desk/lamp', 'blue')\nclient.put('/desk/was', str(answer.prev_kv))",
        "after": BLUE + "client.put('/desk/was', client.get('/desk/lamp').kvs[0].value)",
        "python": BLUE + "client.put('/desk/was', str(b'amber'))",
        "other": BLUE + "client.put('/desk/was', 'red')",
        "right": "old = client.get('/desk/lamp').kvs[0].value\nclient.put('/desk/was', old)\n" + BLUE,
    },
    "2.2": {
        "untouched": "client.get('/desk/cup')",
        "gone": "client.delete('/desk/cup')",
        "one put": "client.delete('/desk/cup')\nclient.put('/desk/cup', 'five')",
        "not deleted": "client.put('/desk/cup', 'four')\nclient.put('/desk/cup', 'five')",
        "other": "client.delete('/desk/cup')\nclient.put('/desk/cup', 'five')\nclient.put('/desk/cup', 'six')",
    },
    "2.3": {
        "missing": "client.get('/desk/note')",
        "empty": "client.put('/desk/note', '')",
        "older": "client.put('/desk/note', 'draft')",
        "python": "client.put('/desk/note', str(b'best'))",
        "other": "client.put('/desk/note', 'a new note')",
    },
    "2.4": {
        "gone": "client.delete('/desk/secret')",
        "kept": "client.put('/desk/secret', 'rose')",
        "edge": "client.compact(client.get('/desk/secret').kvs[0].mod_revision - 1)",
        "too far": "client.compact(client.get('/desk/secret').header.revision)",
        "other": "client.put('/desk/secret', 'daisy')",
        "right": "client.compact(client.get('/desk/diary').kvs[0].mod_revision - 1)",
        "cannot: unprepared": "client.delete('/desk/', prefix=True)",
    },
}
