//! The Windows programs of `conformance/`, built by `ovl cc` and compared with what they should print.

use std::path::Path;
use std::process::Command;

/// Runs `scripts/conformance`. Takes minutes, so only on demand: `cargo test -p overlapped-win32 --test conformance -- --ignored`.
#[test]
#[ignore = "builds fifty programs with three compilers"]
fn windows_programs_print_what_the_contract_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let status = Command::new(root.join("scripts/conformance")).current_dir(&root).status();
    assert!(status.expect("scripts/conformance needs python3").success(), "see the lines that begin with FAILED");
}
