//! The connection's status as a Bevy state.

use bevy::prelude::*;
use bevy_cometchat::{prelude::*, test_util::ScriptedChat};

#[derive(Resource, Default)]
struct Entered(Vec<ConnectionState>);

fn note(state: Res<State<ConnectionState>>, mut entered: ResMut<Entered>) {
    entered.0.push(**state);
}

#[test]
fn the_state_follows_the_status_within_the_same_update() {
    let script = ScriptedChat::new();
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, script.plugin("app", AppSettings::default())))
        .init_resource::<Entered>()
        .add_systems(OnEnter(ConnectionState::Connecting), note)
        .add_systems(OnEnter(ConnectionState::Connected), note)
        .add_systems(OnExit(ConnectionState::Connected), note)
        .add_systems(
            Update,
            |chat: Res<CometChat>, state: Res<State<ConnectionState>>| {
                assert_eq!(
                    chat.connection_status() == ConnectionStatus::Connected,
                    **state == ConnectionState::Connected
                );
            },
        );
    script.set_latency(std::time::Duration::from_secs(1));
    app.world()
        .resource::<CometChat>()
        .login(AuthKey::new("alice", "key"));
    script.advance(&mut app, std::time::Duration::from_secs(3));
    app.world().resource::<CometChat>().disconnect();
    script.update(&mut app);
    script.update(&mut app);
    assert_eq!(
        app.world().resource::<Entered>().0,
        [
            ConnectionState::Connecting,
            ConnectionState::Connected,
            ConnectionState::Disconnected
        ]
    );
    let state = app.world().resource::<State<ConnectionState>>();
    assert_eq!(**state, ConnectionState::Disconnected);
}
