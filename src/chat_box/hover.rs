//! What can be clicked is underlined under the pointer, and the pointer becomes a hand.

use bevy::{
    picking::hover::HoverMap,
    prelude::*,
    text::Underline,
    window::{CursorIcon, PrimaryWindow, SystemCursorIcon},
};

use super::parts::{ChatBoxSystems, Clickable};

/// The part under the pointer that can be clicked.
#[derive(Resource, Default)]
struct HoveredPart {
    part: Option<Entity>,
    /// The text that is underlined.
    text: Option<Entity>,
    /// The pointer's icon before it became a hand. `None` if the window had none.
    icon: Option<CursorIcon>,
}

/// Filters nodes and spans with a text.
type HasText = Or<(With<Text>, With<TextSpan>)>;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<HoveredPart>().add_systems(
        PostUpdate,
        update.in_set(ChatBoxSystems::Update).run_if(has_changed),
    );
}

/// The part that can be clicked under any pointer.
fn find(hovers: &HoverMap, parts: &Query<&Clickable>) -> Option<Entity> {
    let mut hovered = hovers.values().flat_map(|hits| hits.keys().copied());
    hovered.find(|entity| parts.get(*entity).is_ok_and(|part| part.0))
}

/// A run condition.
fn has_changed(
    hovers: Option<Res<HoverMap>>,
    parts: Query<&Clickable>,
    hovered: Res<HoveredPart>,
) -> bool {
    hovers.is_some_and(|hovers| find(&hovers, &parts) != hovered.part)
}

fn update(
    hovers: Res<HoverMap>,
    parts: Query<&Clickable>,
    windows: Query<(Entity, Option<&CursorIcon>), With<PrimaryWindow>>,
    texts: Query<(), HasText>,
    children: Query<&Children>,
    mut hovered: ResMut<HoveredPart>,
    mut commands: Commands,
) {
    let part = find(&hovers, &parts);
    let last = std::mem::replace(&mut hovered.part, part);
    let text = part.and_then(|part| {
        let mut own = std::iter::once(part).chain(children.iter_descendants(part));
        own.find(|entity| texts.contains(*entity))
    });
    let last_text = std::mem::replace(&mut hovered.text, text);
    if let Some(Ok(mut last)) = last_text.map(|last| commands.get_entity(last)) {
        last.try_remove::<Underline>();
    }
    if let Some(text) = text {
        commands.entity(text).try_insert(Underline);
    }
    let Ok((window, icon)) = windows.single() else {
        return;
    };
    let mut window = commands.entity(window);
    match (last, part) {
        (None, Some(_)) => {
            hovered.icon = icon.cloned();
            window.insert(CursorIcon::from(SystemCursorIcon::Pointer));
        }
        (Some(_), None) => match hovered.icon.take() {
            Some(icon) => drop(window.insert(icon)),
            None => drop(window.remove::<CursorIcon>()),
        },
        _ => {}
    }
}
