#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bevy_cometchat::fuzzing::message_query(bytes));
