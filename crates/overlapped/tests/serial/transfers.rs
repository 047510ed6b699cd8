//! Reads, writes, cancels, flushes and closes, on overlapped and on synchronous ports (contract 01 section 5.1, 03).

use super::common::{LOST, MOMENT, eventually, on_every_engine, on_real_engines, pattern};
use super::{code, pair, send, take};
use overlapped::abi::constants::serial as c;
use overlapped::serial::{NullModem, Timeouts};
use overlapped::{Event, Timeout, WaitResult, alertable, wait_any};
use std::io::{Read, Write};
use std::sync::mpsc;

#[test]
fn several_reads_get_the_bytes_in_their_order_03_3() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        let reads: Vec<_> = [2, 3, 1].map(|len| pair.near.read(vec![0; len])).into();
        send(&pair.far, b"abcdefg");
        let got: Vec<_> = reads.into_iter().map(|read| read.wait()).collect();
        assert_eq!(got, [(Ok(2), b"ab".to_vec()), (Ok(3), b"cde".to_vec()), (Ok(1), b"f".to_vec())]);
    });
}

#[test]
fn nothing_to_transfer_is_a_success_at_once_01_5_1() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        pair.near.escape(c::SETXOFF).unwrap();
        let (read, write) = (pair.near.read(Vec::with_capacity(0)), pair.near.write(Vec::new()));
        assert!(!read.is_pending() && !write.is_pending());
        assert_eq!((read.wait().0, write.wait().0), (Ok(0), Ok(0)));
    });
}

#[test]
fn the_four_ways_to_learn_of_a_read_00_0_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        let read = pair.near.read(vec![0; 1]);
        assert_eq!(wait_any(&[&pair.near], Timeout::Poll), Ok(WaitResult::TimedOut));
        send(&pair.far, b"1");
        assert_eq!(wait_any(&[&pair.near], LOST), Ok(WaitResult::Object(0)));
        assert_eq!(read.wait().0, Ok(1));

        let event = Event::manual_reset(true);
        let read = pair.near.read_with_event(vec![0; 1], &event);
        assert_eq!(wait_any(&[&event], Timeout::Poll), Ok(WaitResult::TimedOut));
        send(&pair.far, b"2");
        assert_eq!(wait_any(&[&event], LOST), Ok(WaitResult::Object(0)));
        assert_eq!(read.wait().1, b"2");

        let (tell, told) = mpsc::channel();
        let routine = move |read, bytes: Vec<u8>| tell.send((read, bytes)).unwrap();
        pair.near.read_then(vec![0; 1], routine).unwrap();
        send(&pair.far, b"3");
        assert!(told.try_recv().is_err());
        assert!(alertable::sleep_in(&lab.system, LOST));
        assert_eq!(told.recv().unwrap(), (Ok(1), b"3".to_vec()));
    });
}

#[test]
fn a_cancelled_request_says_how_far_it_came_03_8() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        let (first, second) = (pair.near.read(vec![0; 4]), pair.near.read(vec![0; 2]));
        send(&pair.far, b"ab");
        assert!(first.cancel() && !first.cancel());
        assert_eq!(code(first.wait().0), 995);
        send(&pair.far, b"cd");
        assert_eq!(second.wait(), (Ok(2), b"cd".to_vec()), "the next one goes on");
        drop(pair.near.read(vec![0; 9]));
        eventually("a dropped read is gone", || pair.near.outstanding() == 0);
    });
}

#[test]
fn closing_a_port_ends_its_requests_03_9() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        pair.near.set_event_mask(overlapped::serial::Events::RXCHAR).unwrap();
        pair.near.escape(c::SETXOFF).unwrap();
        let (read, write, wait) =
            (pair.near.read(vec![0; 4]), pair.near.write(b"abc".to_vec()), pair.near.wait_event());
        drop(pair.near);
        assert_eq!([code(read.wait().0), code(write.wait().0), code(wait.wait().0)], [995; 3]);
    });
}

