"""What stands up in the village: each sprite's feet are at its lower edge."""

from draw import Canvas, color, noise


def tree(family="leaf", seed=0):
    canvas = Canvas(36, 46)
    trunk(canvas, 16, 34, 5, 11)
    canvas.blob([(10, 24, 8), (26, 24, 8), (18, 27, 9), (12, 15, 9), (25, 15, 9), (18, 11, 9)], family, seed)
    canvas.outline()
    return canvas


def pine(seed=0):
    canvas = Canvas(30, 50)
    trunk(canvas, 13, 42, 4, 7)
    for tier, (top, half) in enumerate(((28, 13), (18, 11), (8, 8), (1, 5))):
        height = 16 if tier < 3 else 12
        for y in range(height):
            width = half * (y + 2) / height
            for x in range(int(15 - width), int(15 + width)):
                lit = 0.75 - (x - 15 + width) / (2 * width) * 0.5 - 0.3 * y / height
                value = lit + 0.25 * (noise(x, y // 2 + top, seed) - 0.3)
                canvas.set(x, top + y, color("pine", int(value * 5)))
    canvas.outline()
    return canvas


def trunk(canvas, x, y, width, height):
    canvas.rect(x, y, width, height, color("wood", 1))
    canvas.rect(x, y, 2, height, color("wood", 2))
    canvas.set(x - 1, y + height - 1, color("wood", 1))
    canvas.set(x + width, y + height - 1, color("wood", 0))


def bush(blossom=None):
    canvas = Canvas(24, 18)
    canvas.blob([(7, 11, 5), (17, 11, 5), (12, 9, 7)], "leaf", 3)
    if blossom:
        for n in range(7):
            x, y = 4 + int(15 * noise(n, 1, 40)), 5 + int(8 * noise(n, 2, 41))
            if canvas.get(x, y):
                canvas.rect(x, y, 2, 2, color(blossom, 3))
                canvas.set(x + 1, y + 1, color(blossom, 2))
    canvas.outline()
    return canvas


def shingles(canvas, x, y, width, height, family, slope=0.0, row_height=5, variety=0.38):
    """A roof seen from the front: `slope` is by how much each side draws in per pixel of height, `variety` how many
    of its shingles differ in tone."""
    for j in range(height):
        inset = int((height - j) * slope)
        for i in range(inset, width - inset):
            row, within = j // row_height, j % row_height
            tile = (i + (row % 2) * 4) // 8
            shade = 2 if noise(tile, row, 50) > variety else 1 if noise(tile, row, 51) < 0.6 else 3
            if within == row_height - 1 or (i + (row % 2) * 4) % 8 == 0 and within > 1:
                shade -= 1
            if within == 0 and shade == 2 and noise(tile, row, 52) < 0.4:
                shade += 1
            if j > height - 6:
                shade -= 1
            canvas.set(x + i, y + j, color(family, shade))
    canvas.rect(x + int(height * slope), y, width - 2 * int(height * slope), 2, color(family, 3))


def window(canvas, x, y, width=10, height=11):
    canvas.rect(x - 1, y - 1, width + 2, height + 2, color("wood", 0))
    canvas.rect(x, y, width, height, color("gold", 2))
    canvas.rect(x, y, width, 3, color("gold", 3))
    canvas.rect(x, y + height - 2, width, 2, color("gold", 1))
    canvas.rect(x + width // 2 - 1, y, 1, height, color("wood", 1))
    canvas.rect(x, y + height // 2, width, 1, color("wood", 1))
    canvas.rect(x - 2, y + height + 1, width + 4, 2, color("wood", 3))


def flower_box(canvas, x, y, width):
    canvas.rect(x, y, width, 3, color("wood", 1))
    for i in range(width):
        if noise(i, x, 60) < 0.75:
            canvas.set(x + i, y - 1, color("leaf", 3))
        if noise(i, x, 61) < 0.4:
            canvas.set(x + i, y - 2, color(("red", "gold", "purple")[int(3 * noise(i, x, 62))], 3))


def walls(canvas, x, y, width, height):
    """Plaster between timber, on a footing of stone."""
    for j in range(height):
        for i in range(width):
            shade = 3 if noise((x + i) // 3, (y + j) // 2, 53) > 0.15 else 2
            canvas.set(x + i, y + j, color("plaster", shade - (1 if j < 5 else 0) - (1 if i > width - 5 else 0)))
    for i in range(0, width, 7):
        canvas.rect(x + i, y + height - 6, min(6, width - i), 5, color("stone", 2 if noise(i, x, 54) < 0.6 else 3))
    canvas.rect(x, y + height - 7, width, 1, color("wood", 0))
    canvas.rect(x, y + height - 1, width, 1, color("stone", 0))
    for i in (0, width - 4):
        canvas.rect(x + i, y, 4, height - 6, color("wood", 1))
        canvas.rect(x + i, y, 1, height - 6, color("wood", 2))


def door(canvas, x, y, family):
    canvas.rect(x - 2, y - 2, 16, 22, color("wood", 0))
    canvas.rect(x, y, 12, 20, color(family, 1))
    for i in (3, 7):
        canvas.rect(x + i, y, 1, 20, color(family, 0))
    canvas.rect(x, y, 12, 1, color(family, 2))
    canvas.rect(x + 2, y + 4, 8, 1, color("stone", 0))
    canvas.rect(x + 9, y + 10, 2, 2, color("gold", 2))


def chimney(canvas, x, y, height):
    canvas.rect(x, y, 10, height, color("stone", 1))
    for j in range(0, height, 4):
        canvas.rect(x + (j // 4 % 2) * 3, y + j, 5, 3, color("stone", 2))
    canvas.rect(x - 1, y, 12, 3, color("stone", 3))
    canvas.rect(x + 1, y, 8, 1, color("ink"))


def house(roof, door_family, chimney_x):
    canvas = Canvas(84, 84)
    chimney(canvas, chimney_x, 4, 24)
    walls(canvas, 8, 46, 68, 37)
    canvas.rect(40 - 14, 46, 3, 31, color("wood", 1))
    canvas.rect(40 + 13, 46, 3, 31, color("wood", 1))
    shingles(canvas, 2, 12, 80, 40, roof, slope=0.25)
    for i in range(6, 78, 1):
        canvas.set(2 + i, 52, color("ink"))
    window(canvas, 13, 56)
    window(canvas, 61, 56)
    flower_box(canvas, 11, 71, 14)
    flower_box(canvas, 59, 71, 14)
    door(canvas, 36, 63, door_family)
    # A dormer.
    canvas.rect(33, 26, 18, 16, color("plaster", 2))
    window(canvas, 37, 30, 10, 9)
    for j in range(9):
        canvas.rect(42 - 3 - j - 1, 19 + j, 2 * (3 + j) + 2, 1, color(roof, 3 if j < 2 else 2 if j % 3 else 1))
    canvas.outline()
    return canvas


def tavern_roof():
    canvas = Canvas(248, 150)
    chimney(canvas, 168, 0, 30)
    shingles(canvas, 2, 16, 244, 132, "purple", slope=0.13, row_height=7, variety=0.1)
    for x in (46, 112, 178):
        canvas.rect(x, 74, 26, 24, color("plaster", 2))
        canvas.rect(x, 74, 3, 24, color("wood", 1))
        canvas.rect(x + 23, 74, 3, 24, color("wood", 1))
        window(canvas, x + 6, 81, 14, 13)
        for j in range(12):
            canvas.rect(x + 13 - 4 - j, 64 + j, 2 * (4 + j), 1, color("purple", 3 if j < 2 else 1 if j % 4 == 3 else 2))
    canvas.outline()
    return canvas


def tavern_front():
    """The front wall, open where the door is: whoever goes in passes behind the lintel."""
    canvas = Canvas(224, 46)
    walls(canvas, 0, 8, 96, 38)
    walls(canvas, 128, 8, 96, 38)
    for x in (16, 62, 148, 194):
        window(canvas, x, 18, 14, 12)
        flower_box(canvas, x - 2, 34, 18)
    for x in (44, 176):
        canvas.rect(x, 8, 4, 32, color("wood", 1))
    canvas.rect(0, 8, 224, 3, color("wood", 0))
    canvas.rect(92, 6, 40, 12, color("wood", 1))
    canvas.rect(92, 6, 40, 2, color("wood", 3))
    canvas.rect(92, 17, 40, 1, color("wood", 0))
    for x in (92, 127):
        canvas.rect(x, 10, 5, 36, color("wood", 1))
        canvas.rect(x, 10, 1, 36, color("wood", 3))
    mug(canvas, 107, 8)
    canvas.outline()
    return canvas


def mug(canvas, x, y):
    canvas.rows(x, y, [".wwwwww..", "wwwwwwww.", ".gggggg..", ".gyggyggg", ".gyggyg.g", ".gyggyggg", ".gggggg.."], {
        "w": color("white", 2), "g": color("gold", 1), "y": color("gold", 2)})


def fountain():
    canvas = Canvas(60, 58)
    canvas.ellipse(30, 42, 28, 14.5, color("stone", 1))
    canvas.ellipse(30, 38, 28, 14.5, color("stone", 3))
    canvas.ellipse(30, 38, 25, 12, color("stone", 1))
    canvas.ellipse(30, 39.5, 24.5, 11, color("water", 1))
    canvas.ellipse(30, 41, 20, 7, color("water", 2))
    for x, y, width in ((12, 40, 7), (40, 43, 8), (22, 46, 6), (42, 36, 5), (14, 35, 5)):
        canvas.rect(x, y, width, 1, color("water", 3))
    for x in range(2, 58, 6):
        for y in range(40, 57):
            if canvas.get(x, y) == color("stone", 1) and ((x - 30) / 28) ** 2 + ((y - 38) / 14.5) ** 2 > 1:
                canvas.set(x, y, color("stone", 0))
    canvas.rect(26, 18, 8, 24, color("stone", 2))
    canvas.rect(26, 18, 3, 24, color("stone", 4))
    canvas.rect(32, 18, 2, 24, color("stone", 1))
    canvas.ellipse(30, 19, 13, 5, color("stone", 1))
    canvas.ellipse(30, 17, 13, 5, color("stone", 3))
    canvas.ellipse(30, 17, 11, 3.6, color("water", 2))
    canvas.rect(28, 7, 4, 10, color("stone", 3))
    canvas.rect(28, 7, 1, 10, color("stone", 4))
    canvas.ellipse(30, 6, 3.4, 3.4, color("gold", 2))
    canvas.rect(28, 4, 2, 2, color("gold", 3))
    canvas.outline()
    return canvas


def lantern():
    canvas = Canvas(12, 34)
    canvas.rect(5, 10, 2, 23, color("night"))
    canvas.rect(3, 31, 6, 2, color("night"))
    canvas.rect(2, 3, 8, 8, color("night"))
    canvas.rect(3, 4, 6, 6, color("fire", 2))
    canvas.rect(4, 5, 4, 4, color("fire", 3))
    canvas.rect(4, 1, 4, 2, color("night"))
    canvas.outline()
    return canvas


def stall():
    canvas = Canvas(56, 56)
    canvas.rect(5, 14, 3, 41, color("wood", 1))
    canvas.rect(48, 14, 3, 41, color("wood", 1))
    canvas.rect(4, 38, 48, 16, color("wood", 2))
    for x in range(4, 52, 8):
        canvas.rect(x, 41, 1, 13, color("wood", 1))
    canvas.rect(3, 37, 50, 4, color("wood", 3))
    for n, x in enumerate(range(8, 48, 7)):
        canvas.ellipse(x + 2.5, 36, 3.6, 2.8, color("dirt", 1))
        canvas.ellipse(x + 2, 35, 2.6, 1.8, color("dirt", 3 if n % 2 else 2))
    for stripe in range(9):
        shade = ("red", 2) if stripe % 2 == 0 else ("white", 2)
        canvas.rect(1 + stripe * 6, 3, 6, 10, color(*shade))
        canvas.rect(1 + stripe * 6, 3, 6, 2, color(shade[0], shade[1] + 1))
        canvas.ellipse(4 + stripe * 6, 13, 3, 2.6, color(shade[0], shade[1] - 1))
    canvas.outline()
    return canvas


def bench():
    canvas = Canvas(30, 18)
    canvas.rect(2, 3, 26, 3, color("wood", 3))
    canvas.rect(2, 7, 26, 2, color("wood", 2))
    canvas.rect(1, 11, 28, 3, color("wood", 3))
    canvas.rect(1, 13, 28, 1, color("wood", 1))
    for x in (3, 24):
        canvas.rect(x, 3, 2, 14, color("wood", 1))
    canvas.outline()
    return canvas


def barrel():
    canvas = Canvas(16, 20)
    canvas.ellipse(8, 15, 6, 3.4, color("wood", 1))
    canvas.rect(2, 5, 12, 10, color("wood", 2))
    for x, shade in ((3, 3), (4, 3), (7, 1), (10, 1), (13, 1)):
        canvas.rect(x, 5, 1, 11, color("wood", shade))
    canvas.rect(1, 8, 14, 2, color("stone", 1))
    canvas.rect(1, 13, 14, 2, color("stone", 1))
    canvas.ellipse(8, 5, 6, 2.8, color("wood", 3))
    canvas.ellipse(8, 5, 4.4, 1.8, color("wood", 1))
    canvas.outline()
    return canvas


def signpost():
    canvas = Canvas(30, 32)
    canvas.rect(13, 4, 4, 27, color("wood", 1))
    canvas.rect(13, 4, 1, 27, color("wood", 3))
    canvas.rows(3, 6, ["wwwwwwwwwwwwwwwwwww...", "llllllllllllllllllll..", "lllllllllllllllllllll.", "llddddlddldddldddllll.", "lllllllllllllllllllll.", "llllllllllllllllllll..", "ddddddddddddddddddd..."], {
        "w": color("wood", 3), "l": color("wood", 3), "d": color("wood", 1)})
    canvas.rows(2, 15, [".....llllllllllllllllll", "....lllllllllllllllllll", "...llllldddlddddlddllll", "....lllllllllllllllllll", ".....dddddddddddddddddd"], {
        "l": color("wood", 3), "d": color("wood", 1)})
    canvas.outline()
    return canvas


def table():
    canvas = Canvas(34, 24)
    canvas.rect(15, 12, 4, 9, color("wood", 0))
    canvas.rect(11, 20, 12, 2, color("wood", 0))
    canvas.ellipse(17, 10, 15, 8, color("wood", 1))
    canvas.ellipse(17, 8.5, 15, 7.5, color("wood", 3))
    canvas.ellipse(17, 9, 12.5, 5.5, color("wood", 2))
    mug(canvas, 8, 4)
    canvas.rect(22, 4, 2, 5, color("white", 2))
    canvas.rect(22, 3, 2, 1, color("fire", 2))
    canvas.rect(21, 9, 4, 1, color("gold", 1))
    canvas.outline()
    return canvas


def counter():
    canvas = Canvas(100, 26)
    canvas.rect(1, 8, 98, 17, color("wood", 1))
    for x in range(1, 99, 14):
        canvas.rect(x + 2, 12, 10, 10, color("wood", 2))
        canvas.rect(x + 2, 12, 10, 1, color("wood", 0))
    canvas.rect(0, 3, 100, 6, color("wood", 3))
    canvas.rect(0, 8, 100, 1, color("wood", 0))
    mug(canvas, 14, 0)
    mug(canvas, 28, 1)
    canvas.rect(70, 0, 5, 6, color("green", 1))
    canvas.rect(70, 0, 2, 6, color("green", 3))
    canvas.ellipse(87, 4, 6, 2.4, color("white", 1))
    canvas.ellipse(87, 3, 3, 1.8, color("dirt", 2))
    canvas.outline()
    return canvas


def fence():
    canvas = Canvas(32, 18)
    for y in (6, 11):
        canvas.rect(0, y, 32, 2, color("wood", 3))
        canvas.rect(0, y + 2, 32, 1, color("wood", 1))
    for x in (4, 20):
        canvas.rect(x, 2, 5, 15, color("wood", 2))
        canvas.rect(x, 2, 2, 15, color("wood", 3))
    canvas.outline()
    return canvas


PROPS = {
    "tree": lambda: tree("leaf", 1),
    "tree_autumn": lambda: tree("fire_leaf", 2),
    "pine": pine,
    "bush": bush,
    "bush_rose": lambda: bush("red"),
    "house_red": lambda: house("red", "blue", 58),
    "house_blue": lambda: house("blue", "red", 16),
    "house_green": lambda: house("green", "purple", 58),
    "tavern_roof": tavern_roof,
    "tavern_front": tavern_front,
    "fountain": fountain,
    "lantern": lantern,
    "stall": stall,
    "bench": bench,
    "barrel": barrel,
    "signpost": signpost,
    "table": table,
    "counter": counter,
    "fence": fence,
}
