//! Settings and markers, as a game and an inspector use them.

use bevy::{
    ecs::reflect::ReflectComponent,
    prelude::*,
    reflect::{GetPath, TypeRegistry},
    scene::ScenePlugin,
};
use bevy_cometchat::chat_box::{
    ChatBox, ChatBoxKeys, ChatBoxModes, ChatBoxPlugin, ChatBoxReadOnly, ChatBoxState,
    ChatBoxStrings, ChatBoxSystems, ChatBoxTabs, ChatBoxTheme, ChatConnectionLine,
    ChatDiagnosticsOverlay, ChatDiagnosticsPlugin, ChatEmptyText, ChatHint, ChatInput,
    ChatInputCounter, ChatInputPlaceholder, ChatInputRow, ChatInputTarget, ChatJumpButton,
    ChatLayout, ChatLineStyles, ChatLog, ChatLogRow, ChatNotes, ChatSafety, ChatScrollbar,
    ChatSendGauge, ChatTab, ChatTabBar, ChatTabShows, ChatTabs, HiddenChatPart, OwnChatTheme,
    PlayerChatBox, QuickPhrases, SafetyStrings,
};

use crate::stage::Stage;

fn width(stage: &mut Stage) -> f32 {
    let chat_box = stage.part::<ChatBox>();
    let node = stage.app.world().get::<ComputedNode>(chat_box).unwrap();
    node.size().x
}

#[test]
fn settings_are_built_by_hand() {
    let mut stage = Stage::new();
    stage.app.insert_resource(ChatBoxTheme {
        width: 600.0,
        ..default()
    });
    stage.app.insert_resource(ChatBoxStrings {
        press_to_chat: "Press T".into(),
        ..default()
    });
    stage.app.insert_resource(ChatBoxKeys {
        open: Some(KeyCode::KeyT),
        ..default()
    });
    stage.frames(3);
    assert_eq!(width(&mut stage), 600.0);
    assert_eq!(stage.says::<ChatInputPlaceholder>(), "Press T");
    let _ = ChatBoxPlugin { spawns_box: false };
    let _ = ChatDiagnosticsPlugin { key: KeyCode::F9 };
    let _ = ChatSafety {
        no_links: true,
        ..default()
    };
    let _ = ChatDiagnosticsOverlay {
        is_visible: true,
        ..default()
    };
    let _ = ChatLayout {
        scale: 1.5,
        ..default()
    };
    let _ = SafetyStrings {
        mute: "Silence".into(),
        ..default()
    };
    let _ = ChatTab {
        label: "Fish".into(),
        ..ChatTab::new("fish", "", ChatTabShows::Whispers)
    };
    let _ = QuickPhrases(vec!["Hello!".into()]);
}

fn assert_is_inspectable<T: TypePath + Default>(types: &TypeRegistry) {
    let name = T::short_type_path();
    let registration = types.get_with_type_path(T::type_path());
    let registration = registration.unwrap_or_else(|| panic!("{name} is not registered"));
    assert!(registration.data::<ReflectComponent>().is_some(), "{name}");
    assert!(registration.data::<ReflectDefault>().is_some(), "{name}");
}

#[test]
fn public_resources_and_components_are_registered_for_inspectors() {
    let mut stage = Stage::new();
    stage.app.add_plugins(ChatDiagnosticsPlugin::default());
    let types = stage.app.world().resource::<AppTypeRegistry>().read();
    assert_is_inspectable::<ChatBoxKeys>(&types);
    assert_is_inspectable::<ChatBoxModes>(&types);
    assert_is_inspectable::<ChatBoxReadOnly>(&types);
    assert_is_inspectable::<ChatBoxState>(&types);
    assert_is_inspectable::<ChatBoxTabs>(&types);
    assert_is_inspectable::<OwnChatTheme>(&types);
    assert_is_inspectable::<PlayerChatBox>(&types);
    assert_is_inspectable::<ChatBoxStrings>(&types);
    assert_is_inspectable::<ChatBoxTheme>(&types);
    assert_is_inspectable::<ChatDiagnosticsOverlay>(&types);
    assert_is_inspectable::<ChatLayout>(&types);
    assert_is_inspectable::<ChatLineStyles>(&types);
    assert_is_inspectable::<ChatNotes>(&types);
    assert_is_inspectable::<ChatTabs>(&types);
    assert_is_inspectable::<QuickPhrases>(&types);
    assert_is_inspectable::<ChatBox>(&types);
    assert_is_inspectable::<ChatConnectionLine>(&types);
    assert_is_inspectable::<ChatEmptyText>(&types);
    assert_is_inspectable::<ChatHint>(&types);
    assert_is_inspectable::<ChatInput>(&types);
    assert_is_inspectable::<ChatInputCounter>(&types);
    assert_is_inspectable::<ChatInputPlaceholder>(&types);
    assert_is_inspectable::<ChatInputRow>(&types);
    assert_is_inspectable::<ChatInputTarget>(&types);
    assert_is_inspectable::<ChatJumpButton>(&types);
    assert_is_inspectable::<ChatLog>(&types);
    assert_is_inspectable::<ChatLogRow>(&types);
    assert_is_inspectable::<ChatScrollbar>(&types);
    assert_is_inspectable::<ChatSendGauge>(&types);
    assert_is_inspectable::<ChatTabBar>(&types);
    assert_is_inspectable::<HiddenChatPart>(&types);
}

