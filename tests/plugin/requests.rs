//! Requests: callbacks, futures, polling, or nothing at all.

use std::sync::{Arc, Mutex};

use bevy::{
    ecs::error::{ErrorContext, FallbackErrorHandler},
    prelude::*,
    tasks::ComputeTaskPool,
};
use bevy_cometchat::{model, prelude::*, test_util::ScriptedChat};

use super::game::*;

#[derive(Resource, Default)]
struct Seen(Vec<String>);

fn see_user(user: In<Arc<User>>, mut seen: ResMut<Seen>) {
    seen.0.push(format!("user {}", user.uid));
}

fn see_error(error: In<ChatError>, mut seen: ResMut<Seen>) {
    seen.0.push(error.code.to_string());
}

fn game() -> Game {
    let mut game = Game::new(manual());
    game.app.init_resource::<Seen>();
    game
}

fn seen(game: &Game) -> &[String] {
    &game.app.world().resource::<Seen>().0
}

#[test]
fn success_runs_the_one_callback_once() {
    let mut game = game();
    game.chat()
        .login(AuthKey::new("alice", "key"))
        .on_success(see_user)
        .on_error(see_error);
    game.settle();
    assert_eq!(seen(&game), ["user alice"]);
}

#[test]
fn failure_runs_the_other_one() {
    let mut game = game();
    game.script
        .fail_next_login(ErrorCode::ServerUnreachable, "no network");
    game.chat()
        .login(AuthKey::new("alice", "key"))
        .on_success(see_user)
        .on_error(see_error);
    game.settle();
    assert_eq!(seen(&game), ["FAILED_TO_FETCH"]);
}

#[test]
fn a_callback_can_be_added_after_the_outcome() {
    let mut game = game();
    let request = game.chat().connect();
    game.settle();
    assert!(request.outcome().is_some_and(|outcome| outcome.is_err()));
    let wakes = game.script.wakes();
    let _late = request.on_error(see_error);
    assert_eq!(
        game.script.wakes(),
        wakes + 1,
        "a sleeping app is woken for it"
    );
    game.settle();
    assert_eq!(seen(&game), ["ERROR_USER_NOT_LOGGED_IN"]);
}

/// What Bevy's error handler got from callbacks.
static ERRORS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn keep_error(error: BevyError, context: ErrorContext) {
    assert_eq!(context.kind(), "system");
    let error = error.to_string();
    ERRORS.lock().expect("no poison").push(error);
}

fn has_error(words: &str) -> bool {
    let errors = ERRORS.lock().expect("no poison");
    errors.iter().any(|error| error.contains(words))
}

#[test]
fn a_callback_may_return_an_error_and_take_any_parameter() {
    fn fallible(user: In<Arc<User>>, mut commands: Commands) -> Result {
        commands.spawn(Name::new(user.name.to_string()));
        Err("the game's own trouble".into())
    }
    let mut game = game();
    game.app.insert_resource(FallbackErrorHandler(keep_error));
    game.chat()
        .login(AuthKey::new("alice", "key"))
        .on_success(fallible);
    game.settle();
    assert_eq!(game.run(|names: Query<&Name>| names.iter().count()), 1);
    assert!(has_error("the game's own trouble"));
}

#[test]
fn a_callback_that_lacks_a_resource_fails_as_a_system_does_and_the_next_one_runs() {
    #[derive(Resource)]
    struct Missing;
    fn needy(_: In<Arc<User>>, _missing: Res<Missing>) {}
    let mut game = game();
    game.app.insert_resource(FallbackErrorHandler(keep_error));
    game.chat()
        .login(AuthKey::new("alice", "key"))
        .on_success(needy)
        .on_success(see_user);
    game.settle();
    assert_eq!(seen(&game), ["user alice"]);
    assert!(has_error("Resource does not exist"));
}

#[test]
fn a_callback_sees_the_state_that_it_is_about_and_can_go_on_from_there() {
    fn connect(_: In<Arc<User>>, chat: Res<CometChat>) {
        assert!(chat.logged_in_user().is_some());
        chat.connect()
            .on_success(|_: In<()>, chat: Res<CometChat>, mut seen: ResMut<Seen>| {
                seen.0.push(chat.connection_status().to_string());
            });
    }
    let mut game = game();
    game.chat()
        .login(AuthKey::new("alice", "key"))
        .on_success(connect);
    game.settle();
    assert_eq!(seen(&game), ["connected"]);
}

#[test]
fn callbacks_run_in_the_order_of_the_outcomes() {
    let mut game = game();
    game.log_in();
    for text in ["one", "two", "three"] {
        game.chat()
            .send_message(TextMessage::to_user("bob", text))
            .on_success(|message: In<model::Message>, mut seen: ResMut<Seen>| {
                seen.0.push(format!(
                    "{} {}",
                    message.id,
                    message.text().unwrap_or_default()
                ));
            });
    }
    game.settle();
    assert_eq!(seen(&game), ["1 one", "2 two", "3 three"]);
}

