//! The request word: cancellation against completion.

use super::check;
use crate::request::word::{Cancelled, Last, RequestWord};
use loom::sync::Arc;
use loom::thread;

#[test]
fn cancel_against_completion_one_marks_and_one_completes() {
    check(4, || {
        let word = Arc::new(RequestWord::new());
        word.pend();
        let cancellers: Vec<_> = (0..2)
            .map(|_| {
                let word = Arc::clone(&word);
                thread::spawn(move || word.cancel())
            })
            .collect();
        let last = word.complete();
        assert!(!word.publish());
        let marked = cancellers.into_iter().map(|t| t.join().unwrap()).filter(|c| *c == Cancelled::Marked).count();
        assert!(marked <= 1, "one canceller at most is told to act");
        match last {
            Last::Cancelling => assert_eq!(marked, 1),
            Last::Pending => assert_eq!(marked, 0),
        }
        assert!(word.is_complete());
    });
}

#[test]
fn whoever_sees_it_complete_sees_the_outcome() {
    check(4, || {
        let word = Arc::new(RequestWord::new());
        let outcome = Arc::new(loom::cell::UnsafeCell::new(0));
        word.pend();
        let engine = {
            let (word, outcome) = (Arc::clone(&word), Arc::clone(&outcome));
            thread::spawn(move || {
                let _ = word.complete();
                // SAFETY: the checker itself reports an access that is not ordered.
                outcome.with_mut(|o| unsafe { *o = 42 });
                let _ = word.publish();
            })
        };
        if word.is_complete() {
            // SAFETY: as above.
            outcome.with(|o| assert_eq!(unsafe { *o }, 42));
        }
        engine.join().unwrap();
    });
}

#[test]
fn a_watcher_is_told_or_sees_for_itself() {
    check(4, || {
        let word = Arc::new(RequestWord::new());
        word.pend();
        let engine = {
            let word = Arc::clone(&word);
            thread::spawn(move || {
                let _ = word.complete();
                word.publish()
            })
        };
        let will_be_told = word.watch();
        let told = engine.join().unwrap();
        assert_eq!(will_be_told, told, "neither forgotten nor told twice");
    });
}

#[test]
fn one_of_two_collectors_gets_the_payload() {
    check(4, || {
        let word = Arc::new(RequestWord::new());
        word.pend();
        let other = {
            let word = Arc::clone(&word);
            thread::spawn(move || word.collect())
        };
        let _ = word.complete();
        let _ = word.publish();
        let mine = word.collect();
        assert!(mine != other.join().unwrap());
    });
}
