"""Draws the app's icons into field_app/static/icons: a parcel, a pin on it, and a tick.

Run again after a change: `python docs/draw_icons.py`. Drawn four times too large and scaled
down, which gives smooth edges without a vector library.
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "field_app" / "static" / "icons"
GREEN, FIELD, FURROW, WHITE = "#0b5d3b", "#f2c14e", "#d99a1f", "#ffffff"
_OVER = 4


def icon(size: int, *, maskable: bool = False) -> Image.Image:
    """One square icon. A maskable one keeps the drawing inside the inner 80 % and has no
    corners of its own: the phone cuts them."""
    n = size * _OVER
    image = Image.new("RGBA", (n, n), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, n - 1, n - 1), 0 if maskable else n * 0.2, fill=GREEN)
    inset = 0.16 if maskable else 0.06

    def at(x: float, y: float) -> tuple[float, float]:
        return (inset + x * (1 - 2 * inset)) * n, (inset + y * (1 - 2 * inset)) * n

    draw.polygon([at(0.1, 0.62), at(0.5, 0.46), at(0.9, 0.62), at(0.5, 0.92)], fill=FIELD)
    for step in (0.25, 0.5, 0.75):
        start, end = (
            at(0.1 + 0.4 * step, 0.62 - 0.16 * step),
            at(0.5 + 0.4 * step, 0.92 - 0.3 * step),
        )
        draw.line([start, end], fill=FURROW, width=max(1, round(n * 0.018)))
    left, top = at(0.28, 0.06)
    right, bottom = at(0.72, 0.50)
    draw.polygon([at(0.31, 0.38), at(0.69, 0.38), at(0.5, 0.74)], fill=WHITE)
    draw.ellipse((left, top, right, bottom), fill=WHITE)
    draw.line(
        [at(0.39, 0.29), at(0.47, 0.37), at(0.62, 0.19)],
        fill=GREEN,
        width=round(n * 0.055),
        joint="curve",
    )
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for size in (64, 144, 180, 192, 512):
        icon(size).save(FOLDER / f"icon-{size}.png", optimize=True)
    icon(512, maskable=True).save(FOLDER / "maskable-512.png", optimize=True)


if __name__ == "__main__":
    main()
