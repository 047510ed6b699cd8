//! The table of contract 01 section 5.4, on virtual time: every time is exact.

use super::common::{Lab, on_sim, seed};
use super::{Pair, code, pair, pair_of, send};
use overlapped::abi::CommTimeouts;
use overlapped::abi::constants::serial::{MAXDWORD, SETXOFF};
use overlapped::engine::SimEngine;
use overlapped::serial::{NullModem, Timeouts};
use overlapped::{Operation, alertable};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn on_virtual_time(test: impl Fn(&Lab) + Send + Sync + Clone + 'static) {
    on_sim(SimEngine::builder().seed(seed()), test);
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// How long it is since the engine's clock showed `start`, in nanoseconds.
fn since(lab: &Lab, start: u64) -> Duration {
    Duration::from_nanos(lab.system.engine().now().0 - start)
}

fn now(lab: &Lab) -> u64 {
    lab.system.engine().now().0
}

fn set(pair: &Pair, gap: u32, each: u32, constant: u32) {
    let timeouts = CommTimeouts {
        read_interval_timeout: gap,
        read_total_timeout_multiplier: each,
        read_total_timeout_constant: constant,
        ..CommTimeouts::default()
    };
    pair.near.set_timeouts(Timeouts::from_raw(timeouts)).unwrap();
}

/// The bytes that an operation has come to.
fn bytes(operation: Operation<Vec<u8>>) -> Vec<u8> {
    let (done, mut buffer) = operation.wait();
    buffer.truncate(done.expect("a timeout is a success"));
    buffer
}

fn pause(lab: &Lab, time: Duration) {
    assert!(!alertable::sleep_in(&lab.system, time), "no function is queued to this thread");
}

#[test]
fn without_timeouts_a_read_waits_until_it_is_full_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, 0, 0, 0);
        let read = pair.near.read(vec![0; 4]);
        send(&pair.far, b"abc");
        pause(lab, HOUR);
        assert!(read.is_pending());
        send(&pair.far, b"de");
        assert_eq!(bytes(read), b"abcd");
    });
}

#[test]
fn a_total_counts_from_the_start_and_by_the_bytes_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, 0, 3, 50);
        let start = now(lab);
        assert_eq!(bytes(pair.near.read(vec![0; 10])), b"");
        assert_eq!(since(lab, start), ms(80));
        let (start, read) = (now(lab), pair.near.read(vec![0; 10]));
        pause(lab, ms(79));
        send(&pair.far, b"late");
        assert_eq!(bytes(read), b"late");
        assert_eq!(since(lab, start), ms(80));
        let (start, read) = (now(lab), pair.near.read(vec![0; 4]));
        pause(lab, ms(10));
        send(&pair.far, b"full");
        assert_eq!((bytes(read), since(lab, start)), (b"full".to_vec(), ms(10)));
    });
}

#[test]
fn a_gap_counts_from_the_first_byte_on_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, 20, 0, 0);
        let read = pair.near.read(vec![0; 10]);
        pause(lab, HOUR);
        assert!(read.is_pending(), "the wait for the first byte has no limit");
        send(&pair.far, b"a");
        pause(lab, ms(19));
        let last = now(lab);
        send(&pair.far, b"b");
        assert_eq!((bytes(read), since(lab, last)), (b"ab".to_vec(), ms(20)));
    });
}

#[test]
fn what_was_queued_before_is_followed_by_a_gap_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, 20, 0, 0);
        send(&pair.far, b"ab");
        pause(lab, HOUR);
        let start = now(lab);
        assert_eq!((bytes(pair.near.read(vec![0; 10])), since(lab, start)), (b"ab".to_vec(), ms(20)));
    });
}

#[test]
fn of_gap_and_total_the_first_ends_the_read_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, 20, 0, 100);
        let start = now(lab);
        assert_eq!((bytes(pair.near.read(vec![0; 10])), since(lab, start)), (vec![], ms(100)));
        let (start, read) = (now(lab), pair.near.read(vec![0; 10]));
        send(&pair.far, b"a");
        assert_eq!((bytes(read), since(lab, start)), (b"a".to_vec(), ms(20)));
        let (start, read) = (now(lab), pair.near.read(vec![0; 100]));
        for _ in 0..9 {
            send(&pair.far, b"x");
            pause(lab, ms(11));
        }
        assert_eq!((bytes(read).len(), since(lab, start)), (9, ms(100)));
    });
}

