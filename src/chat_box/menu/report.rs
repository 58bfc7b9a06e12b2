//! Reports of messages to the moderators of the app: a menu of the reasons that they offer, with a remark.

use std::sync::Arc;

use accesskit::Role;
use bevy::{
    input::keyboard::{Key, KeyboardInput},
    input_focus::{
        FocusedInput, InputFocus,
        tab_navigation::{TabIndex, TabNavigation},
    },
    prelude::*,
    text::{EditableText, TextCursorStyle, TextLayout},
    ui_widgets::{MenuAction, MenuEvent, observe},
};

use super::{
    name_actions::NameActionCall,
    opening::LogCorner,
    popup::{PopupParts, move_focus},
};
use crate::{
    chat_box::{
        modifiers::Modifiers,
        notes::ChatNotes,
        parts::{FontScale, ThemedTextColor, UnfadedTextColor, accessible, themed_background},
        safety::{PlayerActions, push_failure},
        strings::{ChatBoxStrings, fill},
    },
    history::{Entry, History},
    model::{FlagReason, MessageId, Uid},
    plugin::{ChatHistory, CometChat},
    text::{Sanitizer, isolate},
};

/// The maximum number of characters of a remark.
const MAX_REMARK: usize = 500;
/// How much of the reported message the menu shows.
const QUOTE: Sanitizer = Sanitizer::MESSAGE.with_max_lines(1).with_max_graphemes(60);

/// A report that the player is writing.
struct Report {
    message: MessageId,
    name: String,
    quote: String,
    remark: String,
}

/// The input of the remark.
#[derive(Component)]
struct RemarkInput;

/// An entry of the menu on a name.
pub(super) fn report(
    call: In<NameActionCall>,
    history: Res<ChatHistory>,
    mut actions: PlayerActions,
) {
    actions.report(&history, &call, "");
}

impl PlayerActions<'_> {
    /// Opens the menu with the reasons for a report: of the message beside the name, or the newest one of the player.
    pub(in crate::chat_box) fn report(
        &mut self,
        history: &History,
        call: &NameActionCall,
        remark: &str,
    ) {
        let name = self.name(&call.user);
        let named = call.message.and_then(|id| message(history, id));
        let reported = named.or_else(|| newest(history, &call.user.uid));
        let Some((id, entry)) = reported.and_then(|entry| Some((entry.id()?, entry))) else {
            let text = &self.strings.safety.nothing_to_report;
            let note = fill(text, &[("{name}", &name)]);
            return self.notes.push(note);
        };
        let Some(chat) = &self.chat else { return };
        let report = Report {
            message: id,
            name,
            quote: QUOTE.clean(entry.text().unwrap_or_default()).into_owned(),
            remark: remark.into(),
        };
        chat.flag_reasons()
            .on_success(
                move |reasons: In<Vec<FlagReason>>,
                      strings: Res<ChatBoxStrings>,
                      corner: LogCorner,
                      mut parts: PopupParts| {
                    open(&report, &reasons, &strings, corner.at(), &mut parts);
                },
            )
            .on_error(push_failure);
    }
}

fn message(history: &History, id: MessageId) -> Option<&Entry> {
    let mut conversations = history.conversations();
    conversations.find_map(|held| held.get(held.position_of(id)?))
}

fn newest<'a>(history: &'a History, uid: &Uid) -> Option<&'a Entry> {
    let is_by = |entry: &&Entry| {
        entry.id().is_some() && entry.group_action().is_none() && entry.sender().uid == *uid
    };
    let newest = history
        .conversations()
        .filter_map(|held| held.iter().rev().find(is_by));
    newest.max_by_key(|entry| entry.id())
}

