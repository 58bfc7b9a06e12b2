"""The ground of the village: what lies flat, painted from the map that the game reads too."""

from draw import Canvas, color, noise

TILE = 16
BUILT = "-#"


def read_map(path):
    with open(path) as file:
        return [line for line in file.read().splitlines() if line]


class Ground:
    def __init__(self, tiles):
        self.tiles = tiles
        self.canvas = Canvas(len(tiles[0]) * TILE, len(tiles) * TILE)

    def kind(self, x, y):
        """The terrain at a pixel. What grows has round borders that wobble; what is built has straight ones."""
        here = self.tile(x, y)
        if here in BUILT:
            return here
        x += int(3 * noise(x // 3, y // 3, 1) - 1.5)
        y += int(3 * noise(x // 3, y // 3, 2) - 1.5)
        left, top = x - TILE // 2, y - TILE // 2
        right_share, bottom_share = left % TILE / TILE, top % TILE / TILE
        shares = {}
        for dx, share_x in ((0, 1 - right_share), (TILE, right_share)):
            for dy, share_y in ((0, 1 - bottom_share), (TILE, bottom_share)):
                kind = self.tile(left + dx, top + dy)
                shares[kind] = shares.get(kind, 0) + share_x * share_y
        return max((kind for kind in shares if kind not in BUILT), key=lambda kind: shares[kind], default=here)

    def tile(self, x, y):
        row = max(0, min(y // TILE, len(self.tiles) - 1))
        column = max(0, min(x // TILE, len(self.tiles[0]) - 1))
        return self.tiles[row][column]

    def paint(self):
        paint = {".": grass, ",": dirt, "o": cobbles, "~": water, "-": planks, "#": grass}
        for y in range(self.canvas.height):
            for x in range(self.canvas.width):
                self.canvas.set(x, y, paint[self.kind(x, y)](x, y))
        self.soften_edges()
        self.scatter_on_grass()
        self.tavern_inside()
        return self.canvas

    def soften_edges(self):
        for y in range(self.canvas.height):
            for x in range(self.canvas.width):
                kind, above = self.kind(x, y), self.kind(x, y - 1)
                if kind == "~" and above != "~":
                    for i, shade in enumerate((color("dirt", 0), color("dirt", 0), color("water", 0))):
                        self.canvas.set(x, y + i, shade)
                elif kind in ",o" and above == "." or kind == "." and above in ",o":
                    self.canvas.set(x, y, color("grass", 0))
                elif above == "~" and kind != "~":
                    self.canvas.set(x, y, color("grass", 4))

    def scatter_on_grass(self):
        for row, line in enumerate(self.tiles):
            for column, kind in enumerate(line):
                x, y = column * TILE, row * TILE
                chance = noise(column, row, 7)
                if kind == "." and chance < 0.34:
                    tuft(self.canvas, x + 3 + int(9 * noise(column, row, 8)), y + 6 + int(8 * noise(column, row, 9)))
                elif kind == "." and chance < 0.47:
                    flowers(self.canvas, x, y, column, row)
                elif kind == "~" and chance < 0.22:
                    lily(self.canvas, x + 8, y + 8, chance < 0.1)

    def tavern_inside(self):
        """Back wall, side walls and rug. The front wall and the roof stand up, so they are sprites."""
        canvas = self.canvas
        left, top, right, bottom = 28 * TILE, 9 * TILE, 42 * TILE, 19 * TILE
        ink, beam = color("ink"), color("wood", 0)
        for x in range(left, right):
            for y in range(top, top + 34):
                shade = 3 if noise(x // 4, y // 3, 5) > 0.18 else 2
                canvas.set(x, y, color("plaster", shade - 1 if y > top + 26 else shade))
        canvas.rect(left, top, right - left, 4, beam)
        canvas.rect(left, top + 30, right - left, 4, color("wood", 1))
        canvas.rect(left, top + 33, right - left, 1, ink)
        for x in range(left + 32, right - 20, 48):
            canvas.rect(x, top, 4, 33, color("wood", 1))
            canvas.rect(x, top, 1, 33, color("wood", 2))
        for x in (left, right - TILE):
            canvas.rect(x, top, TILE, bottom - top, beam)
            canvas.rect(x + 2, top, TILE - 4, bottom - top, color("wood", 1))
            for y in range(top, bottom, 12):
                canvas.rect(x + 2, y, TILE - 4, 1, beam)
        canvas.rect(left + TILE, top + 34, right - left - 2 * TILE, 3, color("wood", 0))
        shelf(canvas, left + 40, top + 8)
        shelf(canvas, left + 88, top + 8)
        hearth(canvas, left + 148, top + 2)
        rug(canvas, left + 92, top + 88, 56, 30)


def grass(x, y):
    patch = noise(x // 21, y // 17, 3) * 0.35 + noise(x // 7, y // 5, 4) * 0.3 + noise(x, y, 6) * 0.35
    return color("grass", 1 if patch < 0.3 else 2 if patch < 0.62 else 2 if noise(x, y // 2, 11) < 0.8 else 3)


def dirt(x, y):
    grain = noise(x // 2, y // 2, 12) * 0.6 + noise(x // 9, y // 6, 13) * 0.4
    return color("dirt", 1 if grain < 0.2 else 3 if grain > 0.74 else 2)


def cobbles(x, y):
    row = y // 6
    shifted = x + (row % 2) * 5 + int(3 * noise(0, row, 14))
    stone, i, j = shifted // 9, shifted % 9, y % 6
    if j == 0 or i == 0:
        return color("stone", 1)
    from_fountain = ((x - 240) / 1.45) ** 2 + (y - 256) ** 2
    if 50 ** 2 < from_fountain < 57 ** 2:
        return color("dirt", 2 if i + j < 10 else 1)
    tone = noise(stone, row, 15)
    shade = 3 if tone < 0.55 else 2 if tone < 0.9 else 4
    if j == 1 and i < 7:
        shade += 1
    if j == 5 or i == 8:
        shade -= 1
    return color("stone", max(shade, 2))


def water(x, y):
    wave = noise((x + 5 * (y // 4)) // 7, y // 3, 16)
    return color("water", 3 if wave > 0.93 and y % 3 == 0 else 2 if wave > 0.62 else 1)


def planks(x, y):
    row = y // 8
    board = (x + 37 * row) // 40
    if y % 8 == 0 or (x + 37 * row) % 40 == 0:
        return color("wood", 1)
    grain = noise(x // 6, y // 2, 17)
    return color("wood", 3 if grain > 0.86 and y % 8 == 1 else 2 if noise(board, row, 18) < 0.7 else 3)


def tuft(canvas, x, y):
    canvas.rows(x - 2, y - 3, ["l...l", "ml.lm", ".mlm.", ".dmd."], {
        "l": color("grass", 4), "m": color("grass", 3), "d": color("grass", 0)})


def flowers(canvas, x, y, column, row):
    petals = [color("red", 3), color("gold", 2), color("white", 2), color("purple", 3)][int(4 * noise(column, row, 19))]
    for n in range(3):
        i = x + 2 + int(11 * noise(column, row, 20 + n))
        j = y + 3 + int(10 * noise(column, row, 30 + n))
        canvas.rows(i - 1, j - 1, [".p.", "pcp", ".p.", ".s."], {
            "p": petals, "c": color("gold", 3), "s": color("grass", 0)})


def lily(canvas, x, y, blooms):
    canvas.ellipse(x, y, 4.5, 2.6, color("leaf", 2))
    canvas.ellipse(x - 1, y - 0.5, 3, 1.6, color("leaf", 3))
    canvas.rect(x, y - 1, 4, 1, color("water", 1))
    if blooms:
        canvas.rows(x - 3, y - 4, [".p.", "pwp", ".p."], {"p": color("red", 3), "w": color("white", 2)})


def shelf(canvas, x, y):
    for level in range(2):
        base = y + 9 + level * 11
        canvas.rect(x, base, 32, 2, color("wood", 0))
        canvas.rect(x, base, 32, 1, color("wood", 3))
        for n in range(7):
            kind = noise(x + n, level, 23)
            i = x + 2 + n * 4
            family = ("green", "red", "gold", "blue")[int(kind * 4)]
            height = 5 + int(3 * noise(n, x + level, 24))
            canvas.rect(i, base - height, 3, height, color(family, 1))
            canvas.rect(i, base - height, 1, height, color(family, 3 if family != "gold" else 2))
            canvas.set(i + 1, base - height - 1, color("wood", 1))


def hearth(canvas, x, y):
    canvas.rect(x, y, 40, 33, color("stone", 1))
    for j in range(0, 33, 5):
        for i in range(0, 40, 8):
            shift = 4 if (j // 5) % 2 else 0
            canvas.rect(x + max(0, i + shift - 8 + 1), y + j + 1, 6, 3, color("stone", 2 if noise(i, j, 25) < 0.7 else 3))
    canvas.rect(x - 2, y + 6, 44, 4, color("wood", 1))
    canvas.rect(x - 2, y + 6, 44, 1, color("wood", 3))
    canvas.rect(x + 9, y + 14, 22, 19, color("ink"))
    canvas.rect(x + 11, y + 13, 18, 1, color("ink"))
    canvas.rows(x + 13, y + 28, ["wwwwwwwwwwwwww", ".dwwdwwdwwdww."], {"w": color("wood", 2), "d": color("wood", 0)})
    canvas.rows(x + 13, y + 16, [
        "......r.......", ".....rr...r...", "..r..rrr..r...", "..rr.rorr.rr..", ".rrrroorr.rrr.",
        ".roorooorrror.", "rroooyoorooorr", "rooyoyyoooyoor", "royyyyyyoyyyor", "royywyyyywyyor",
        "rryywwyywwyyrr", ".rrywwwwwwyrr."],
        {"r": color("fire", 0), "o": color("fire", 1), "y": color("fire", 2), "w": color("fire", 3)})


def rug(canvas, x, y, width, height):
    canvas.rect(x, y, width, height, color("red", 0))
    canvas.rect(x + 2, y + 2, width - 4, height - 4, color("gold", 1))
    canvas.rect(x + 3, y + 3, width - 6, height - 6, color("red", 1))
    for i in range(x + 8, x + width - 8, 10):
        canvas.rows(i, y + height // 2 - 3, ["..g..", ".gbg.", "gbbbg", ".gbg.", "..g.."], {
            "g": color("gold", 2), "b": color("blue", 1)})
    for j in range(y, y + height, 2):
        canvas.set(x - 1, j, color("gold", 2))
        canvas.set(x + width, j, color("gold", 2))
