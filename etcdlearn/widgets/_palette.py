"""Colours and fonts by role: the one place where they have values.

A scene names roles ("put", "ink2", "mono"); the static picture gets the light values, the stage CSS variables of the
same names. A test computes the contrast of every pair that meets.
"""

from __future__ import annotations

LIGHT = {
    "panel": "#FFFFFF",
    "alt": "#F3F5F7",
    "rule": "#D5DAE0",
    "ink": "#1B1F24",
    "ink2": "#535C66",
    "mark": "#757E88",
    "put": "#0A5FB4",
    "put-tint": "#E4EEF9",
    "delete": "#98220A",
    "delete-tint": "#FBEBE4",
    "lease": "#A26B00",
    "lease-tint": "#FAF0DA",
    "leader": "#5A2A93",
    "leader-tint": "#F0EAF8",
    "ok": "#0D7F57",
    "ok-tint": "#E3F3EC",
    "alarm": "#7F0A45",
    "alarm-tint": "#FBE6EE",
    "past": "#ECEEF1",
    "hatch": "#7E8791",
}
DARK = {
    "panel": "#212121",
    "alt": "#2A2D31",
    "rule": "#454A51",
    "ink": "#ECEFF2",
    "ink2": "#B0B8C1",
    "mark": "#8B939D",
    "put": "#5AA9F7",
    "put-tint": "#1E3247",
    "delete": "#FF8557",
    "delete-tint": "#40281E",
    "lease": "#F5D57C",
    "lease-tint": "#3A301A",
    "leader": "#DCC9FF",
    "leader-tint": "#322A42",
    "ok": "#3FB981",
    "ok-tint": "#1D3529",
    "alarm": "#FFA9C6",
    "alarm-tint": "#40222E",
    "past": "#2E3237",
    "hatch": "#7C858F",
}
# Lab's own colours, where its themes keep the ratios; its second ink and its warning colours do not.
LAB = {"panel": "--jp-layout-color1", "ink": "--jp-ui-font-color1"}
FONTS = {
    "sans": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", "PingFang SC", '
    '"Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
    "mono": 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
}
LAB_FONTS = {"sans": "--jp-ui-font-family", "mono": "--jp-code-font-family"}

_DARK_WHERE = (
    'body[data-jp-theme-light="false"] .etcdlearn-stage',
    'body[data-vscode-theme-kind="vscode-dark"] .etcdlearn-stage',
    'body[data-vscode-theme-kind="vscode-high-contrast"] .etcdlearn-stage',
)
_NO_THEME = "body:not([data-jp-theme-light]):not([data-vscode-theme-kind]) .etcdlearn-stage"


def _rules(colours: dict[str, str]) -> str:
    return " ".join(
        f"--etcdlearn-{role}: {f'var({LAB[role]}, {value})' if role in LAB else value};"
        for role, value in colours.items()
    )


def css() -> str:
    """The variables of the stage for light, dark and forced colours."""
    fonts = " ".join(f"--etcdlearn-{role}: var({LAB_FONTS[role]}, {stack});" for role, stack in FONTS.items())
    forced = " ".join(f"--etcdlearn-{role}: {_forced(role)};" for role in LIGHT)
    return "\n".join(
        [
            f".etcdlearn-stage {{ {fonts} {_rules(LIGHT)} }}",
            f"{', '.join(_DARK_WHERE)} {{ {_rules(DARK)} }}",
            f"@media (prefers-color-scheme: dark) {{ {_NO_THEME} {{ {_rules(DARK)} }} }}",
            f"@media (forced-colors: active) {{ .etcdlearn-stage {{ {forced} }} }}",
        ]
    )


def _forced(role: str) -> str:
    """The user's own colours: shapes and words carry everything, so three are enough."""
    if role in ("panel", "alt", "past") or role.endswith("-tint"):
        return "Canvas"
    return "Highlight" if role == "put" else "CanvasText"
