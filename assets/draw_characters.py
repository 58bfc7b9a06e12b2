"""The characters: one row a character, three frames each for down, up and right (left is right, mirrored)."""

from draw import Canvas, color

WIDTH, HEIGHT = 16, 26

LOOKS = [
    dict(name="robin", skin="skin", hair=("dirt", 1), style="short", top=("green", 1), legs=("wood", 0), scarf=("red", 2)),
    dict(name="mira", skin="skin", hair=("fire", 0), style="bun", top=("red", 1), legs=("red", 1), skirt=True, apron=True),
    dict(name="otis", skin="tan", hair=("white", 0), style="straw", top=("blue", 1), legs=("stone", 0), beard=True),
    dict(name="juniper", skin="deep", hair=("wood", 0), style="hood", hood=("leaf", 2), top=("leaf", 2), legs=("wood", 1), skirt=True),
    dict(name="bram", skin="skin", hair=("wood", 1), style="bald", top=("white", 2), legs=("wood", 0), vest=("wood", 2), beard=True),
    dict(name="lyra", skin="skin", hair=("gold", 2), style="feather", hat=("purple", 1), top=("purple", 1), legs=("purple", 0), scarf=("gold", 2)),
    dict(name="wren", skin="tan", hair=("wood", 0), style="long", top=("fire", 1), legs=("blue", 0)),
    dict(name="finch", skin="deep", hair=("white", 1), style="short", top=("blue", 2), legs=("night", None), scarf=("gold", 2)),
    dict(name="sparrow", skin="skin", hair=("purple", 2), style="bun", top=("stone", 2), legs=("purple", 0)),
]

HEAD_DOWN = [
    ".....hhhhhh.....",
    "....hHHhhhhd....",
    "...hHHhhhhhhd...",
    "...hHhhhhhhhd...",
    "...hhhhhhhhhd...",
    "...hhhshhshhd...",
    "...hssssssssd...",
    "...hsessssesd...",
    "...hsessssesd...",
    "....kcsssscK....",
    ".....KkkkkK.....",
]
HEAD_UP = [
    ".....hhhhhh.....",
    "....hHHhhhhd....",
    "...hHHhhhhhhd...",
    "...hHhhhhhhhd...",
    "...hhhhhhhhhd...",
    "...hhhhhhhhhd...",
    "...hhhhhhhhhd...",
    "...hhhhhhhhdd...",
    "...dhhhhhhhdd...",
    "....dhhhhhdd....",
    ".....dddddd.....",
]
HEAD_SIDE = [
    ".....hhhhhh.....",
    "....hHHhhhhh....",
    "...hHHhhhhhhd...",
    "...hHhhhhhhhd...",
    "...hhhhhhhhhs...",
    "...hhhhhhhsss...",
    "...hhhhhssssss..",
    "...hhhhksssesk..",
    "...dhhhksssess..",
    "....dhkssccsk...",
    "......Kkkkk.....",
]
TORSO_FRONT = [
    "....Tttttttu....",
    "...TTttttttuu...",
    "...TtttttttuU...",
    "...TtttttttuU...",
    "...stttttttuk...",
    "....tttttttu....",
]
TORSO_SIDE = [
    ".....Ttttu......",
    ".....TtTtu......",
    ".....TtTtuu.....",
    ".....TtTtuu.....",
    ".....TtstUu.....",
    ".....tttttu.....",
]
LEGS = {
    "front": [
        ["....ppp.pppq....", "....ppp..ppq....", "....bbb..bbb....", "....bbb..bbb...."],
        ["....ppp.pppq....", "....ppp..bbb....", "....bbb.........", "....bbb........."],
        ["....ppp.pppq....", "....bbb..ppq....", ".........bbb....", ".........bbb...."],
    ],
    "side": [
        [".....ppppq......", ".....ppppq......", ".....bbbbb......", ".....bbbbbb....."],
        ["....ppppppq.....", "...ppp..ppq.....", "..bbb....bbb....", "..bb.....bbbb..."],
        [".....ppppq......", ".....pppqq......", "......bbbb......", "......bbbbb....."],
    ],
}
SKIRT = {
    "front": [["...tttttttttu...", "...tttttttttu...", "...ttttttttuu...", "....bbb..bbb...."]] * 3,
    "side": [["....ttttttu.....", "....ttttttu.....", "....tttttuu.....", ".....bbbbb......"]] * 3,
}


def shades(pair):
    name, shade = pair
    if shade is None:
        return color(name), color(name), color(name)
    return color(name, shade - 1), color(name, shade), color(name, shade + 1)


