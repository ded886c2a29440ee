"""Keys and values from hell: one list for everything that shows strangers' text.

What would run sets ``window.pwned``; what would fetch asks a host that does not exist.
"""

HTML = (
    b"<img src=x onerror=window.pwned=1>",
    b'"><script>window.pwned=1</script>',
    b"</text></svg><svg onload=window.pwned=1>",
    b'<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
    b"<a href='javascript:window.pwned=1' autofocus onfocus='window.pwned=1'>x</a>",
    b"<details open ontoggle=window.pwned=1>",
    b"<style>*{display:none}</style>",
    b"<link rel=stylesheet href=http://etcdlearn.invalid/x.css>",
    b'<meta http-equiv=refresh content="0;url=http://etcdlearn.invalid/">',
    b"<base href=http://etcdlearn.invalid/><img src=pixel.png>",
    b"<!--",
    b"--><b>",
    b"]]>",
    b"<![CDATA[<script>window.pwned=1</script>",
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    b"&lt;&#38;&e;&amp;'\"`",
    b"</textarea></title></style></script><script>window.pwned=1</script>",
)
CODE = (
    b"javascript:window.pwned=1",
    b"data:text/html,<script>window.pwned=1</script>",
    b"' onmouseover='window.pwned=1",
    b"url(http://etcdlearn.invalid/x.png);}*{display:none",
    b"${window.pwned=1}`",
    b"{{constructor.constructor('window.pwned=1')()}}",
    b"{revision} {0} {key.__class__} {} %s %(key)s",
    b"[x](javascript:window.pwned=1) ![x](http://etcdlearn.invalid/x.png) **bold**",
    b"$$\\href{javascript:window.pwned=1}{x}$$ \\(x\\)",
    b"__proto__",
    b"constructor",
    b"toString",
    b"\\u003cscript\\u003e \\x3c \\n \\",
)
INVISIBLE = (
    "\u202eevil\u202c \u2066hidden\u2069".encode(),
    "\u200b\u200c\u200d\u2060\ufeff\u00ad".encode(),
    "a\u061cb\u200ec\u200fd".encode(),
    "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u180b\ufe0f\U000e0100".encode(),
    "line\u2028paragraph\u2029next\x85".encode(),
    "\U0001f600 \U000e0001\U000e0041 e\u0301".encode(),
    "\ue000\ufffe\uffff\U0010ffff\u0378".encode(),
    b"  two  spaces  ",
    "\u3000\u2003\u00a0\u205f".encode(),
)
CONTROLS = (
    b"\x00",
    b"\x00\x1b[2J\r\n\t\x08\x0b\x0c\x7f",
    b"\x1b[31mred\x1b[0m\x1b]0;title\x07",
    b"\x1b]8;;http://etcdlearn.invalid\x1b\\\\link\x1b]8;;\x1b\\\\",
    "\u009b31m\u0090q\u009c".encode(),
    b"\x9b31m",
    b"\nfake line\r\x1b[1A",
)
NO_UTF8 = (
    b"\xff\xfe not utf-8",
    b"\xff\xff\xff",
    b"\\xff\\xff\\xff",
    b"\xed\xa0\x80\xed\xbf\xbf",
    b"\xc0\xaf\xf4\x90\x80\x80",
    b"cut \xe5\xb9",
)
SCRIPTS = (
    "مرحبا بالعالم שלום עולם".encode(),
    "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308a\u0335\u0336\u0337\u0338\u0489\u0489\u0489\u0489".encode() * 9,
    "\u0301\u0302starts with a mark".encode(),
    "\ufdfd\ufdfd\u2e3b\ua9c5\U0001242b\U00012219".encode() * 4,
    "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳".encode() * 3,
    "नमस्ते ประเทศไทย ကမ္ဘာ மொழி".encode(),
    "键/干扰/修订版本/".encode() * 3,
)
LONG = (
    b"x" * 10_240,
    b"W" * 200,
    b"\xff" * 10_240,
    "字".encode() * 3_413,
    b" " * 300,
    b"<" * 10_240,
    b"word " * 400,
)
HOSTILE = (*HTML, *CODE, *INVISIBLE, *CONTROLS, *NO_UTF8, *SCRIPTS, *LONG, b"")
# What may never reach a reader as it is: what turns, ends or hides a line, and what a terminal obeys.
NEVER = frozenset(
    map(
        chr,
        (
            *(*range(0x00, 0x20), *range(0x7F, 0xA0), 0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x2028, 0x202F)),
            *(*range(0x2060, 0x2070), 0xFEFF, *range(0xD800, 0xE000), *range(0xE0000, 0xE0080)),
        ),
    )
)
