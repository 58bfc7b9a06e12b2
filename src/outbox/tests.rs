//! The rules O1–O9 in virtual time. Each test names the rule it proves.

mod bounds;
mod harness;
mod pace;
mod persistence;
mod random_inputs;
mod send_errors;
mod sending;
mod unconfirmed;
