//! Does a server do what this crate expects of it? Every operation and every event, one after the other, with users and
//! groups made for that and deleted again as far as the server allows.
//!
//! `cargo run --example cloud_check` tries the local server;
//! `cargo run --example cloud_check -- --app-id ID --region us --auth-key-file KEY` tries an app of CometChat's cloud.
//!
//! It prints a table: what was done, what came, and whether that was as expected; then the members of JSON objects that
//! the crate does not know, the error codes that have no type in it, and what was left behind. The same goes to a file,
//! without keys and tokens. The exit code is 0 if all was as expected.

mod args;
mod members;
mod player;
mod raw;
mod report;
mod walk;

use std::{error::Error, process::ExitCode};

use clap::Parser;
use futures_lite::future::block_on;

use args::{Args, Target};
use report::Report;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(report) if report.is_as_expected() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cloud_check: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Tries the server, and prints and writes what it found.
fn run(args: &Args) -> Outcome<Report> {
    let target = Target::new(args)?;
    let mut report = Report::new(&target);
    let walked = block_on(walk::walk(&target, &mut report));
    if let Err(error) = walked {
        report.failed("the check itself", error.to_string());
    }
    let text = report.text();
    println!("{text}");
    std::fs::write(&args.report, &text)?;
    println!("This is also in {}.", args.report.display());
    Ok(report)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn args(report: &Path) -> Args {
        Args::parse_from(["cloud_check", "--report", report.to_str().unwrap()])
    }

    #[test]
    fn the_local_server_does_as_expected_and_the_report_has_no_secrets() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.md");
        let report = run(&args(&path)).unwrap();
        assert!(report.is_as_expected(), "{}", report.text());
        let written = std::fs::read_to_string(path).unwrap();
        assert!(report.secrets().len() >= 4);
        for secret in report.secrets() {
            assert!(!written.contains(secret.as_str()), "{written}");
        }
    }

    #[test]
    fn what_is_not_as_expected_makes_the_check_fail() {
        let directory = tempfile::tempdir().unwrap();
        let target = Target::new(&args(directory.path())).unwrap();
        let mut report = Report::new(&target);
        report.row("one", "a", true);
        assert!(report.is_as_expected());
        report.row("two", "b", false);
        assert!(!report.is_as_expected());
        assert!(report.text().contains("| two | b | **no** |"));
    }

    #[test]
    fn a_secret_that_came_is_not_written() {
        let directory = tempfile::tempdir().unwrap();
        let mut report = Report::new(&Target::new(&args(directory.path())).unwrap());
        report.keep_secret("hunter2");
        report.row("one", "the token is hunter2", true);
        assert!(!report.text().contains("hunter2"));
    }
}
