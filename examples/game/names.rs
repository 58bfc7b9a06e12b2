//! The names above the characters in the player's zone.

use bevy::prelude::*;
use bevy_cometchat::chat_box::name_color;

use crate::{
    camera::Screen,
    characters::{Character, HEIGHT, Walking},
    zone::Zone,
    zones::CurrentZone,
};

const OUTLINE: Color = Color::srgb(0.1, 0.06, 0.12);

#[derive(Component)]
struct NameTag {
    of: Entity,
}

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Update, (tag, place).chain().after(Walking));
}

fn tag(mut commands: Commands, new: Query<(Entity, &Character), Added<Character>>) {
    for (of, character) in &new {
        commands.spawn((
            NameTag { of },
            Node {
                position_type: PositionType::Absolute,
                ..default()
            },
            Visibility::Hidden,
            children![(
                Text::new(character.name.clone()),
                TextFont::from_font_size(13.5),
                TextColor(name_color(&character.uid, OUTLINE)),
                TextShadow {
                    offset: Vec2::splat(1.5),
                    color: OUTLINE,
                },
            )],
        ));
    }
}

fn place(
    screen: Screen,
    zone: Res<CurrentZone>,
    characters: Query<&Transform, With<Character>>,
    mut tags: Query<(&NameTag, &ComputedNode, &mut UiTransform, &mut Visibility)>,
) {
    for (tag, node, mut transform, mut visibility) in &mut tags {
        let size = node.size() * node.inverse_scale_factor();
        let head = characters.get(tag.of).ok().and_then(|it| {
            let feet = it.translation.xy();
            let is_here = Zone::of(feet, zone.0) == zone.0;
            screen
                .at(feet + Vec2::new(0.0, HEIGHT + 1.0))
                .filter(|_| is_here)
        });
        let Some(head) = head.filter(|_| size.x > 0.0) else {
            visibility.set_if_neq(Visibility::Hidden);
            continue;
        };
        let corner = (head - Vec2::new(size.x / 2.0, size.y)).round();
        transform.translation = Val2::px(corner.x, corner.y);
        visibility.set_if_neq(Visibility::Inherited);
    }
}
