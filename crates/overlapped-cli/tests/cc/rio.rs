//! Registered I/O, with both ways to be notified, on both engines.

use crate::Place;
use std::process::Command;

#[test]
fn registered_requests_complete_in_their_queues() {
    let place = Place::new(&[("rio.c", include_str!("rio.c"))]);
    place.compile(&["cc", "rio.c"]);
    for engine in ["uring", "epoll"] {
        let output = Command::new(place.path("program")).env("OVERLAPPED_ENGINE", engine).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said, "1 1 hello\n0 0\n5 hello 1\n10053\n1\n", "{engine}: {:?}", output.status);
    }
}
