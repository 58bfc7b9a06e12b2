//! A world with zones, and a player who walks about in it.

use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::prelude::*;

use crate::game::{Game, auto_mode, millis};

pub(crate) const INSIDE: Vec3 = Vec3::ZERO;
/// The zone's radius is 10, its margin 1.
pub(crate) const IN_MARGIN: Vec3 = Vec3::new(10.5, 0.0, 0.0);
pub(crate) const OUTSIDE: Vec3 = Vec3::new(100.0, 0.0, 0.0);

pub(crate) fn square() -> ChatZone {
    ChatZone::new("square", Circle::new(10.0))
}

/// Alice, logged in and connected, in a world with a group `square`.
pub(crate) struct World {
    pub(crate) game: Game,
    pub(crate) player: Entity,
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self::without_groups();
        world.game.script.add_group("square", GroupDetails::new());
        world
    }

    pub(crate) fn without_groups() -> Self {
        let mut game = Game::connected(auto_mode());
        game.app
            .init_resource::<News>()
            .add_systems(Update, keep_news);
        let player = game.app.world_mut().spawn(ChatListener).id();
        Self { game, player }
    }

    pub(crate) fn with(zone: ChatZone) -> Self {
        let mut world = Self::new();
        world.spawn(zone);
        world
    }

    pub(crate) fn spawn(&mut self, bundle: impl Bundle) -> Entity {
        self.game.app.world_mut().spawn(bundle).id()
    }

    pub(crate) fn go(&mut self, to: Vec3) {
        let mut player = self.game.app.world_mut().entity_mut(self.player);
        player.insert(Transform::from_translation(to));
    }

    /// Goes there and stays for so long.
    pub(crate) fn be(&mut self, at: Vec3, duration: Duration) {
        self.go(at);
        self.game.advance_at(duration, millis(50));
    }

    pub(crate) fn members(&self) -> Vec<Uid> {
        self.game.script.group_members("square")
    }

    pub(crate) fn is_member(&self) -> bool {
        self.members().contains(&"alice".into())
    }

    /// What the game sees; it must be what the server has.
    pub(crate) fn is_in(&self) -> bool {
        let groups = self.game.app.world().resource::<CurrentGroups>();
        groups.contains("square")
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        let calls = self.game.script.calls();
        calls.iter().filter(|made| made.as_str() == call).count()
    }

    pub(crate) fn joins(&self) -> usize {
        self.count("POST groups/square/members")
    }

    pub(crate) fn leaves(&self) -> usize {
        self.count("DELETE groups/square/members")
    }

    pub(crate) fn lists(&self) -> usize {
        let calls = self.game.script.calls();
        calls
            .iter()
            .filter(|call| call.starts_with("GET groups?"))
            .count()
    }

    /// Sends a message to the group, which the server refuses.
    pub(crate) fn say_in_vain(&mut self, code: ErrorCode) {
        self.game.script.fail_next_send(code, "no");
        let message = TextMessage::to_group("square", "hello?");
        self.game.chat().send_message(message);
        self.game.settle();
    }

    pub(crate) fn news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.game.app.world_mut().resource_mut::<News>().0)
    }
}

#[derive(Resource, Default)]
struct News(Vec<String>);

fn keep_news(
    mut news: ResMut<News>,
    mut joined: MessageReader<GroupJoined>,
    mut left: MessageReader<GroupLeft>,
    mut failed: MessageReader<GroupFailed>,
) {
    let news = &mut news.0;
    news.extend(joined.read().map(|it| format!("joined {}", it.group.guid)));
    news.extend(left.read().map(|it| format!("left {}", it.group.guid)));
    news.extend(failed.read().map(|it| {
        let verb = if it.joining { "join" } else { "leave" };
        let again = if it.retry_in.is_some() {
            "again"
        } else {
            "given up"
        };
        format!("could not {verb} {}: {} ({again})", it.guid, it.error.code)
    }));
}
