//! SetCommMask and WaitCommEvent (contract 01 section 5.5).

use super::common::{LOST, MOMENT, on_every_engine};
use super::{change, code, pair, send, take};
use overlapped::abi::constants::serial as c;
use overlapped::serial::{Events, Mishap, NullModem, OverlappedSerialPort};
use overlapped::{Event, Timeout, WaitResult, wait_any};
use std::io::Write;

/// What a new wait comes to at once.
fn at_once(port: &OverlappedSerialPort) -> Events {
    let wait = port.wait_event();
    assert!(!wait.is_pending(), "it has happened already");
    let (count, events) = wait.wait();
    assert_eq!(count, Ok(4));
    events
}

#[test]
fn what_has_happened_since_the_mask_was_set_ends_a_wait_at_once_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        send(&pair.far, b"before");
        pair.near.set_event_mask(Events::RXCHAR | Events::CTS).unwrap();
        assert_eq!(pair.near.event_mask(), Ok(Events::RXCHAR | Events::CTS));
        let wait = pair.near.wait_event();
        assert!(wait.is_pending(), "what was there before is no event");
        send(&pair.far, b"x");
        assert_eq!(wait.wait(), (Ok(4), Events::RXCHAR));
        // Both, between two waits.
        send(&pair.far, b"y");
        pair.far.escape(c::CLRRTS).unwrap();
        assert_eq!(at_once(&pair.near), Events::RXCHAR | Events::CTS);
        assert!(pair.near.wait_event().is_pending(), "and they are told once");
    });
}

#[test]
fn there_is_one_wait_at_a_time_and_none_without_a_mask_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        assert_eq!(code(pair.near.wait_event().wait().0), 87);
        pair.near.set_event_mask(Events::RXCHAR).unwrap();
        let wait = pair.near.wait_event();
        assert_eq!(code(pair.near.wait_event().wait().0), 87);
        send(&pair.far, b"x");
        assert_eq!(wait.wait(), (Ok(4), Events::RXCHAR), "the first one goes on");
        assert_eq!(code(pair.near.set_event_mask(Events::from_bits_retain(0x2000))), 87);
    });
}

#[test]
fn a_new_mask_ends_a_wait_with_no_event_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        for mask in [Events::RXCHAR, Events::RXCHAR, Events::BREAK, Events::empty()] {
            pair.near.set_event_mask(Events::RXCHAR).unwrap();
            let wait = pair.near.wait_event();
            pair.near.set_event_mask(mask).unwrap();
            assert_eq!(wait.wait(), (Ok(4), Events::empty()));
        }
    });
}

#[test]
fn setting_a_mask_forgets_what_has_happened_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_event_mask(Events::RXCHAR).unwrap();
        send(&pair.far, b"x");
        pair.near.set_event_mask(Events::RXCHAR).unwrap();
        assert!(pair.near.wait_event().is_pending());
    });
}

#[test]
fn empty_is_told_once_after_each_transmission_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        send(&pair.near, b"before");
        pair.near.set_event_mask(Events::TXEMPTY).unwrap();
        let wait = pair.near.wait_event();
        assert!(wait.is_pending(), "nothing was sent since");
        send(&pair.near, b"seventeen bytes..");
        assert_eq!(wait.wait(), (Ok(4), Events::TXEMPTY));
        assert!(pair.near.wait_event().is_pending(), "and that was all");
    });
}

#[test]
fn empty_waits_for_the_last_byte_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_event_mask(Events::TXEMPTY).unwrap();
        pair.near.escape(c::SETXOFF).unwrap();
        let (wait, write) = (pair.near.wait_event(), pair.near.write(b"abc".to_vec()));
        assert!(wait.is_pending() && write.is_pending());
        pair.near.escape(c::SETXON).unwrap();
        assert_eq!(wait.wait(), (Ok(4), Events::TXEMPTY));
        assert_eq!(write.wait().0, Ok(3));
    });
}

#[test]
fn the_event_character_is_told_among_others_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.near, |dcb| dcb.evt_char = b'\n');
        pair.near.set_event_mask(Events::RXFLAG).unwrap();
        let wait = pair.near.wait_event();
        send(&pair.far, b"line");
        assert!(wait.is_pending());
        send(&pair.far, b"\n");
        assert_eq!(wait.wait(), (Ok(4), Events::RXFLAG));
        assert_eq!(take(&pair.near), b"line\n", "it is a byte like others");
    });
}