#[test]
fn a_read_that_waits_for_nothing_takes_what_is_there_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, MAXDWORD, 0, 0);
        let start = now(lab);
        assert_eq!(bytes(pair.near.read(vec![0; 10])), b"");
        send(&pair.far, b"abc");
        assert_eq!(bytes(pair.near.read(vec![0; 2])), b"ab");
        assert_eq!(bytes(pair.near.read(vec![0; 10])), b"c");
        assert_eq!(since(lab, start), Duration::ZERO);
    });
}

#[test]
fn a_read_that_waits_for_the_first_byte_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, MAXDWORD, MAXDWORD, 70);
        let start = now(lab);
        assert_eq!((bytes(pair.near.read(vec![0; 10])), since(lab, start)), (vec![], ms(70)));
        send(&pair.far, b"there");
        let start = now(lab);
        assert_eq!((bytes(pair.near.read(vec![0; 10])), since(lab, start)), (b"there".to_vec(), ms(0)));
        let read = pair.near.read(vec![0; 10]);
        pause(lab, ms(30));
        send(&pair.far, b"come");
        assert_eq!((bytes(read), since(lab, start)), (b"come".to_vec(), ms(30)));
    });
}

#[test]
fn maxdword_with_a_constant_alone_is_a_total_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, MAXDWORD, 0, 70);
        let (start, read) = (now(lab), pair.near.read(vec![0; 10]));
        send(&pair.far, b"a");
        assert_eq!((bytes(read), since(lab, start)), (b"a".to_vec(), ms(70)));
    });
}

#[test]
fn three_times_maxdword_is_87_and_changes_nothing_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, 1, 2, 3);
        let [read_interval_timeout, read_total_timeout_multiplier, read_total_timeout_constant] = [MAXDWORD; 3];
        let all = CommTimeouts {
            read_interval_timeout,
            read_total_timeout_multiplier,
            read_total_timeout_constant,
            ..CommTimeouts::default()
        };
        assert_eq!(code(pair.near.set_timeouts(Timeouts::from_raw(all))), 87);
        assert_eq!(pair.near.timeouts().unwrap().raw().read_total_timeout_constant, 3);
    });
}

#[test]
fn a_write_ends_with_what_went_in_its_time_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair_of(lab, NullModem::new().paced(true));
        let timeouts = CommTimeouts {
            write_total_timeout_multiplier: 1,
            write_total_timeout_constant: 10,
            ..CommTimeouts::default()
        };
        pair.near.set_timeouts(Timeouts::from_raw(timeouts)).unwrap();
        pair.near.escape(SETXOFF).unwrap();
        let start = now(lab);
        assert_eq!(pair.near.write(vec![0; 10]).wait().0, Ok(0));
        assert_eq!(since(lab, start), ms(20));
        // At 9600 baud a byte takes 1.04 ms: 110 of them are under way in 115 ms.
        pair.near.escape(overlapped::abi::constants::serial::SETXON).unwrap();
        pair.near.set_timeouts(Timeouts::waiting().write(ms(115))).unwrap();
        let start = now(lab);
        let sent = pair.near.write(vec![0; 200]).wait().0.unwrap();
        assert_eq!((sent, since(lab, start)), (111, ms(115)));
    });
}

#[test]
fn without_timeouts_a_write_waits_as_long_as_it_takes_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        pair.near.escape(SETXOFF).unwrap();
        let write = pair.near.write(b"abc".to_vec());
        pause(lab, HOUR);
        assert!(write.is_pending());
        pair.near.escape(overlapped::abi::constants::serial::SETXON).unwrap();
        assert_eq!(write.wait().0, Ok(3));
    });
}

#[test]
fn the_clock_of_a_read_runs_when_it_is_the_oldest_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, 0, 0, 100);
        let (start, first, second) = (now(lab), pair.near.read(vec![0; 4]), pair.near.read(vec![0; 4]));
        assert_eq!((bytes(first), since(lab, start)), (vec![], ms(100)));
        assert_eq!((bytes(second), since(lab, start)), (vec![], ms(200)));
    });
}

#[test]
fn new_timeouts_count_for_what_is_issued_afterwards_01_5_4() {
    on_virtual_time(|lab| {
        let pair = pair(lab);
        set(&pair, 0, 0, 100);
        let (start, read) = (now(lab), pair.near.read(vec![0; 4]));
        set(&pair, 0, 0, 5000);
        assert_eq!((bytes(read), since(lab, start)), (vec![], ms(100)));
    });
}
