//! The plugin, and the layout of the box: where its parts are.

use bevy::{picking::hover::Hovered, prelude::*, ui_widgets::observe};

use super::{
    access_actions, accessibility, activation, active_tab, addressed, box_tabs, built_in_commands,
    clicks, completion, composing, conversations, draft_chips,
    drawn_theme::{CommonTheme, DrawnTheme},
    fade::{self, HiddenWhenFaded},
    hover, input, keys, layout_mode, main_box, menu, messages, modifiers, notes, pacing,
    parts::{self, ChatBox, ChatBoxReadOnly, ThemedNode, themed_background},
    player_layout::{self, ChatLayout, DraftArea},
    safety, saved_boxes, schedules, send, state, status,
    strings::ChatBoxStrings,
    tab_bar,
    theme::{ChatBoxCorner, ChatBoxTheme, OwnChatTheme},
    theming, user_commands, wheel, whisper_tabs,
};
use crate::plugin::ChatHistoryPlugin;

/// The order of the box among the other UI of the game.
const Z_INDEX: i32 = 10;

/// Adds the chat box, and [`ChatHistoryPlugin`] if the app does not have it. Requires Bevy's `DefaultPlugins`.
///
/// A box is spawned at the start. With [`spawns_box`](Self::spawns_box) set to `false`, the game spawns each
/// [`ChatBox`] itself. The settings of all boxes are resources, which can be changed before and after the plugin is added:
/// [`ChatBoxTheme`](super::ChatBoxTheme), [`ChatBoxStrings`], [`ChatTabs`](super::ChatTabs), [`ChatBoxKeys`](super::ChatBoxKeys),
/// [`QuickPhrases`](super::QuickPhrases).
#[derive(Clone, Copy, Debug)]
pub struct ChatBoxPlugin {
    /// Whether the plugin spawns the box at the start. Default: `true`.
    pub spawns_box: bool,
}

impl Default for ChatBoxPlugin {
    fn default() -> Self {
        Self { spawns_box: true }
    }
}

impl ChatBoxPlugin {
    /// The game spawns the [`ChatBox`].
    pub const fn without_box() -> Self {
        Self { spawns_box: false }
    }
}

impl Plugin for ChatBoxPlugin {
    fn build(&self, app: &mut App) {
        if !app.is_plugin_added::<ChatHistoryPlugin>() {
            app.add_plugins(ChatHistoryPlugin::default());
        }
        app.add_plugins((
            access_actions::plugin,
            activation::plugin,
            addressed::plugin,
        ))
        .init_resource::<ChatBoxStrings>()
        .register_type::<ChatBoxStrings>()
        .add_observer(build)
        .add_plugins((
            (
                player_layout::plugin,
                saved_boxes::plugin,
                layout_mode::plugin,
                schedules::plugin,
                parts::plugin,
                theming::plugin,
                main_box::plugin,
            ),
            accessibility::plugin,
            (built_in_commands::plugin, user_commands::plugin),
            fade::plugin,
            hover::plugin,
            input::plugin,
            (modifiers::plugin, keys::plugin, menu::plugin),
            messages::plugin,
            notes::plugin,
            safety::plugin,
            send::plugin,
            (state::plugin, box_tabs::plugin, active_tab::plugin),
            status::plugin,
            tab_bar::plugin,
            wheel::plugin,
        ))
        .add_plugins((
            clicks::plugin,
            completion::plugin,
            composing::plugin,
            draft_chips::plugin,
            conversations::plugin,
            pacing::plugin,
            whisper_tabs::plugin,
        ));
        if self.spawns_box {
            app.add_systems(Startup, |mut commands: Commands| {
                commands.spawn(ChatBox);
            });
        }
    }
}

/// Spawns the parts of a new box.
fn build(
    added: On<Add, ChatBox>,
    theme: Res<ChatBoxTheme>,
    common: Res<CommonTheme>,
    boxes: Query<(&ChatLayout, Option<&OwnChatTheme>, Has<ChatBoxReadOnly>)>,
    mut commands: Commands,
) {
    let Ok((layout, own, is_read_only)) = boxes.get(added.entity) else {
        return;
    };
    let theme = own.map_or(&*theme, |own| &own.0).clone();
    let draft = DraftArea::default();
    let theme = &DrawnTheme::new(theme, common.window, layout, draft, is_read_only);
    let mut chat_box = commands.entity(added.entity);
    chat_box.insert((
        theme.clone(),
        ThemedNode(panel),
        panel(theme),
        themed_background(theme, DrawnTheme::translucent_background),
        Hovered::default(),
        Pickable::default(),
        GlobalZIndex(Z_INDEX),
        children![
            (tab_bar::tab_bar(theme), HiddenWhenFaded::default()),
            (
                messages::log(theme),
                observe(clicks::on_click),
                children![
                    status::empty_text(theme),
                    messages::jump_button(theme),
                    messages::mention_button(theme),
                    messages::scrollbar(theme)
                ],
            ),
        ],
    ));
    if !is_read_only {
        chat_box
            .with_child((status::status(theme), HiddenWhenFaded::default()))
            .with_child((input::input_row(theme), HiddenWhenFaded::default()));
    }
    chat_box.with_child(accessibility::announcer());
}

/// The node of the box: where the player has placed it, or in its corner of the window.
fn panel(theme: &DrawnTheme) -> Node {
    let node = Node {
        flex_direction: FlexDirection::Column,
        padding: UiRect::all(theme.length(8.0)),
        border_radius: BorderRadius::all(theme.length(8.0)),
        ..default()
    };
    if let Some(area) = theme.area {
        return placed(node, area, theme.window);
    }
    let margin = theme.length(theme.margin);
    let (is_top, is_right) = match theme.corner {
        ChatBoxCorner::BottomLeft | ChatBoxCorner::BottomCenter => (false, false),
        ChatBoxCorner::BottomRight => (false, true),
        ChatBoxCorner::TopLeft => (true, false),
        ChatBoxCorner::TopRight => (true, true),
        ChatBoxCorner::InParent => {
            return Node {
                width: Val::Percent(100.0),
                ..node
            };
        }
    };
    let margin_if = |is_here| if is_here { margin } else { Val::Auto };
    Node {
        position_type: PositionType::Absolute,
        left: if theme.corner == ChatBoxCorner::BottomCenter {
            Val::Px((theme.window.x - theme.to_logical(theme.width)).max(0.0) / 2.0)
        } else {
            margin_if(!is_right)
        },
        right: margin_if(is_right),
        top: margin_if(is_top),
        bottom: margin_if(!is_top),
        width: theme.length(theme.width),
        max_width: Val::Vw(96.0),
        ..node
    }
}

/// The node in a part of the window. In the lower half, it grows upwards with its messages.
fn placed(node: Node, area: Rect, window: Vec2) -> Node {
    let is_low = area.center().y >= window.y / 2.0;
    Node {
        position_type: PositionType::Absolute,
        left: Val::Px(area.min.x),
        top: if is_low {
            Val::Auto
        } else {
            Val::Px(area.min.y)
        },
        bottom: if is_low {
            Val::Px(window.y - area.max.y)
        } else {
            Val::Auto
        },
        width: Val::Px(area.width()),
        max_height: Val::Px(area.height()),
        overflow: Overflow::clip(),
        ..node
    }
}