def figure(look, facing, frame):
    """One frame. The head and body bob when a foot is lifted."""
    canvas = Canvas(WIDTH, HEIGHT)
    is_side = facing == "right"
    bob = 1 if frame == 0 else 0
    skin = [color(look["skin"], i) for i in range(3)]
    hair_d, hair, hair_l = shades(look["hair"])
    top_d, top, top_l = shades(look["top"])
    legs_d, legs, _ = shades(look["legs"])
    colors = {
        "h": hair, "H": hair_l, "d": hair_d,
        "s": skin[2], "k": skin[1], "K": skin[0], "c": mix(skin[2], color("red", 3)),
        "e": color("ink"),
        "t": top, "T": top_l, "u": top_d, "U": top_d,
        "p": legs, "q": legs_d,
        "b": color("wood", 0),
    }
    kind = "side" if is_side else "front"
    feet = (SKIRT if look.get("skirt") else LEGS)[kind][frame]
    canvas.rows(0, 20, feet, colors)
    canvas.rows(0, 14 + bob, TORSO_SIDE if is_side else TORSO_FRONT, colors)
    dress(canvas, look, facing, 14 + bob)
    head_y = 3 + bob
    if look["style"] == "bald":
        colors.update({"h": skin[2], "H": color("plaster", 3), "d": skin[1]})
    if look["style"] == "hood":
        hood_d, hood, hood_l = shades(look["hood"])
        colors.update({"h": hood, "H": hood_l, "d": hood_d})
    canvas.rows(0, head_y, {"down": HEAD_DOWN, "up": HEAD_UP, "right": HEAD_SIDE}[facing], colors)
    crown(canvas, look, facing, head_y)
    canvas.outline()
    return canvas


def mix(a, b):
    return tuple((3 * x + y) // 4 for x, y in zip(a, b))


def dress(canvas, look, facing, y):
    is_side = facing == "right"
    if look.get("apron") and facing != "up":
        x, width = (8, 2) if is_side else (5, 5)
        canvas.rect(x, y + 2, width, 8, color("white", 2))
        canvas.rect(x, y + 9, width, 1, color("white", 1))
    if "vest" in look:
        dark, mid, _ = shades(look["vest"])
        if is_side:
            canvas.rect(5, y, 2, 6, mid)
            canvas.rect(9, y, 1, 6, dark)
        else:
            canvas.rect(4, y, 2, 6, mid)
            canvas.rect(10, y, 2, 6, dark)
            if facing == "up":
                canvas.rect(4, y, 7, 6, mid)
    if "scarf" in look:
        dark, mid, _ = shades(look["scarf"])
        x, width = (5, 5) if is_side else (4, 8)
        canvas.rect(x, y, width, 1, mid)
        if facing == "down":
            canvas.rect(8, y + 1, 2, 2, dark)
        elif is_side:
            canvas.rect(4, y + 1, 2, 1, dark)


def crown(canvas, look, facing, y):
    """What makes a head unlike the others."""
    style = look["style"]
    hair_d, hair, hair_l = shades(look["hair"])
    if style == "bun":
        x = 8 if facing != "right" else 4
        canvas.ellipse(x, y - 0.5, 2.6, 2.2, hair)
        canvas.set(x - 1, y - 2, hair_l)
    if style == "long":
        if facing == "up":
            canvas.rect(3, y + 8, 10, 6, hair)
            canvas.rect(11, y + 8, 2, 6, hair_d)
        elif facing == "down":
            canvas.rect(3, y + 8, 1, 6, hair)
            canvas.rect(12, y + 8, 1, 6, hair_d)
        else:
            canvas.rect(3, y + 8, 3, 6, hair)
    if style == "straw":
        dark, mid, light = color("gold", 1), color("gold", 2), color("gold", 3)
        canvas.rect(4, y - 1, 8, 4, mid)
        canvas.rect(5, y - 1, 3, 1, light)
        canvas.rect(4, y + 2, 8, 1, color("red", 1))
        canvas.rect(1, y + 3, 14, 1, light)
        canvas.rect(2, y + 4, 12, 1, dark)
    if style == "feather":
        dark, mid, light = shades(look["hat"])
        canvas.rect(4, y - 1, 8, 4, mid)
        canvas.rect(5, y - 1, 3, 1, light)
        canvas.rect(2, y + 3, 12, 1, dark)
        canvas.rows(10, y - 3, ["..f", ".fF", ".fF", "fF."], {"f": color("white", 2), "F": color("red", 2)})
        if facing == "up":
            canvas.rect(4, y + 9, 8, 4, hair)
        elif facing == "down":
            canvas.rect(3, y + 8, 1, 4, hair)
            canvas.rect(12, y + 8, 1, 4, hair_d)
        else:
            canvas.rect(3, y + 8, 3, 4, hair)
    if style == "hood":
        dark, mid, light = shades(look["hood"])
        if facing == "down":
            canvas.rect(4, y + 4, 8, 1, dark)
            canvas.rect(5, y + 5, 6, 1, hair)
        canvas.set(8, y - 1, mid)
        canvas.set(7, y - 1, light)
    if look.get("beard") and facing != "up":
        if facing == "down":
            canvas.rows(4, y + 8, [".bb..bb.", "bbbbbbbB", ".bbbbbB.", "..bbbB.."][1 if style == "bald" else 0:], {"b": hair, "B": hair_d})
            if style == "straw":
                canvas.set(4 + 1, y + 8, color(look["skin"], 2))
                canvas.set(4 + 6, y + 8, color(look["skin"], 2))
        else:
            canvas.rows(7, y + 9, ["bbbbbB", ".bbbB."], {"b": hair, "B": hair_d})


def sheet():
    canvas = Canvas(WIDTH * 9, HEIGHT * len(LOOKS))
    for row, look in enumerate(LOOKS):
        for column, facing in enumerate(("down", "up", "right")):
            for frame in range(3):
                canvas.paste(figure(look, facing, frame), (column * 3 + frame) * WIDTH, row * HEIGHT)
    return canvas
