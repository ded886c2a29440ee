"""A notebook that is saved keeps its pictures; an extension of Jupyter's server, for the run of ``etcdlearn lab`` only.

A live picture belongs to a kernel. JupyterLab saves a reference to it and tomorrow, without that kernel, shows
"Error displaying widget: model not found" where the picture was, although a static one is saved beside the reference.
So the reference is left out of the file, and that of a control too, which has its text beside it. A page that is loaded
again shows the static one, until its cell is run.
"""

from __future__ import annotations

from typing import Any

LIVE = "application/vnd.jupyter.widget-view+json"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    # Beside a hook of the user's own, which the trait pre_save_hook would have replaced.
    server.contents_manager.register_pre_save_hook(keep_pictures)


def keep_pictures(model: dict[str, Any], **_: Any) -> None:
    """Leave what is live out of what is saved, where something else stands beside it."""
    if model.get("type") != "notebook":
        return
    for cell in (model.get("content") or {}).get("cells", ()):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if len(data) > 1:
                data.pop(LIVE, None)
