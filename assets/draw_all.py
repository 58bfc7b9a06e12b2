"""Draws every sprite of the example `game` into the folder `sprites`: `python3 assets/draw_all.py`."""

from pathlib import Path

import draw_characters
import draw_effects
import draw_ground
import draw_props

HERE = Path(__file__).parent
MAP = HERE.parent / "examples" / "game" / "village.txt"


def main():
    sprites = HERE / "sprites"
    sprites.mkdir(exist_ok=True)
    draw_ground.Ground(draw_ground.read_map(MAP)).paint().save(sprites / "ground.png")
    draw_characters.sheet().save(sprites / "characters.png")
    for name, draw in (draw_props.PROPS | draw_effects.EFFECTS).items():
        draw().save(sprites / f"{name}.png")


if __name__ == "__main__":
    main()