#[test]
fn a_dropped_request_runs_all_the_same() {
    let mut game = game();
    game.log_in();
    game.chat().send_message(TextMessage::to_user("bob", "hi"));
    game.settle();
    assert_eq!(game.script.sent().len(), 1);
}

#[test]
fn a_request_can_be_awaited_in_a_task() {
    let mut game = game();
    let login = game.chat().login(AuthKey::new("alice", "key"));
    let heard = Arc::new(Mutex::new(None));
    let told = heard.clone();
    ComputeTaskPool::get()
        .spawn(async move {
            let user = login.await.expect("logins succeed");
            *told.lock().expect("no poison") = Some(user.uid.to_string());
        })
        .detach();
    // The outcome is there after the first updates; the pool's threads come to it when they do.
    while heard.lock().expect("no poison").is_none() {
        game.script.update(&mut game.app);
        std::thread::yield_now();
    }
    assert_eq!(heard.lock().expect("no poison").as_deref(), Some("alice"));
}

#[test]
fn a_request_can_be_polled() {
    let mut game = game();
    let login = game.chat().login(AuthKey::new("alice", "key"));
    assert!(login.is_open());
    assert_eq!(login.outcome(), None);
    game.settle();
    assert!(!login.is_open());
    assert!(login.outcome().is_some_and(|outcome| outcome.is_ok()));
}

#[test]
fn an_outcome_and_the_state_change_together_at_the_start_of_a_frame() {
    #[derive(Resource)]
    struct Connecting(Request<()>);
    fn connect(mut commands: Commands, chat: Res<CometChat>) {
        commands.insert_resource(Connecting(chat.connect()));
    }
    fn look(chat: Res<CometChat>, connecting: Option<Res<Connecting>>) {
        let is_connected = chat.connection_status() == ConnectionStatus::Connected;
        let has_succeeded = connecting.is_some_and(|connecting| !connecting.0.is_open());
        assert_eq!(is_connected, has_succeeded);
    }
    let mut game = game();
    game.log_in();
    game.app
        .add_systems(First, look)
        .add_systems(Update, connect.run_if(run_once))
        .add_systems(PostUpdate, look)
        .add_systems(Last, look);
    game.script.update(&mut game.app);
    assert!(
        game.script.is_connected(),
        "the server has accepted already"
    );
    assert_eq!(game.status(), ConnectionStatus::Disconnected);
    game.script.update(&mut game.app);
    assert_eq!(game.status(), ConnectionStatus::Connected);
}

#[test]
fn s1_a_bad_app_id_or_region_fails_init_and_whatever_follows() {
    for (app_id, settings, code) in [
        ("", auto_mode(), "MISSING_PARAMETERS"),
        (
            "app",
            AppSettings::builder().region("u s").build(),
            "INVALID_REGION",
        ),
    ] {
        let script = ScriptedChat::new();
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, script.uninitialized_plugin()))
            .init_resource::<Seen>();
        let mut game = Game { app, script };
        game.chat().init(app_id, settings).on_error(see_error);
        game.chat()
            .login(AuthKey::new("alice", "key"))
            .on_error(see_error);
        game.chat().connect().on_error(see_error);
        game.settle();
        let not_done = "COMETCHAT_INITIALIZATION_NOT_DONE";
        assert_eq!(seen(&game), [code, not_done, not_done]);
    }
}

#[test]
fn s1_the_plugin_survives_a_failed_init() {
    let mut game = Game::with(ScriptedChat::new(), auto_mode(), |plugin| plugin);
    game.settle();
    let script = ScriptedChat::new();
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, script.plugin("", auto_mode())))
        .init_resource::<Seen>();
    let mut game = Game { app, script };
    game.chat()
        .login(AuthKey::new("alice", "key"))
        .on_error(see_error);
    game.settle();
    assert_eq!(seen(&game), ["COMETCHAT_INITIALIZATION_NOT_DONE"]);
}

#[test]
fn s1_a_game_can_init_by_itself() {
    let script = ScriptedChat::new().with_saved_session("alice");
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, script.uninitialized_plugin()))
        .init_resource::<Seen>();
    let mut game = Game { app, script };
    game.settle();
    assert!(game.chat().logged_in_user().is_none());
    let init = game.chat().init("app", manual());
    game.settle();
    assert!(matches!(init.outcome(), Some(Ok(Some(user))) if user.uid == "alice"));
    assert!(
        !game.chat().keep_alive(),
        "manual mode has no keep-alive by default"
    );
}