#[test]
fn an_inspector_changes_the_theme() {
    let mut stage = Stage::new();
    let types = stage.app.world().resource::<AppTypeRegistry>().clone();
    let world = stage.app.world_mut();
    let id = world.component_id::<ChatBoxTheme>().unwrap();
    let entity = world.resource_entities().get(id).unwrap();
    let types = types.read();
    let registration = types.get(std::any::TypeId::of::<ChatBoxTheme>()).unwrap();
    let component = registration.data::<ReflectComponent>().unwrap();
    let mut theme = component.reflect_mut(world.entity_mut(entity)).unwrap();
    *theme.path_mut::<f32>("width").unwrap() = 300.0;
    stage.frames(3);
    assert_eq!(width(&mut stage), 300.0);
}

#[test]
fn settings_and_the_box_are_spawned_by_scenes() {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, AssetPlugin::default(), ScenePlugin));
    app.world_mut()
        .spawn_scene(bsn! { ChatBoxTheme { width: 600.0 } })
        .unwrap();
    assert_eq!(app.world().resource::<ChatBoxTheme>().width, 600.0);
    assert_eq!(app.world().resource::<ChatBoxTheme>().font_size, 15.0);
    let scene = bsn! { ChatBoxState { is_open: true } };
    let chat_box = app.world_mut().spawn_scene(scene).unwrap();
    let state = chat_box.get::<ChatBoxState>().unwrap();
    assert!(state.is_open);
    assert_eq!(state.tab, ChatTabs::ALL);

    let chat_box = app.world_mut().spawn_scene(bsn! { ChatBox }).unwrap();
    assert!(chat_box.contains::<ChatBox>());
}

#[test]
fn a_system_after_the_box_has_drawn_changes_it_in_the_same_frame() {
    fn shout(mut placeholders: Query<&mut Text, With<ChatInputPlaceholder>>) {
        for mut text in &mut placeholders {
            let loud = text.0.to_uppercase();
            text.set_if_neq(Text(loud));
        }
    }
    let mut stage = Stage::new();
    let after_draw = shout
        .after(ChatBoxSystems::Draw)
        .before(ChatBoxSystems::Paint);
    stage.app.add_systems(PostUpdate, after_draw);
    stage.frames(1);
    assert_eq!(stage.says::<ChatInputPlaceholder>(), "PRESS ENTER TO CHAT");
}

#[test]
fn the_overlay_is_shown_and_its_key_changed_at_run_time() {
    let mut stage = Stage::new();
    stage.app.add_plugins(ChatDiagnosticsPlugin::default());
    let overlay = |stage: &mut Stage, change: fn(&mut ChatDiagnosticsOverlay)| {
        change(&mut stage.app.world_mut().resource_mut());
        stage.frames(2);
        let mut texts = stage.app.world_mut().query::<&Text>();
        let mut texts = texts.iter(stage.app.world());
        texts.any(|text| text.0.contains("round trip"))
    };
    assert!(!overlay(&mut stage, |_| ()));
    assert!(overlay(&mut stage, |it| it.is_visible = true));
    assert!(!overlay(&mut stage, |it| it.is_visible = false));
    overlay(&mut stage, |it| it.key = Some(KeyCode::F9));
    stage.tap(bevy::input::keyboard::Key::F9, KeyCode::F9);
    assert!(overlay(&mut stage, |_| ()));
}
