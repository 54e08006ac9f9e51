"""An accent color made readable on the pages' light and dark backgrounds: contrast AA of WCAG 2.2. Pure."""

from colorsys import hls_to_rgb, rgb_to_hls

# The backgrounds of `feedsvc.css` that have the least contrast with text.
LIGHT, DARK = "#f1f0ea", "#2b2d31"
MIN_CONTRAST = 4.6  # https://www.w3.org/TR/WCAG22/#contrast-minimum asks for 4.5; the rest is for rounding
_STEP = 0.01


def to_readable(color: str, background: str) -> str:
    """Return a color of the same hue, as near to `color` as has MIN_CONTRAST with a background."""
    hue, lightness, saturation = rgb_to_hls(*_to_rgb(color))
    step = -_STEP if _luminance(background) > _luminance("#777777") else _STEP
    shown = color
    while measure_contrast(shown, background) < MIN_CONTRAST and 0 <= lightness <= 1:
        lightness += step
        shown = _to_hex(hls_to_rgb(hue, min(max(lightness, 0.0), 1.0), saturation))
    return shown


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    """Return the relative luminance of a color: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _to_rgb(color))  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _to_hex(rgb: tuple[float, float, float]) -> str:
    return "#" + bytes(round(part * 255) for part in rgb).hex()