fn open(
    report: &Report,
    reasons: &[FlagReason],
    strings: &ChatBoxStrings,
    at: Vec2,
    parts: &mut PopupParts,
) {
    let strings = &strings.safety;
    let title = fill(&strings.report_title, &[("{name}", &report.name)]);
    let popup = parts.open(at, &title);
    if !report.quote.is_empty() {
        parts.add_text(popup, &format!("“{}”", isolate(&report.quote)));
    }
    // An app without reasons of its own.
    let other = [FlagReason {
        id: "other".into(),
        name: title.as_str().into(),
        description: "".into(),
    }];
    let reasons = if reasons.is_empty() {
        &other[..]
    } else {
        reasons
    };
    for reason in reasons {
        let name = Sanitizer::NAME.clean(&reason.name);
        let label = if name.is_empty() { &*reason.id } else { &*name };
        let (message, id) = (report.message, reason.id.clone());
        parts.add_item(popup, label, move |commands| {
            commands.run_system_cached_with(send, (message, id.clone()));
        });
    }
    parts.add_text(popup, &strings.remark);
    add_remark_input(popup, report, &strings.remark, parts);
    let cancel = parts.add_item(popup, &strings.cancel, |_| {});
    // It opens when the server has answered: a key that the player was about to press reports nobody.
    parts.focus(cancel);
}

fn add_remark_input(popup: Entity, report: &Report, label: &str, parts: &mut PopupParts) {
    let mut role = accessible(Role::TextInput);
    role.set_label(label);
    let theme = &**parts.theme;
    let mut input = EditableText::new(&report.remark);
    input.max_characters = Some(MAX_REMARK);
    let row = Node {
        padding: UiRect::axes(theme.length(7.0), theme.length(4.0)),
        border_radius: BorderRadius::all(theme.length(4.0)),
        overflow: Overflow::clip(),
        ..default()
    };
    let row = (
        ChildOf(popup),
        row,
        themed_background(theme, |theme| theme.raised_background),
    );
    let input = (
        RemarkInput,
        TabIndex(0),
        input,
        role,
        TextLayout::no_wrap(),
        theme.text_font(1.0),
        FontScale(1.0),
        ThemedTextColor(|theme| theme.text),
        UnfadedTextColor(theme.text),
        TextCursorStyle {
            color: theme.text,
            ..default()
        },
        Node {
            width: Val::Percent(100.0),
            ..default()
        },
        observe(on_key),
    );
    let row = parts.commands.spawn(row).id();
    parts.commands.spawn((ChildOf(row), input));
}

/// Handles the keys that leave the input of the remark.
fn on_key(
    typed: On<FocusedInput<KeyboardInput>>,
    inputs: Query<&EditableText>,
    navigation: TabNavigation,
    modifiers: Res<Modifiers>,
    mut focus: ResMut<InputFocus>,
    mut commands: Commands,
) {
    let is_composing = |it: &EditableText| it.is_composing();
    let input = inputs.get(typed.focused_entity);
    if !typed.input.state.is_pressed() || input.is_ok_and(is_composing) {
        return;
    }
    let is_shifted = modifiers.held.contains(&Key::Shift);
    match typed.input.key_code {
        KeyCode::ArrowUp => move_focus(true, &navigation, &mut focus),
        KeyCode::ArrowDown => move_focus(false, &navigation, &mut focus),
        // Bevy's text input does not handle Tab: the menu does.
        KeyCode::Tab => {}
        // The remark is done: the focus moves to the reasons.
        KeyCode::Enter | KeyCode::NumpadEnter => move_focus(!is_shifted, &navigation, &mut focus),
        KeyCode::Escape => commands.trigger(MenuEvent {
            source: typed.focused_entity,
            action: MenuAction::CloseAll,
        }),
        _ => {}
    }
}

/// Reports a message for a reason, with the remark in the menu.
fn send(
    report: In<(MessageId, Arc<str>)>,
    remarks: Query<&EditableText, With<RemarkInput>>,
    chat: Res<CometChat>,
) {
    let (message, reason) = &*report;
    let remark = remarks.iter().next().map(|input| input.value().to_string());
    let remark = remark.unwrap_or_default();
    let remark = Some(remark.trim()).filter(|remark| !remark.is_empty());
    chat.flag_message(*message, reason, remark)
        .on_success(
            |_: In<()>, strings: Res<ChatBoxStrings>, mut notes: ResMut<ChatNotes>| {
                notes.push(strings.safety.reported.as_str());
            },
        )
        .on_error(push_failure);
}
