//! What CometChat's SDK sends, this crate's client sends, too: the same operations by both, compared field by field.

#[path = "wire/differences.rs"]
mod differences;
#[path = "wire/fields.rs"]
mod fields;
#[path = "wire/operations.rs"]
mod operations;
#[path = "wire/side.rs"]
mod side;
#[path = "wire/tap.rs"]
mod tap;

use std::{collections::BTreeMap, fmt::Write};

use differences::INTENDED;
use fields::Fields;
use operations::operations;
use side::{ClientSide, SdkSide};

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn the_client_sends_what_the_sdk_sends() {
    let (mut sdk, mut client) = (SdkSide::new(), ClientSide::new());
    let mut by_sdk: BTreeMap<&str, Fields> = BTreeMap::new();
    let mut report = String::new();
    let mut unused: Vec<_> = INTENDED.iter().collect();
    for operation in operations() {
        let theirs = sdk.record(&operation);
        let ours = client.record(&operation);
        for (at, sdks, clients) in fields::differences(&theirs, &ours) {
            unused.retain(|intended| !intended.is_about(operation.name, at));
            if !INTENDED
                .iter()
                .any(|intended| intended.is_about(operation.name, at))
            {
                writeln!(
                    report,
                    "{}: {at}\n  SDK:    {sdks:?}\n  client: {clients:?}",
                    operation.name
                )
                .unwrap();
            }
        }
        assert!(
            by_sdk.insert(operation.name, theirs).is_none(),
            "{} stands twice",
            operation.name
        );
    }
    side::keep("sdk_sends.json", &by_sdk);
    assert!(
        report.is_empty(),
        "differences that nobody intended:\n{report}"
    );
    assert!(unused.is_empty(), "no longer a difference: {unused:#?}");
}
