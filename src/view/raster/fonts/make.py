#!/usr/bin/env python3
"""Makes the two fonts of PNG pictures out of Debian's package fonts-roboto-unhinted.

    make.py FOLDER      the folder with Roboto-Regular.ttf and Roboto-Bold.ttf; needs fonttools

Keeps Latin, Greek, Cyrillic, punctuation, currencies and mathematics; drops hints and layout features; adds arrows and
check marks, which Roboto lacks.
"""

import pathlib
import sys

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

KEPT = [(0x20, 0x24F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2010, 0x2060), (0x2070, 0x209F), (0x20A0, 0x20BF),
        (0x2100, 0x214F), (0x2200, 0x22FF), (0x25A0, 0x25FF), (0xFFFD, 0xFFFD)]
WIDTH, MIDDLE, HALF = 2048, 700, 80  # of a sign, in units of the font


def arrow(pen, mirrored=False, upright=False, heads=1):
    """A shaft with a head at its end, or at both."""
    def at(x, y):
        x = WIDTH - x if mirrored else x
        return (y - MIDDLE + WIDTH // 2, x - 350) if upright else (x, y)

    def polygon(points):
        turned = mirrored != upright  # outlines run clockwise
        corners = [at(*point) for point in (points[::-1] if turned else points)]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()

    polygon([(200, MIDDLE + HALF), (1700, MIDDLE + HALF), (1700, MIDDLE - HALF), (200, MIDDLE - HALF)])
    polygon([(1350, MIDDLE + 400), (1850, MIDDLE), (1350, MIDDLE - 400)])
    if heads == 2:
        polygon([(698, MIDDLE - 400), (198, MIDDLE), (698, MIDDLE + 400)])


def strokes(pen, lines):
    for (x1, y1), (x2, y2) in lines:
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        dx, dy = -(y2 - y1) / length * HALF, (x2 - x1) / length * HALF
        corners = [(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()


SIGNS = {
    "←": lambda pen: arrow(pen, mirrored=True),
    "↑": lambda pen: arrow(pen, upright=True),
    "→": arrow,
    "↓": lambda pen: arrow(pen, mirrored=True, upright=True),
    "↔": lambda pen: arrow(pen, heads=2),
    "✓": lambda pen: strokes(pen, [((400, 700), (850, 200)), ((800, 170), (1650, 1300))]),
    "✗": lambda pen: strokes(pen, [((500, 1300), (1550, 150)), ((500, 150), (1550, 1300))]),
}


def make(source, target):
    font = TTFont(source)
    order, metrics, glyphs = font.getGlyphOrder(), font["hmtx"], font["glyf"]
    for sign, draw in SIGNS.items():
        name = f"uni{ord(sign):04X}"
        pen = TTGlyphPen(None)
        draw(pen)
        order.append(name)
        font.setGlyphOrder(order)
        glyphs.glyphs[name] = pen.glyph()
        glyphs.glyphOrder = order
        glyphs[name].recalcBounds(glyphs)
        metrics[name] = (WIDTH, glyphs[name].xMin)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(sign)] = name
    options = Options()
    options.hinting, options.layout_features, options.name_IDs = False, [], [0, 1, 2, 4, 6, 13, 14]
    options.notdef_outline, options.drop_tables = True, ["GPOS", "GSUB", "GDEF", "kern", "DSIG", "hdmx", "VDMX", "LTSH"]
    wanted = [code for low, high in KEPT for code in range(low, high + 1)] + [ord(sign) for sign in SIGNS]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.recalcTimestamp = False
    font.save(target)


here = pathlib.Path(__file__).parent
for style in ["Regular", "Bold"]:
    make(pathlib.Path(sys.argv[1]) / f"Roboto-{style}.ttf", here / f"threadbare-roboto-{style.lower()}.ttf")
