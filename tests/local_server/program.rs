use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use super::client::{APP, KEY};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cometchat-local");

struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_program_says_where_it_listens() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("certificate.pem");
    let child = Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0", "--tls", "--app-id", APP])
        .args(["--auth-key", KEY, "--user", "alice", "--user", "bob:Bob"])
        .arg("--certificate-out")
        .arg(&certificate)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = KilledOnDrop(child);
    let mut line = String::new();
    let output = program.0.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();

    let address = line.trim_end().strip_prefix("listening on https://");
    let port = address.unwrap().strip_prefix("127.0.0.1:").unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    let pem = std::fs::read_to_string(certificate).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn the_program_says_what_to_do_when_it_cannot_start() {
    let output = Command::new(PROGRAM)
        .args(["--listen", "0.0.0.0:0", "--app-id", APP, "--auth-key", KEY])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("--allow-public"), "{error}");
    assert!(!error.contains(KEY), "{error}");
}
