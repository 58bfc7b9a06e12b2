//! The village without a window: messages are printed, and lines of the standard input are sent.

use std::{
    io::stdin,
    sync::{Mutex, mpsc},
    thread,
    time::Duration,
};

use bevy::{app::ScheduleRunnerPlugin, prelude::*};
use bevy_cometchat::prelude::*;

use crate::{zone::Zone, zones::CurrentZone};

/// How long the game runs after the end of the input, in seconds.
const LINGER: f32 = 8.0;
/// How long it waits for the chat before it handles the next line, in seconds.
const PATIENCE: f32 = 10.0;
const FRAME: Duration = Duration::from_millis(33);

/// The lines of the standard input.
#[derive(Resource)]
struct Typed(Mutex<mpsc::Receiver<String>>);

pub(crate) fn plugin(app: &mut App) {
    app.add_plugins(MinimalPlugins.set(ScheduleRunnerPlugin::run_loop(FRAME)))
        .add_systems(Startup, listen)
        .add_systems(
            Update,
            (
                follow_zone.run_if(resource_changed::<CurrentZone>),
                send_typed.run_if(is_in_chat.or_else(is_tired_of_waiting)),
            )
                .chain(),
        );
}

/// The zone is chosen by command, because nobody walks.
fn follow_zone(zone: Res<CurrentZone>, mut member: Single<&mut ChatMember>) {
    **member = ChatMember::of(zone.0.guid());
}

/// Whether the user is in the chat of the current zone.
fn is_in_chat(zone: Res<CurrentZone>, channels: Res<CurrentGroups>) -> bool {
    channels.contains(zone.0.guid())
}

fn is_tired_of_waiting(time: Res<Time<Real>>) -> bool {
    time.elapsed_secs() > PATIENCE
}

fn listen(mut commands: Commands) {
    println!("Type a line to say it, /square or /tavern to walk there.");
    let (typed, lines) = mpsc::channel();
    commands.spawn(ChatMember::of(Zone::Square.guid()));
    commands.insert_resource(Typed(Mutex::new(lines)));
    thread::spawn(move || {
        for line in stdin().lines().map_while(Result::ok) {
            if typed.send(line).is_err() {
                break;
            }
        }
    });
}

fn send_typed(
    mut typed: ResMut<Typed>,
    mut zone: ResMut<CurrentZone>,
    chat: Res<CometChat>,
    time: Res<Time>,
    mut lingered: Local<f32>,
    mut exit: MessageWriter<AppExit>,
) {
    let Ok(lines) = typed.0.get_mut() else { return };
    match lines.try_recv() {
        Ok(line) => match line.trim() {
            "/square" => zone.0 = Zone::Square,
            "/tavern" => zone.0 = Zone::Tavern,
            "" => {}
            // Meant for few or nobody: it must not be read by all.
            command if command.starts_with('/') => {
                println!("Only /square and /tavern are known here. Nothing was sent.");
            }
            words => drop(chat.send_message(TextMessage::to_group(zone.0.guid(), words))),
        },
        Err(mpsc::TryRecvError::Empty) => {}
        Err(mpsc::TryRecvError::Disconnected) => {
            *lingered += time.delta_secs();
            if *lingered > LINGER {
                exit.write(match chat.logged_in_user() {
                    Some(_) => AppExit::Success,
                    None => AppExit::error(),
                });
            }
        }
    }
}
