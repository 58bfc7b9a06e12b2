//! A zone in a real app on real sockets. How zones behave in time is proved by the plugin's own tests.

use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy_cometchat::{client::Event, model::GroupActionKind, prelude::*};

use super::{
    player::{APP, KEY, PATIENCE, ended, settings},
    scene::{Scene, refused},
};

/// A game of alice's, with a zone around the origin.
struct Game(App);

impl Game {
    fn new(scene: &Scene) -> Self {
        let settings = settings(scene.server.address()).build();
        let group = ChatGroup::new("guild").or_create(GroupDetails::new());
        let zone = ChatZone::new(group, Sphere::new(10.0));
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, CometChatPlugin::new(APP, settings)));
        app.world_mut()
            .spawn(zone.with_delays(Duration::ZERO, Duration::ZERO));
        let chat = app.world().resource::<CometChat>();
        chat.login(AuthKey::new("alice", KEY));
        Self(app)
    }

    /// Updates until something is so.
    fn run_until<T>(&mut self, what: &str, mut find: impl FnMut(&mut World) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.0.update();
            if let Some(found) = find(self.0.world_mut()) {
                return found;
            }
            assert!(Instant::now() < deadline, "no {what} in time");
            std::thread::yield_now();
        }
    }

    fn run_until_in_the_guild(&mut self, is_in: bool) {
        self.run_until("change of groups", |world| {
            let groups = world.resource::<CurrentGroups>();
            (groups.contains("guild") == is_in).then_some(())
        });
    }
}

#[test]
fn a_game_with_a_zone_and_no_chat_code_joins_talks_and_leaves() {
    let scene = Scene::new();
    let mut bob = scene.live("bob");
    let mut game = Game::new(&scene);
    assert_eq!(
        refused(bob.client.join_group("guild", None)),
        ErrorCode::GroupNotFound
    );

    let player = game.0.world_mut().spawn(ChatListener).id();
    game.run_until_in_the_guild(true);
    ended(bob.client.join_group("guild", None)).expect("alice created it");
    ended(
        bob.client
            .send_message(TextMessage::to_group("guild", "well met")),
    )
    .unwrap();
    let text = game.run_until("message", |world| {
        let mut received = world.resource_mut::<Messages<MessageReceived>>();
        received
            .drain()
            .find_map(|message| message.text().map(String::from))
    });
    assert_eq!(text, "well met");

    game.0
        .world_mut()
        .entity_mut(player)
        .insert(Transform::from_xyz(0.0, 0.0, 50.0));
    game.run_until_in_the_guild(false);
    let action = game.run_until("departure of alice's", |_| {
        bob.drain().into_iter().find_map(|event| match event {
            Event::GroupChanged(message) => message.group_action().cloned(),
            _ => None,
        })
    });
    assert_eq!(
        (action.kind, action.on.uid.as_str()),
        (GroupActionKind::Left, "alice")
    );
    let group = ended(bob.client.group("guild")).unwrap();
    assert_eq!(group.owner.as_ref().unwrap(), &"bob", "given away");
}
