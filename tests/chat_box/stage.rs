//! A game with a chat box and no window.

use std::time::Duration;

use bevy::{
    input::{
        ButtonState,
        keyboard::{Key, KeyboardInput},
    },
    prelude::*,
    window::PrimaryWindow,
};
use bevy_cometchat::{
    chat_box::{ChatBoxPart, ChatBoxPlugin, ChatTabs},
    prelude::*,
    test_util::{ScriptedChat, text_message},
};

use crate::windowless;

pub(crate) const FRAME: Duration = Duration::from_millis(16);

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) chat: ScriptedChat,
    next_id: u64,
}

pub(crate) fn zone() -> ReceiverId {
    Guid::from("zone").into()
}

impl Stage {
    /// A player who is connected, with the zone's tab.
    pub(crate) fn new() -> Self {
        let chat = ScriptedChat::new();
        let mut app = windowless::app();
        app.add_plugins((
            chat.plugin("app", AppSettings::builder().region("us").build()),
            ChatHistoryPlugin {
                limits: windowless::roomy(),
            },
            ChatBoxPlugin::default(),
        ));
        app.world_mut()
            .resource_mut::<ChatTabs>()
            .set_conversation(ChatTabs::ZONE, Some(zone()));
        let mut stage = Self {
            app,
            chat,
            next_id: 1,
        };
        stage.frames(2);
        stage
            .app
            .world()
            .resource::<CometChat>()
            .login(AuthKey::new("me", "key"));
        stage.frames(10);
        assert!(stage.chat.is_connected());
        stage
    }

    pub(crate) fn frames(&mut self, frames: u32) {
        self.chat.advance_at(&mut self.app, FRAME * frames, FRAME);
    }

    /// Somebody says something in the zone.
    pub(crate) fn hear(&mut self, uid: &str, text: &str) {
        let message = self.message(uid, text);
        assert!(self.chat.receive(message));
    }

    pub(crate) fn message(&mut self, uid: &str, text: &str) -> ChatMessage {
        let group = bevy_cometchat::model::Group::new(
            "zone",
            "Zone",
            bevy_cometchat::model::GroupKind::Public,
        );
        let id = self.next_id;
        self.next_id += 1;
        text_message(
            id,
            User::new(uid, uid).into(),
            Receiver::Group(group.into()),
            text,
        )
    }

    /// All that is drawn of lines, the topmost first.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        let mut lists =
            self.app
                .world_mut()
                .query::<(&ChatBoxPart, &Children, &ComputedNode, &UiGlobalTransform)>();
        let world = self.app.world();
        let (_, children, list, list_at) = lists
            .iter(world)
            .find(|(part, ..)| **part == ChatBoxPart::Messages)
            .unwrap();
        let half = list.size().y / 2.0;
        let (top, bottom) = (list_at.translation.y - half, list_at.translation.y + half);
        let mut lines: Vec<_> = children
            .iter()
            .filter(|row| world.get::<ChatBoxPart>(*row).is_none())
            .filter(|row| *world.get::<Visibility>(*row).unwrap() != Visibility::Hidden)
            .filter_map(|row| {
                let at = world.get::<UiGlobalTransform>(row)?.translation.y;
                let half = world.get::<ComputedNode>(row)?.size().y / 2.0;
                let is_seen = at + half > top + 0.5 && at - half < bottom - 0.5;
                is_seen.then(|| (at, text_of(world, row)))
            })
            .collect();
        lines.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// What a part of the box says.
    pub(crate) fn says(&mut self, part: ChatBoxPart) -> String {
        let entity = self.part(part);
        text_of(self.app.world(), entity)
    }

    pub(crate) fn part(&mut self, part: ChatBoxPart) -> Entity {
        let mut parts = self.app.world_mut().query::<(Entity, &ChatBoxPart)>();
        let mut parts = parts.iter(self.app.world());
        parts.find(|(_, it)| **it == part).unwrap().0
    }

    pub(crate) fn key(&mut self, key: Key, code: KeyCode, state: ButtonState, repeat: bool) {
        let mut windows = self
            .app
            .world_mut()
            .query_filtered::<Entity, With<PrimaryWindow>>();
        let window = windows.single(self.app.world()).unwrap();
        let text = match &key {
            Key::Character(text) => Some(text.clone()),
            Key::Space => Some(" ".into()),
            _ => None,
        };
        self.app.world_mut().write_message(KeyboardInput {
            key_code: code,
            logical_key: key,
            state,
            text: text.filter(|_| state == ButtonState::Pressed),
            repeat,
            window,
        });
    }

    pub(crate) fn press(&mut self, key: Key, code: KeyCode) {
        self.key(key, code, ButtonState::Pressed, false);
    }

    pub(crate) fn release(&mut self, key: Key, code: KeyCode) {
        self.key(key, code, ButtonState::Released, false);
    }

    /// Presses and lets go, a frame each.
    pub(crate) fn tap(&mut self, key: Key, code: KeyCode) {
        self.press(key.clone(), code);
        self.frames(1);
        self.release(key, code);
        self.frames(1);
    }

    pub(crate) fn enter(&mut self) {
        self.tap(Key::Enter, KeyCode::Enter);
    }

    pub(crate) fn escape(&mut self) {
        self.tap(Key::Escape, KeyCode::Escape);
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            let key = match letter {
                ' ' => Key::Space,
                letter => Key::Character(letter.to_string().into()),
            };
            self.press(key.clone(), KeyCode::KeyX);
            self.release(key, KeyCode::KeyX);
        }
        // What is typed is in the text at the end of a frame, and is told of in the next.
        self.frames(2);
    }

    /// The texts that were sent.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.chat
            .sent()
            .iter()
            .map(|message| match &message.content {
                bevy_cometchat::model::OutgoingContent::Text(text) => text.to_string(),
                other => format!("{other:?}"),
            })
            .collect()
    }
}

fn text_of(world: &World, entity: Entity) -> String {
    let own = world.get::<Text>(entity).map_or("", |text| &text.0);
    let children = world.get::<Children>(entity);
    let spans = children
        .into_iter()
        .flatten()
        .filter_map(|span| world.get::<TextSpan>(*span).map(|span| span.0.as_str()));
    std::iter::once(own).chain(spans).collect()
}
