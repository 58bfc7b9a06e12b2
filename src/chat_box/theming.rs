//! The themes of the boxes: brought up to date, and applied to their parts.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    drawn_theme::{CommonTheme, DrawnTheme},
    main_box::MainBox,
    parts::{
        ChatBox, ChatBoxReadOnly, FontScale, HiddenChatPart, ThemedBackground, ThemedNode,
        ThemedTextColor, UnfadedBackground, UnfadedTextColor,
    },
    player_layout::{ChatLayout, DraftArea},
    schedules::BoxSchedule,
    theme::{ChatBoxTheme, OwnChatTheme},
};

/// The size of a window below which nothing is drawn, in logical pixels.
pub(super) const MIN_WINDOW_SIZE: f32 = 16.0;

/// The themes of parts.
#[derive(SystemParam)]
pub(super) struct Themes<'w, 's> {
    boxes: Query<'w, 's, Ref<'static, DrawnTheme>>,
    common: Res<'w, CommonTheme>,
    parents: Query<'w, 's, &'static ChildOf>,
}

impl Themes<'_, '_> {
    /// The theme of the box that a part is in. `None` for what is in no box.
    pub(super) fn around(&self, part: Entity) -> Option<Ref<'_, DrawnTheme>> {
        let mut path = std::iter::once(part).chain(self.parents.iter_ancestors(part));
        path.find_map(|entity| self.boxes.get(entity).ok())
    }

    /// The theme of the box that a part is in, or the one of what is in no box.
    pub(super) fn of(&self, part: Entity) -> &DrawnTheme {
        let around = self.around(part).map(Ref::into_inner);
        around.unwrap_or(&self.common)
    }

    pub(super) fn is_changed(&self) -> bool {
        self.common.is_changed() || self.boxes.iter().any(|theme| theme.is_changed())
    }

    /// The theme of a part, if it has changed.
    fn changed(&self, part: Entity) -> Option<&DrawnTheme> {
        match self.around(part) {
            Some(theme) => theme.is_changed().then(|| theme.into_inner()),
            None => self.common.is_changed().then(|| &**self.common),
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<CommonTheme>()
        .register_required_components::<ChatBox, ChatLayout>()
        .register_required_components::<ChatBox, DraftArea>()
        .register_type::<ChatBoxTheme>()
        .register_type::<OwnChatTheme>()
        .add_observer(show_again)
        .add_systems(
            BoxSchedule::Prepare,
            (update.run_if(is_out_of_date), update_common).chain(),
        )
        .add_systems(BoxSchedule::Update, apply.run_if(is_changed));
}

/// Shows a part again, unless it is empty. The box is drawn anew, because it may hide the part itself.
fn show_again(
    removed: On<Remove, HiddenChatPart>,
    mut nodes: Query<(&mut Node, Option<&Text>)>,
    mut themes: Query<&mut DrawnTheme>,
    parents: Query<&ChildOf>,
) {
    let part = removed.entity;
    let Ok((mut node, text)) = nodes.get_mut(part) else {
        return;
    };
    if text.is_none_or(|text| !text.is_empty()) {
        node.display = Display::Flex;
    }
    let mut path = std::iter::once(part).chain(parents.iter_ancestors(part));
    if let Some(chat_box) = path.find(|entity| themes.contains(*entity))
        && let Ok(mut theme) = themes.get_mut(chat_box)
    {
        theme.set_changed();
    }
}

/// Filters boxes whose theme may be out of date.
type IsOutOfDate = Or<(
    Changed<OwnChatTheme>,
    Changed<ChatLayout>,
    Changed<DraftArea>,
    Changed<ComputedUiRenderTargetInfo>,
)>;

/// A run condition: the theme, what the player has set, or the size of the window has changed.
fn is_out_of_date(
    theme: Res<ChatBoxTheme>,
    boxes: Query<(), (With<ChatBox>, IsOutOfDate)>,
    removed: RemovedComponents<OwnChatTheme>,
) -> bool {
    theme.is_changed() || !boxes.is_empty() || !removed.is_empty()
}

/// What the theme of a box is made from.
type Sources = (
    Ref<'static, ChatLayout>,
    Ref<'static, DraftArea>,
    Option<Ref<'static, OwnChatTheme>>,
    &'static ComputedUiRenderTargetInfo,
    Has<ChatBoxReadOnly>,
    &'static mut DrawnTheme,
);

fn update(
    theme: Res<ChatBoxTheme>,
    mut removed: RemovedComponents<OwnChatTheme>,
    mut boxes: Query<Sources, With<ChatBox>>,
) {
    let is_any_removed = removed.read().count() > 0;
    for (layout, draft, own, target, is_read_only, mut drawn) in &mut boxes {
        let size = target.logical_size();
        // A minimized window has no size on some platforms.
        let is_visible = size.min_element() >= MIN_WINDOW_SIZE;
        let size = if is_visible { size } else { drawn.window };
        let is_theme_changed = match &own {
            Some(own) => own.is_changed(),
            None => theme.is_changed() || is_any_removed,
        };
        let is_changed = is_theme_changed || layout.is_changed() || draft.is_changed();
        if is_changed || size != drawn.window {
            let theme = own.map_or_else(|| theme.clone(), |own| own.0.clone());
            *drawn = DrawnTheme::new(theme, size, &layout, *draft, is_read_only);
        }
    }
}

fn update_common(
    theme: Res<ChatBoxTheme>,
    main: MainBox,
    boxes: Query<Ref<DrawnTheme>>,
    mut common: ResMut<CommonTheme>,
    mut last: Local<Option<Entity>>,
) {
    let main = main.get();
    let has_other = std::mem::replace(&mut *last, main) != main;
    match main.and_then(|main| boxes.get(main).ok()) {
        Some(drawn) if has_other || drawn.is_changed() => common.0 = (*drawn).clone(),
        Some(_) => {}
        None if theme.is_changed() => {
            let (layout, draft) = (ChatLayout::default(), DraftArea::default());
            common.0 = DrawnTheme::new(theme.clone(), common.window, &layout, draft, false);
        }
        None => {}
    }
}

/// A run condition.
fn is_changed(themes: Themes) -> bool {
    themes.is_changed()
}

fn apply(
    themes: Themes,
    mut nodes: Query<(Entity, &ThemedNode, &mut Node)>,
    mut colors: Query<(Entity, &ThemedTextColor, &mut UnfadedTextColor)>,
    mut backgrounds: Query<(Entity, &ThemedBackground, &mut UnfadedBackground)>,
    mut fonts: Query<(Entity, &FontScale, &mut TextFont)>,
) {
    for (part, themed, mut node) in &mut nodes {
        if let Some(theme) = themes.changed(part) {
            let display = node.display;
            node.set_if_neq(Node {
                display,
                ..themed.0(theme)
            });
        }
    }
    for (part, themed, mut color) in &mut colors {
        if let Some(theme) = themes.changed(part) {
            color.set_if_neq(UnfadedTextColor(themed.0(theme)));
        }
    }
    for (part, themed, mut background) in &mut backgrounds {
        if let Some(theme) = themes.changed(part) {
            background.set_if_neq(UnfadedBackground(themed.0(theme)));
        }
    }
    for (part, scale, mut font) in &mut fonts {
        if let Some(theme) = themes.changed(part) {
            font.set_if_neq(theme.text_font(scale.0));
        }
    }
}