#[test]
fn changes_of_the_lines_are_events_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        let all = Events::CTS | Events::DSR | Events::RLSD | Events::RING;
        pair.near.set_event_mask(all).unwrap();
        let steps = [
            (c::CLRRTS, Events::CTS),
            (c::SETRTS, Events::CTS),
            (c::CLRDTR, Events::DSR | Events::RLSD),
            (c::SETDTR, Events::DSR | Events::RLSD),
        ];
        for (step, events) in steps {
            let wait = pair.near.wait_event();
            pair.far.escape(step).unwrap();
            assert_eq!(wait.wait(), (Ok(4), events), "escape {step}");
        }
        let wait = pair.near.wait_event();
        pair.far.escape(c::SETDTR).unwrap();
        assert!(wait.is_pending(), "it was on");
        pair.near.ring(true).unwrap();
        assert_eq!(wait.wait(), (Ok(4), Events::RING));
    });
}

#[test]
fn breaks_and_errors_are_events_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_event_mask(Events::BREAK | Events::ERR).unwrap();
        let wait = pair.near.wait_event();
        pair.far.escape(c::SETBREAK).unwrap();
        assert_eq!(wait.wait(), (Ok(4), Events::BREAK));
        pair.far.escape(c::CLRBREAK).unwrap();
        for mishap in [Mishap::Parity, Mishap::Framing, Mishap::Overrun] {
            let wait = pair.near.wait_event();
            pair.near.garble(mishap, b'?').unwrap();
            assert_eq!(wait.wait(), (Ok(4), Events::ERR), "{mishap:?}");
        }
    });
}

#[test]
fn a_queue_that_becomes_four_fifths_full_is_an_event_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        let size = pair.near.properties().unwrap().current_rx_queue as usize;
        pair.near.set_event_mask(Events::RX80FULL).unwrap();
        let wait = pair.near.wait_event();
        send(&pair.far, &vec![0; size * 4 / 5 - 1]);
        assert!(wait.is_pending());
        send(&pair.far, b"x");
        assert_eq!(wait.wait(), (Ok(4), Events::RX80FULL));
        send(&pair.far, b"x");
        assert!(pair.near.wait_event().is_pending(), "it was that already");
    });
}

#[test]
fn a_wait_sets_the_event_of_a_read_beside_it_alone_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(overlapped::serial::Timeouts::waiting()).unwrap();
        pair.near.set_event_mask(Events::RXCHAR).unwrap();
        let event = Event::auto_reset(false);
        let (wait, read) = (pair.near.wait_event(), pair.near.read_with_event(vec![0; 2], &event));
        send(&pair.far, b"x");
        assert!(wait_any(&[&wait], LOST).is_ok());
        assert_eq!(wait.wait(), (Ok(4), Events::RXCHAR), "also for a byte that a read takes at once");
        assert!(read.is_pending());
        send(&pair.far, b"y");
        assert_eq!(read.wait(), (Ok(2), b"xy".to_vec()));
    });
}

#[test]
fn a_cancelled_wait_leaves_the_events_to_the_next_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_event_mask(Events::RXCHAR).unwrap();
        let wait = pair.near.wait_event();
        assert!(wait.cancel());
        assert_eq!(code(wait.wait().0), 995);
        drop(pair.near.wait_event());
        send(&pair.far, b"x");
        assert_eq!(at_once(&pair.near), Events::RXCHAR);
    });
}

#[test]
fn a_synchronous_wait_keeps_other_calls_waiting_01_5_5() {
    on_every_engine(|lab| {
        let (near, far) = NullModem::new().system(&lab.system).open_synchronous().unwrap();
        near.set_event_mask(Events::RXCHAR).unwrap();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| near.wait_event());
            let begun = || wait_any(&[&near], Timeout::Poll) == Ok(WaitResult::TimedOut);
            super::common::eventually("the wait begins", begun);
            let caller = scope.spawn(|| near.event_mask());
            std::thread::sleep(MOMENT);
            assert!(!caller.is_finished(), "requests of a synchronous port are served one at a time");
            (&far).write_all(b"x").unwrap();
            assert_eq!(waiter.join().unwrap(), Ok(Events::RXCHAR));
            assert_eq!(caller.join().unwrap(), Ok(Events::RXCHAR));
        });
    });
}
