//! The configuration file: no text makes the reader panic; one with an error changes nothing, and says what is wrong and where; one
//! without changes the same things each time.

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped_kernel::namespace::Namespace;
use std::path::Path;

fuzz_target!(|text: &str| {
    let (before, file) = (Namespace::new(), Path::new("/etc/devices.toml"));
    let mut table = before.clone();
    match table.apply_toml(text, file) {
        Err(error) => {
            assert_eq!(table, before, "half a file was applied: {error}");
            assert!(error.line >= 1 && error.line <= text.lines().count().max(1) + 1, "{error}");
            assert!(error.to_string().starts_with("/etc/devices.toml:") && !error.problem.is_empty());
        }
        Ok(()) => {
            let once = table.clone();
            table.apply_toml(text, file).expect("what was valid is valid");
            assert_eq!(table, once, "twice is once");
            assert!(table.iter().count() <= before.iter().count() + text.len());
        }
    }
});
