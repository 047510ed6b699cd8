//! The handle table: closing against using.

use super::check;
use crate::handle::HandleTable;
use loom::sync::atomic::{AtomicBool, Ordering::*};
use loom::thread;
use std::sync::Arc;

fn remove(table: &HandleTable<u32>, handle: crate::handle::Handle) -> Option<u32> {
    table.remove(handle, |_| Ok::<_, ()>(())).and_then(Result::ok)
}

#[test]
fn close_against_use_gives_the_object_or_nothing_and_never_another() {
    check(4, || {
        let table = Arc::new(HandleTable::new());
        let handle = table.insert(1).unwrap();
        let user = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.get(handle))
        };
        let closer = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                let closed = remove(&table, handle);
                // In the model a freed slot is used again at once.
                let other = table.insert(2).unwrap();
                assert_ne!(other, handle);
                closed
            })
        };
        let closed = remove(&table, handle);
        let used = user.join().unwrap();
        assert!(used.is_none() || used == Some(1), "the handle reached {used:?}");
        assert_eq!([closed, closer.join().unwrap()].iter().flatten().count(), 1, "one close succeeds");
        assert_eq!(table.get(handle), None);
    });
}

#[test]
fn a_watch_says_closed_to_a_thread_that_knows_of_the_close() {
    check(3, || {
        let table = Arc::new(HandleTable::new());
        let handle = table.insert(1).unwrap();
        let (value, watch) = table.get_watched(handle).unwrap();
        assert!(value == 1 && watch.is_open());
        let known = Arc::new(AtomicBool::new(false));
        let closer = {
            let (table, known) = (Arc::clone(&table), Arc::clone(&known));
            thread::spawn(move || {
                assert_eq!(remove(&table, handle), Some(1));
                // In the model the slot is used again at once.
                table.insert(2).unwrap();
                known.store(true, Release);
            })
        };
        if known.load(Acquire) {
            assert!(!watch.is_open());
        }
        closer.join().unwrap();
        assert!(!watch.is_open());
    });
}
