//! A game with a chat box and no window.

use std::time::Duration;

use bevy::{
    a11y::AccessibilityNode,
    camera::{NormalizedRenderTarget, visibility::VisibilityPlugin},
    input::{
        ButtonState,
        gamepad::{RawGamepadButtonChangedEvent, RawGamepadEvent},
        keyboard::{Key, KeyboardInput},
    },
    mesh::skinning::SkinnedMeshInverseBindposes,
    picking::pointer::{Location, PointerAction, PointerButton, PointerId, PointerInput},
    prelude::*,
    text::{ComputedTextBlock, EditableText, TextLayoutInfo},
    window::{NormalizedWindowRef, PrimaryWindow, WindowRef},
};
use bevy_cometchat::{
    chat_box::{
        ChatBox, ChatBoxModes, ChatBoxPlugin, ChatBoxState, ChatInput, ChatLog, ChatLogRow,
        ChatTabs,
    },
    prelude::*,
    test_util::{ScriptedChat, text_message},
};

use crate::windowless;

pub(crate) const FRAME: Duration = Duration::from_millis(16);
/// A page of messages when there are none.
pub(crate) const NO_MESSAGES: &str = r#"{"data":[]}"#;

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) chat: ScriptedChat,
    next_id: u64,
}

pub(crate) fn zone() -> ReceiverId {
    Guid::from("zone").into()
}

impl Stage {
    /// A player who is connected, with the zone's tab: nothing was said there yet.
    pub(crate) fn new() -> Self {
        let mut stage = Self::begin(AppSettings::builder().region("us").build());
        stage.chat.answer_next_call(NO_MESSAGES);
        stage.log_in();
        assert!(stage.chat.is_connected());
        stage
    }

    /// Nobody is logged in.
    pub(crate) fn begin(settings: AppSettings) -> Self {
        let chat = ScriptedChat::new();
        chat.answer_conversations(NO_MESSAGES);
        Self::begin_with(chat, settings)
    }

    /// The next run of the game. The server goes on as it was.
    pub(crate) fn restart(self) -> Self {
        let Self { app, chat, .. } = self;
        drop(app);
        Self::begin_with(chat, AppSettings::builder().region("us").build())
    }

    fn begin_with(chat: ScriptedChat, settings: AppSettings) -> Self {
        let mut app = windowless::app();
        // What is not known to be visible is not clicked.
        app.init_asset::<Mesh>()
            .init_asset::<SkinnedMeshInverseBindposes>()
            .add_plugins(VisibilityPlugin);
        app.add_plugins((
            chat.plugin("app", settings),
            ChatHistoryPlugin {
                limits: windowless::roomy(),
            },
            ChatBoxPlugin::default(),
        ));
        app.world_mut().spawn(PointerId::Mouse);
        app.world_mut()
            .resource_mut::<ChatTabs>()
            .show(ChatTabs::ZONE, zone());
        let mut stage = Self {
            app,
            chat,
            next_id: 1,
        };
        stage.frames(2);
        stage
    }

    pub(crate) fn log_in(&mut self) {
        self.comet().login(AuthKey::new("me", "key"));
        self.frames(10);
    }

    pub(crate) fn comet(&self) -> &CometChat {
        self.app.world().resource()
    }

