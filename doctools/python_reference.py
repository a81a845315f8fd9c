"""The keys of a study file and the names for Python, from the code."""

from __future__ import annotations

import inspect
import re

# What a key accepts beyond its type: the value of `zones.study.Study` it becomes -> the words
_CHOICES = {
    "hub_layer": "HUB_LAYERS",
    "distance_method": "DISTANCE_METHODS",
    "gdp": "GDP_VINTAGES",
    "land": "LAND_YEARS",
}


def study_keys() -> str:
    """Return every key of the study file with its type, its default and what is accepted."""
    from geodata.web.web_ask import PROVIDERS
    from zones import parameters, study

    accepted = {key: tuple(getattr(parameters, name)) for key, name in _CHOICES.items()}
    accepted |= {
        "language": study.LANGUAGES,
        "formats": study.FORMATS,
        "figures": study.FIGURE_FORMATS,
        "provider": tuple(PROVIDERS),
    }
    default = study.Study()
    parts = []
    for section, keys in study._KEYS.items():
        parts += [f"### [{section}]", "", "| key | type | without it | accepted |"]
        parts.append("|---|---|---|---|")
        for key, (attribute, kind) in keys.items():
            choices = ", ".join(f"`{c}`" for c in accepted.get(attribute, ()))
            shown = _toml(getattr(default, attribute))
            parts.append(f"| `{key}` | {kind} | {shown} | {choices} |")
        parts.append("")
    return "\n".join(parts)


def _toml(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        inner = ", ".join(f'"{v}"' if isinstance(v, str) else f"{v:g}" for v in value)
        return f"`[{inner}]`"
    return f"`{value}`" if isinstance(value, int) else f'`"{value}"`'


def python_names() -> str:
    """Return the public names of `zones` and `maps` with signature and docstring."""
    import maps
    import zones

    parts = []
    for module in (zones, maps):
        for name in module.__all__:
            found = getattr(module, name)
            signature = _signature(found)
            parts += [f"### {module.__name__}.{name}", "", "```python", f"{name}{signature}", "```"]
            parts += ["", "```text", inspect.cleandoc(found.__doc__ or ""), "```", ""]
    return "\n".join(parts)


def _signature(found: object) -> str:
    """Return a signature as it is written: annotations without quotes, paths of no system."""
    text = str(inspect.signature(found))  # type: ignore[arg-type]
    text = re.sub(r"((?::|->) )'([^']*)'", r"\1\2", text)
    return re.sub(r"\b(?:Posix|Windows)Path\b", "Path", text)
