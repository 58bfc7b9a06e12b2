#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bevy_cometchat::fuzzing::server_frame(bytes));
