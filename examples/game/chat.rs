//! The chat box, with a tab for the zone of the player.

use bevy::prelude::*;
use bevy_cometchat::{
    chat_box::{
        ChatBoxPlugin, ChatBoxTheme, ChatDiagnosticsPlugin, ChatNotes, ChatSafety, ChatTabShows,
        ChatTabs, ChipClicked, LinkOpened, UserAddressed,
    },
    prelude::*,
};

use crate::{
    item_link::ItemLink,
    notices::Notice,
    platform,
    zone::Zone,
    zones::{CurrentZone, Following},
};

/// The text scales that the player can choose.
const TEXT_SCALES: [f32; 3] = [1.0, 1.25, 1.6];

pub(crate) fn plugin(app: &mut App) {
    app.add_plugins((ChatBoxPlugin::default(), ChatDiagnosticsPlugin::default()))
        .add_observer(ring)
        .add_observer(open_link)
        .add_observer(look_at)
        .add_systems(Startup, welcome)
        .add_systems(
            Update,
            follow_zone
                .after(Following)
                .run_if(resource_changed::<CurrentGroups>.or_else(resource_changed::<CurrentZone>)),
        );
}

fn welcome(
    mut theme: ResMut<ChatBoxTheme>,
    mut safety: ResMut<ChatSafety>,
    mut notes: ResMut<ChatNotes>,
) {
    safety.offers_links = true;
    theme.background = Color::srgb(0.10, 0.07, 0.13);
    theme.text = Color::srgb(1.0, 0.96, 0.88);
    theme.dim = Color::srgb(0.80, 0.74, 0.76);
    theme.accent = Color::srgb(0.98, 0.78, 0.42);
    theme.opacity = 0.92;
    notes.push("Welcome to the village. Whoever is near hears what you say.");
}

/// A sound for what is said to the player.
fn ring(_: On<UserAddressed>) {
    platform::ring();
}

/// The example does not start a browser.
fn open_link(link: On<LinkOpened>, mut notices: MessageWriter<Notice>) {
    notices.write(Notice(format!("A game would open {}", link.url)));
}

/// An item link is shown as a chip.
fn look_at(clicked: On<ChipClicked>, mut notices: MessageWriter<Notice>) {
    if let Some(Ok(item)) = clicked.chip.payload::<ItemLink>() {
        notices.write(Notice(format!(
            "You look at the {}. {}",
            item.name, item.look
        )));
    }
}

/// Shows the chat that the player is in: the one of the current zone, or the one that they have not left yet.
fn follow_zone(channels: Res<CurrentGroups>, zone: Res<CurrentZone>, mut tabs: ResMut<ChatTabs>) {
    let here = channels.iter().find(|it| it.guid == *zone.0.guid());
    let heard = here.or_else(|| channels.iter().next());
    let shows = ChatTabShows::Conversation(heard.map(|it| it.guid.clone().into()));
    if tabs.get(ChatTabs::ZONE).is_none_or(|it| it.shows == shows) {
        return;
    }
    let zone = heard.and_then(|it| Zone::by(&it.guid)).unwrap_or(zone.0);
    if let Some(tab) = tabs.get_mut(ChatTabs::ZONE) {
        (tab.shows, tab.label) = (shows, zone.label().into());
    }
}

pub(crate) fn change_text_size(mut theme: ResMut<ChatBoxTheme>) {
    let larger = TEXT_SCALES.into_iter().find(|it| *it > theme.text_scale);
    theme.text_scale = larger.unwrap_or(TEXT_SCALES[0]);
}