#[test]
fn a_flush_waits_for_the_line_and_not_for_time_limits_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting().write(MOMENT)).unwrap();
        pair.near.flush_buffers().unwrap();
        pair.near.escape(c::SETXOFF).unwrap();
        pair.near.send_ahead(b'x').unwrap();
        std::thread::scope(|scope| {
            let flush = scope.spawn(|| pair.near.flush_buffers());
            eventually("the flush waits", || pair.near.outstanding() == 1);
            std::thread::sleep(2 * MOMENT);
            assert!(!flush.is_finished());
            pair.near.escape(c::SETXON).unwrap();
            assert_eq!(flush.join().unwrap(), Ok(()));
        });
        assert_eq!(take(&pair.far), b"x");
    });
}

#[test]
fn synchronous_ports_read_and_write_01_5_1() {
    on_every_engine(|lab| {
        let (mut near, mut far) = NullModem::new().system(&lab.system).open_synchronous().unwrap();
        far.write_all(b"hello, world").unwrap();
        let mut hello = [0; 5];
        assert_eq!(near.read(&mut hello).unwrap(), 5);
        near.set_timeouts(Timeouts::at_once()).unwrap();
        let mut rest = [0; 100];
        assert_eq!((near.read(&mut rest).unwrap(), &rest[..7]), (7, b", world".as_slice()));
        assert_eq!(near.read(&mut rest).unwrap(), 0, "a timeout is a success");
        far.flush().unwrap();
        assert_eq!(code(near.set_timeouts(Timeouts::waiting().total(MOMENT))), 0);
        assert_eq!(near.read(&mut rest).unwrap(), 0);
    });
}

#[test]
fn a_thread_in_a_synchronous_read_can_be_called_back_03_8() {
    on_real_engines(|lab| {
        let (near, _far) = NullModem::new().system(&lab.system).open_synchronous().unwrap();
        std::thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let near = &near;
            let reader = scope.spawn(move || {
                tell.send(alertable::current()).unwrap();
                (&*near).read(&mut [0; 4])
            });
            let thread = told.recv().unwrap();
            eventually("the read is cancelled", || thread.cancel_synchronous());
            let error = overlapped::Error::from(reader.join().unwrap().unwrap_err());
            assert_eq!(error.code().0, 995);
        });
    });
}

#[test]
fn a_megabyte_goes_both_ways_at_once_01_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        for port in [&pair.near, &pair.far] {
            port.set_timeouts(Timeouts::waiting()).unwrap();
        }
        let len = if lab.is_simulated() { 100_000 } else { 1_000_000 };
        let (there, back) = (pattern(len, 1), pattern(len, 2));
        let reads = [pair.near.read(vec![0; len]), pair.far.read(vec![0; len])];
        let writes = [pair.far.write(there.clone()), pair.near.write(back.clone())];
        for write in writes {
            assert_eq!(write.wait().0, Ok(len));
        }
        let [near, far] = reads.map(|read| read.wait());
        assert!(near == (Ok(len), there) && far == (Ok(len), back));
    });
}

#[test]
fn two_threads_talk_without_end_01_5() {
    on_real_engines(|lab| {
        let pair = pair(lab);
        for port in [&pair.near, &pair.far] {
            port.set_timeouts(Timeouts::waiting()).unwrap();
        }
        std::thread::scope(|scope| {
            let echo = scope.spawn(|| {
                for _ in 0..2000 {
                    let (read, bytes) = pair.far.read(vec![0; 3]).wait();
                    assert_eq!(read, Ok(3));
                    send(&pair.far, &bytes);
                }
            });
            for round in 0..2000_u32 {
                let word = &round.to_le_bytes()[..3];
                let read = pair.near.read(vec![0; 3]);
                send(&pair.near, word);
                assert_eq!(read.wait(), (Ok(3), word.to_vec()));
            }
            echo.join().unwrap();
        });
    });
}