    pub(crate) fn state(&mut self) -> Mut<'_, ChatBoxState> {
        let chat_box = self.part::<ChatBox>();
        self.app.world_mut().get_mut(chat_box).unwrap()
    }

    pub(crate) fn modes(&mut self) -> Mut<'_, ChatBoxModes> {
        self.app.world_mut().resource_mut()
    }

    /// Whether any box is open.
    pub(crate) fn is_open(&self) -> bool {
        let mut boxes = self.app.world().try_query::<&ChatBoxState>().unwrap();
        boxes.iter(self.app.world()).any(|state| state.is_open)
    }

    pub(crate) fn window(&mut self) -> Entity {
        let mut windows = self
            .app
            .world_mut()
            .query_filtered::<Entity, With<PrimaryWindow>>();
        windows.single(self.app.world()).unwrap()
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
            bevy_cometchat::model::Receiver::Group(group.into()),
            text,
        )
    }

    /// All that is drawn of lines, the topmost first.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        let mut lists = self
            .app
            .world_mut()
            .query_filtered::<(&Children, &ComputedNode, &UiGlobalTransform), With<ChatLog>>();
        let world = self.app.world();
        let (children, list, list_at) = lists.single(world).unwrap();
        let half = list.size().y / 2.0;
        let (top, bottom) = (list_at.translation.y - half, list_at.translation.y + half);
        let mut lines: Vec<_> = children
            .iter()
            .filter(|row| world.get::<ChatLogRow>(*row).is_some())
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
    pub(crate) fn says<P: Component>(&mut self) -> String {
        let entity = self.part::<P>();
        text_of(self.app.world(), entity)
    }

    pub(crate) fn part<P: Component>(&mut self) -> Entity {
        let mut parts = self.app.world_mut().query_filtered::<Entity, With<P>>();
        parts.single(self.app.world()).unwrap()
    }

    pub(crate) fn key(&mut self, key: Key, code: KeyCode, state: ButtonState, repeat: bool) {
        let window = self.window();
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

    /// Presses a key while Control is held.
    pub(crate) fn with_control(&mut self, letter: &str, code: KeyCode) {
        self.press(Key::Control, KeyCode::ControlLeft);
        self.frames(1);
        self.tap(Key::Character(letter.into()), code);
        self.release(Key::Control, KeyCode::ControlLeft);
        self.frames(1);
    }

    /// Presses a button of a gamepad and lets go.
    pub(crate) fn press_button(&mut self, gamepad: Entity, button: GamepadButton) {
        for value in [1.0, 0.0] {
            let raw = RawGamepadButtonChangedEvent::new(gamepad, button, value);
            let world = self.app.world_mut();
            world.write_message(RawGamepadEvent::Button(raw));
            self.frames(1);
        }
        self.frames(2);
    }

    /// What is in the input.
    pub(crate) fn typed(&mut self) -> String {
        let input = self.part::<ChatInput>();
        let input = self.app.world().get::<EditableText>(input).unwrap();
        input.value().to_string()
    }

    /// What those hear of a node who hear the game.
    pub(crate) fn spoken<P: Component>(&mut self) -> AccessibilityNode {
        let entity = self.part::<P>();
        self.app
            .world()
            .get::<AccessibilityNode>(entity)
            .unwrap()
            .clone()
    }

    /// Where the middle of a node is.
    pub(crate) fn middle(&self, entity: Entity) -> Vec2 {
        let at = self.app.world().get::<UiGlobalTransform>(entity).unwrap();
        at.translation
    }

    /// Where a part of a line is that says this, or else one with this in it.
    pub(crate) fn place_of(&mut self, text: &str) -> Vec2 {
        self.place_where(|span| span == text)
            .or_else(|| self.place_where(|span| span.contains(text)))
            .unwrap_or_else(|| panic!("nothing says {text:?}"))
    }

    fn place_where(&mut self, is_it: impl Fn(&str) -> bool) -> Option<Vec2> {
        let mut blocks = self.app.world_mut().query::<(
            &ComputedTextBlock,
            &TextLayoutInfo,
            &ComputedNode,
            &UiGlobalTransform,
            &InheritedVisibility,
        )>();
        let world = self.app.world();
        let says = |entity: Entity| {
            let span = world.get::<TextSpan>(entity);
            span.is_some_and(|span| is_it(&span.0))
        };
        blocks
            .iter(world)
            .filter(|(.., visibility)| visibility.get())
            .find_map(|(block, layout, node, at, _)| {
                let section = block.entities().iter().position(|it| says(it.entity))?;
                let mut runs = layout.run_geometry.iter();
                let run = runs.find(|run| run.section_index == section)?;
                let local = run.bounds.center() + node.content_box().min;
                Some(at.transform_point2(local))
            })
    }

    pub(crate) fn point_at(&mut self, at: Vec2) {
        self.pointer(at, PointerAction::Move { delta: Vec2::ONE });
        self.frames(2);
    }

    pub(crate) fn click(&mut self, at: Vec2) {
        self.click_with(PointerButton::Primary, at);
    }

    pub(crate) fn click_with(&mut self, button: PointerButton, at: Vec2) {
        self.point_at(at);
        self.pointer(at, PointerAction::Press(button));
        self.frames(1);
        self.pointer(at, PointerAction::Release(button));
        self.frames(3);
    }

    pub(crate) fn press_pointer(&mut self, at: Vec2) {
        self.point_at(at);
        self.pointer(at, PointerAction::Press(PointerButton::Primary));
        self.frames(1);
    }

    pub(crate) fn release_pointer(&mut self, at: Vec2) {
        self.pointer(at, PointerAction::Release(PointerButton::Primary));
        self.frames(1);
    }

    pub(crate) fn pointer(&mut self, position: Vec2, action: PointerAction) {
        let window = WindowRef::Entity(self.window());
        let window: NormalizedWindowRef = window.normalize(None).unwrap();
        let target = NormalizedRenderTarget::Window(window);
        let location = Location { target, position };
        self.app
            .world_mut()
            .write_message(PointerInput::new(PointerId::Mouse, location, action));
    }

    /// The texts that were sent.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.chat
            .sent()
            .iter()
            .map(|message| match &message.content {
                bevy_cometchat::model::MessageContent::Text(text) => text.to_string(),
                other => format!("{other:?}"),
            })
            .collect()
    }
}

fn text_of(world: &World, entity: Entity) -> String {
    let own = world.get::<Text>(entity).map_or("", |text| &text.0);
    let children = world.get::<Children>(entity);
    let children = children.into_iter().flatten();
    let children = children.map(|child| match world.get::<TextSpan>(*child) {
        Some(span) => span.0.clone(),
        None => text_of(world, *child),
    });
    std::iter::once(own.to_owned()).chain(children).collect()
}

pub(crate) fn text_of_node(stage: &Stage, entity: Entity) -> String {
    text_of(stage.app.world(), entity)
}
