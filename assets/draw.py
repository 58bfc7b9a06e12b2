"""A canvas for pixel art, and the palette that every sprite keeps to. Needs nothing but Python."""

import struct
import zlib

PALETTE = {
    # From dark to light within each family.
    "ink": "2a1c2e",
    "night": "3a2f4a",
    "grass": ["47733b", "568642", "66994b", "7cae58", "9cc56a"],
    "dirt": ["8a6240", "a4784c", "b98d5b", "cda570"],
    "stone": ["565468", "757386", "9290a0", "b0aeb8", "cccad0"],
    "wood": ["4a2f25", "663f2c", "835438", "a26d47", "c28f60"],
    "plaster": ["a58c68", "c2aa80", "dac69c", "ecdebd"],
    "red": ["7c2f35", "a1413e", "c25a4a", "db7c5e"],
    "blue": ["34446e", "466091", "5f80b0", "86a6cb"],
    "green": ["2f5a4a", "417558", "588f66", "79ab7c"],
    "purple": ["44305f", "5f4483", "8060a6", "a586c4"],
    "leaf": ["23492f", "316339", "447f43", "62a051", "8cc065"],
    "pine": ["1d3f3a", "295648", "3a7057", "57906a", "7fb286"],
    "fire_leaf": ["8a3a2a", "b5522f", "d67a35", "eaa648", "f6cd6f"],
    "water": ["2f5d92", "3f78ae", "5797c6", "80bbdc", "bfe4ef"],
    "gold": ["a86a24", "d99432", "f4c152", "fbe38e"],
    "fire": ["b8412c", "e8722f", "f8ab43", "fde08a"],
    "skin": ["b3744f", "d99a6c", "f0bd8e"],
    "tan": ["8a5536", "ab7148", "c68c5d"],
    "deep": ["553322", "734730", "8f5f42"],
    "white": ["a9a6b5", "d3d0d8", "f2eee6"],
}


def color(name, shade=None, alpha=255):
    value = PALETTE[name]
    text = value if shade is None else value[max(0, min(shade, len(value) - 1))]
    return (int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16), alpha)


def noise(x, y, seed=0):
    """A number in [0, 1) that is always the same for the same place."""
    n = (x * 374761393 + y * 668265263 + seed * 974634777) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((n ^ (n >> 16)) & 0xFFFF) / 0x10000


class Canvas:
    def __init__(self, width, height):
        self.width, self.height = width, height
        self.pixels = {}

    def set(self, x, y, value):
        x, y = int(x), int(y)
        if 0 <= x < self.width and 0 <= y < self.height:
            self.pixels[x, y] = value

    def get(self, x, y):
        return self.pixels.get((x, y))

    def rect(self, x, y, width, height, value):
        for j in range(int(height)):
            for i in range(int(width)):
                self.set(x + i, y + j, value)

    def ellipse(self, cx, cy, rx, ry, value):
        for y in range(int(cy - ry), int(cy + ry) + 2):
            for x in range(int(cx - rx), int(cx + rx) + 2):
                if ((x + 0.5 - cx) / rx) ** 2 + ((y + 0.5 - cy) / ry) ** 2 <= 1:
                    self.set(x, y, value)

    def rows(self, x, y, rows, colors):
        """Paints text art; letters without a color are left as they are."""
        for j, row in enumerate(rows):
            for i, letter in enumerate(row):
                if letter in colors:
                    self.set(x + i, y + j, colors[letter])

    def blob(self, circles, family, seed=0, light=(-0.45, -0.7)):
        """Foliage: a heap of circles, lit from the upper left."""
        shades = len(PALETTE[family])
        left = min(cx - r for cx, _, r in circles)
        right = max(cx + r for cx, _, r in circles)
        top = min(cy - r for _, cy, r in circles)
        bottom = max(cy + r for _, cy, r in circles)
        for y in range(int(top), int(bottom) + 1):
            for x in range(int(left), int(right) + 1):
                inside = [c for c in circles if (x + 0.5 - c[0]) ** 2 + (y + 0.5 - c[1]) ** 2 <= c[2] ** 2]
                if not inside:
                    continue
                cx, cy, r = inside[-1]
                lit = ((x - cx) * light[0] + (y - cy) * light[1]) / r
                whole = ((x - (left + right) / 2) * light[0] + (y - (top + bottom) / 2) * light[1]) / (bottom - top)
                value = 0.42 + 0.3 * lit + 0.5 * whole + 0.3 * (noise(x // 2, y // 2, seed) - 0.5)
                self.set(x, y, color(family, int(value * shades)))

    def outline(self, value=None):
        """Draws a line around whatever is there."""
        value = value or color("ink")
        edge = [
            (x + dx, y + dy)
            for (x, y), pixel in self.pixels.items()
            if pixel[3] == 255
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
            if (x + dx, y + dy) not in self.pixels
        ]
        for x, y in edge:
            self.set(x, y, value)

    def paste(self, other, x, y):
        for (i, j), pixel in other.pixels.items():
            self.set(x + i, y + j, pixel)

    def save(self, path):
        lines = bytearray()
        for y in range(self.height):
            lines.append(0)
            for x in range(self.width):
                lines += bytes(self.pixels.get((x, y), (0, 0, 0, 0)))

        def chunk(kind, data):
            body = kind + data
            return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 6, 0, 0, 0)
        with open(path, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n")
            file.write(chunk(b"IHDR", header))
            file.write(chunk(b"IDAT", zlib.compress(bytes(lines), 9)))
            file.write(chunk(b"IEND", b""))
