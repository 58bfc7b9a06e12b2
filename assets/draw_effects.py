"""Light, shadow, smoke and the small signs of the interface."""

from draw import Canvas, color, noise


def shadow():
    canvas = Canvas(16, 8)
    ink = color("ink")[:3]
    canvas.ellipse(8, 4, 7.5, 3.6, ink + (50,))
    canvas.ellipse(8, 4, 5.6, 2.4, ink + (85,))
    return canvas


def glow():
    """Light that falls off in rings, as pixel art does it."""
    canvas = Canvas(64, 64)
    for y in range(64):
        for x in range(64):
            distance = ((x - 31.5) ** 2 + (y - 31.5) ** 2) ** 0.5 / 32
            ring = max(0.0, 1 - distance + 0.05 * (noise(x, y, 70) - 0.5))
            strength = int(ring * ring * 7) / 7
            if strength > 0:
                canvas.set(x, y, (255, 208, 132, int(150 * strength)))
    return canvas


def smoke():
    canvas = Canvas(10, 10)
    canvas.ellipse(5, 5, 4.6, 4.4, (226, 222, 230, 110))
    canvas.ellipse(4.4, 4.2, 3.2, 3, (244, 240, 240, 130))
    return canvas


def leaf():
    canvas = Canvas(4, 3)
    canvas.rows(0, 0, [".oy.", "ooyr", ".rr."], {
        "o": color("fire_leaf", 3), "y": color("fire_leaf", 4), "r": color("fire_leaf", 1)})
    return canvas


def note():
    canvas = Canvas(7, 9)
    canvas.rows(1, 1, ["..ww.", "..w.w", "..w..", "www..", "www.."], {"w": color("gold", 3)})
    canvas.outline()
    return canvas


def bubble_tail():
    canvas = Canvas(11, 7)
    canvas.rows(0, 0, ["ipppppppppi", ".ipppppppi.", "..ipppppi..", "...ipppi...", "....ipi....", ".....i....."], {
        "p": (255, 250, 240, 255), "i": color("ink")})
    return canvas


def signal():
    """Four pictures: no connection, one bar, two bars, connected."""
    canvas = Canvas(4 * 16, 12)
    for state in range(4):
        lit = (color("red", 2), color("gold", 2), color("gold", 2), color("leaf", 4))[state]
        for bar in range(3):
            height = 4 + 3 * bar
            is_lit = bar < state
            canvas.rect(state * 16 + 2 + bar * 4, 11 - height, 3, height, lit if is_lit else color("stone", 0))
        if state == 0:
            for i in range(5):
                for j in (i, 4 - i):
                    canvas.set(3 + i, 1 + j, lit)
                    canvas.set(4 + i, 1 + j, lit)
    return canvas


EFFECTS = {
    "shadow": shadow,
    "glow": glow,
    "smoke": smoke,
    "leaf": leaf,
    "note": note,
    "bubble_tail": bubble_tail,
    "signal": signal,
}
