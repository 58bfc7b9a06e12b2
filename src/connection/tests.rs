//! The rules of the connection, each proved in virtual time. A test's name starts with the rule it proves.

mod auto_mode;
mod harness;
mod keep_alive;
mod leaving_and_time;
mod link_health;
mod manual_background;
mod manual_mode;
mod random_inputs;
mod repair;
mod session;
mod simulation;
