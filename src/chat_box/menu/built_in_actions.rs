//! The built-in entries of the menu.

use bevy::{clipboard::Clipboard, prelude::*};

use super::{
    name_actions::{BuiltInLabel, Label, NameActionCall, Shown, add},
    report::report,
};
use crate::{
    chat_box::{
        main_box::BoxStates,
        safety::{MuteDuration, PlayerActions},
        whisper_tabs::OpenWhisperTab,
    },
    text::display_name,
};

pub(super) fn plugin(app: &mut App) {
    let unmuted = Shown::WhileMuted(false);
    let label = |label: BuiltInLabel| Label::BuiltIn(label);
    let whisper_label = label(|strings| &strings.safety.whisper);
    add(app, "whisper", whisper_label, Shown::Always, whisper);
    let mutes: [(_, BuiltInLabel, _); 3] = [
        (
            "mute_short",
            |it| &it.safety.mute_short,
            MuteDuration::SHORT,
        ),
        (
            "mute_today",
            |it| &it.safety.mute_today,
            MuteDuration::Today,
        ),
        ("mute", |it| &it.safety.mute, MuteDuration::ForGood),
    ];
    for (id, mute_label, duration) in mutes {
        let mute = move |call: In<NameActionCall>, mut actions: PlayerActions| {
            actions.mute(&call.user, duration);
        };
        add(app, id, label(mute_label), unmuted, mute);
    }
    let unmute = |call: In<NameActionCall>, mut actions: PlayerActions| {
        actions.unmute(&call.user);
    };
    let muted = Shown::WhileMuted(true);
    add(app, "unmute", label(|it| &it.safety.unmute), muted, unmute);
    let block = |call: In<NameActionCall>, actions: PlayerActions| actions.block(&call.user);
    let block_label = label(|strings| &strings.safety.block);
    add(app, "block", block_label, Shown::Always, block);
    let report_label = label(|strings| &strings.safety.report);
    add(app, "report", report_label, Shown::Always, report);
    let tab_label = label(|strings| &strings.talk.whisper_tab);
    add(app, "whisper_tab", tab_label, Shown::Always, whisper_tab);
    add(
        app,
        "copy",
        label(|it| &it.safety.copy),
        Shown::Always,
        copy,
    );
}

fn whisper(call: In<NameActionCall>, mut states: BoxStates) {
    states.address(call.user.uid.clone().into());
}

fn whisper_tab(call: In<NameActionCall>, mut commands: Commands) {
    commands.trigger(OpenWhisperTab(call.0.user));
}

/// Copies the name.
fn copy(call: In<NameActionCall>, mut clipboard: ResMut<Clipboard>) {
    if let Err(error) = clipboard.set_text(display_name(&call.user)) {
        tracing::warn!("a name could not be copied: {error:?}");
    }
}
