//! Signals that go round between players: none is lost, and none is taken twice.

use super::{Arena, PLACES, Player, alertably};
use overlapped::{Event, Timeout, Wait, WaitResult, alertable, wait_all, wait_any};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Arena<'_> {
    /// After the game, each is where it was at the start.
    pub(super) fn signals_are_all_there(&self) {
        let poll = |object: &dyn Wait| wait_any(&[object], Timeout::Poll) == Ok(WaitResult::Object(0));
        assert!((0..PLACES).all(|_| poll(&self.places)), "a place was lost");
        assert!(!poll(&self.places), "a place too many");
        assert!(poll(&self.baton), "the baton was lost");
        assert!(!poll(&self.baton), "a second baton");
        assert!(poll(&self.turn), "the mutex has an owner");
        self.turn.release().unwrap();
        assert_eq!(self.turn.release().unwrap_err().code().0, 288, "its owner had taken it once");
    }
}

impl Player<'_> {
    /// Takes one or all of the semaphore, the mutex and the auto-reset event, and gives back what it has got.
    pub(super) fn semaphore_and_others(&mut self) {
        let (arena, moment, alertable) = (self.arena, self.moment(), self.random.below(3) == 0);
        let mut objects: Vec<&dyn Wait> = vec![&arena.places, &arena.turn, &arena.baton];
        let first = self.random.below(3);
        objects.rotate_left(first);
        // Brings the wait to where the system's clock runs; mostly signalled, so it comes last.
        let any = self.random.below(2) == 0;
        if any {
            objects.push(&self.alone);
        } else {
            objects.truncate(2 + self.random.below(2));
        }
        let taken = match (any, alertable) {
            (true, false) => Some(wait_any(&objects, moment)),
            (false, false) => Some(wait_all(&objects, moment)),
            (true, true) => alertably(|| alertable::wait_any(&objects, moment)).transpose(),
            (false, true) => alertably(|| alertable::wait_all(&objects, moment)).transpose(),
        };
        let count = objects.len();
        match taken {
            None | Some(Ok(WaitResult::TimedOut)) => {}
            Some(Ok(WaitResult::Object(index))) if any => self.give_back((first + index) % 3, index < 3),
            Some(Ok(WaitResult::Object(_))) => (0..count).for_each(|index| self.give_back((first + index) % 3, true)),
            Some(other) => panic!("{other:?}"),
        }
    }

    fn give_back(&self, which: usize, taken: bool) {
        if !taken {
            return;
        }
        match which {
            0 => drop(self.arena.places.release(1).unwrap()),
            1 => self.arena.turn.release().unwrap(),
            _ => self.arena.baton.set(),
        }
    }

    /// QueueUserAPC to some player, perhaps this one.
    pub(super) fn function_for_somebody(&mut self) {
        let players = self.arena.players.lock().unwrap();
        let target = &players[self.random.below(players.len())];
        let ran = Arc::clone(&self.arena.ran);
        target.queue(move || _ = ran.fetch_add(1, Ordering::SeqCst)).expect("the player lives");
        self.arena.queued.fetch_add(1, Ordering::SeqCst);
    }

    /// Sets the timer, with a routine or without, or waits for it.
    pub(super) fn set_timer(&mut self) {
        let due = Duration::from_micros([0, 50, 5000][self.random.below(3)]);
        match self.random.below(4) {
            0 => self.timer.set(due, None),
            1 => self.timer.set_with_routine(due, Some(Duration::from_millis(1)), |_| {
                assert!(super::ALERTABLE.get(), "a timer's routine outside of an alertable wait");
            }),
            2 => self.timer.cancel(),
            _ => {
                self.timer.set(due, None);
                let stop = Event::manual_reset(false);
                assert_eq!(wait_any(&[&stop, &self.timer], crate::common::LOST), Ok(WaitResult::Object(1)));
            }
        }
    }
}
