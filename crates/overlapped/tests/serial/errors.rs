//! Line errors, ClearCommError and PurgeComm (contract 01 sections 5.2 and 5.6).

use super::common::on_every_engine;
use super::{change, code, pair, pair_of, send, status, take};
use overlapped::abi::constants::serial as c;
use overlapped::abi::{ComStatFlags, DcbFlags};
use overlapped::serial::{Events, LineErrors, Mishap, NullModem, Purge, Timeouts};

#[test]
fn each_error_is_told_once_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        let cases = [
            (Mishap::Parity, LineErrors::RXPARITY),
            (Mishap::Framing, LineErrors::FRAME),
            (Mishap::Overrun, LineErrors::OVERRUN),
        ];
        for (mishap, error) in cases {
            pair.near.garble(mishap, b'?').unwrap();
            assert_eq!(status(&pair.near).errors, error);
            assert_eq!(status(&pair.near).errors, LineErrors::empty());
        }
        pair.far.escape(c::SETBREAK).unwrap();
        pair.near.garble(Mishap::Parity, b'?').unwrap();
        assert_eq!(status(&pair.near).errors, LineErrors::BREAK | LineErrors::RXPARITY);
        assert_eq!(take(&pair.near), b"????", "bytes with errors are bytes, a break is none");
    });
}

#[test]
fn ends_that_disagree_hear_errors_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.far, |dcb| dcb.baud_rate = 19_200);
        send(&pair.far, b"x");
        assert_eq!(status(&pair.near).errors, LineErrors::FRAME);
        change(&pair.far, |dcb| (dcb.baud_rate, dcb.parity) = (9600, c::EVENPARITY));
        send(&pair.far, b"x");
        assert_eq!(status(&pair.near).errors, LineErrors::RXPARITY);
        change(&pair.near, |dcb| (dcb.parity, dcb.byte_size) = (c::EVENPARITY, 7));
        change(&pair.far, |dcb| dcb.byte_size = 7);
        take(&pair.near);
        send(&pair.far, b"\xE1");
        assert_eq!((take(&pair.near), status(&pair.near).errors), (b"\x61".to_vec(), LineErrors::empty()));
    });
}

#[test]
fn bytes_that_find_no_room_are_lost_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair_of(lab, NullModem::new().lossy(true));
        send(&pair.far, &vec![b'x'; 4096]);
        assert_eq!(status(&pair.near).errors, LineErrors::empty());
        send(&pair.far, b"lost");
        let full = status(&pair.near);
        assert_eq!((full.errors, full.in_queue), (LineErrors::RXOVER, 4096));
        pair.near.purge(Purge::RXCLEAR).unwrap();
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        let read = pair.near.read(vec![0; 5000]);
        send(&pair.far, &vec![b'y'; 5000]);
        assert_eq!(read.wait().0, Ok(5000), "a read that waits needs no room in the queue");
        assert_eq!(status(&pair.near).errors, LineErrors::empty());
    });
}

#[test]
fn a_larger_queue_has_more_room_01_5_2() {
    on_every_engine(|lab| {
        let modem =
            NullModem::new().lossy(true).options(overlapped::serial::Options::new().queues(10_000, 100)).clone();
        let pair = pair_of(lab, &modem);
        let sizes = |port: &overlapped::serial::OverlappedSerialPort| {
            let properties = port.properties().unwrap();
            (properties.current_rx_queue, properties.current_tx_queue)
        };
        assert_eq!(sizes(&pair.near), (10_000, 4096), "queues never shrink");
        send(&pair.far, &vec![b'x'; 10_000]);
        let full = status(&pair.near);
        assert_eq!((full.errors, full.in_queue), (LineErrors::empty(), 10_000));
    });
}

#[test]
fn an_error_may_end_all_transfers_until_it_is_acknowledged_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        change(&pair.near, |dcb| dcb.flags |= DcbFlags::ABORT_ON_ERROR);
        pair.near.set_event_mask(Events::ERR | Events::BREAK).unwrap();
        pair.near.escape(c::SETXOFF).unwrap();
        let (read, write, wait) =
            (pair.near.read(vec![0; 9]), pair.near.write(b"abc".to_vec()), pair.near.wait_event());
        pair.near.garble(Mishap::Framing, b'?').unwrap();
        assert_eq!([code(read.wait().0), code(write.wait().0)], [995, 995]);
        assert_eq!(wait.wait(), (Ok(4), Events::ERR), "which tells of it");
        pair.near.escape(c::SETXON).unwrap();
        assert_eq!(code(pair.near.read(vec![0; 9]).wait().0), 995);
        assert_eq!(code(pair.near.write(b"abc".to_vec()).wait().0), 995);
        pair.near.set_timeouts(Timeouts::at_once()).unwrap();
        assert_eq!(code(pair.near.read(vec![0; 1]).wait().0), 995, "although a byte is there");
        assert_eq!(status(&pair.near).errors, LineErrors::FRAME);
        send(&pair.near, b"def");
        assert_eq!(take(&pair.far), b"def");
    });
}

#[test]
fn bad_parity_may_be_replaced_and_zeros_dropped_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.near, |dcb| {
            dcb.flags |= DcbFlags::ERROR_CHAR | DcbFlags::NULL;
            dcb.error_char = b'#';
        });
        pair.near.garble(Mishap::Parity, b'1').unwrap();
        change(&pair.near, |dcb| dcb.flags |= DcbFlags::PARITY);
        pair.near.garble(Mishap::Parity, b'2').unwrap();
        pair.near.garble(Mishap::Framing, b'3').unwrap();
        send(&pair.far, b"a\0b");
        assert_eq!(take(&pair.near), b"1#3ab");
    });
}

#[test]
fn a_purge_ends_transfers_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        assert_eq!(code(pair.near.purge(Purge::empty())), 87);
        assert_eq!(code(pair.near.purge(Purge::from_bits_retain(0x10))), 87);
        pair.near.escape(c::SETXOFF).unwrap();
        let (read, write) = (pair.near.read(vec![0; 9]), pair.near.write(b"never".to_vec()));
        send(&pair.far, b"abc");
        pair.near.purge(Purge::TXABORT).unwrap();
        assert_eq!(code(write.wait().0), 995);
        assert!(read.is_pending());
        pair.near.purge(Purge::RXABORT).unwrap();
        let (ended, bytes) = read.wait();
        assert_eq!((code(ended), &bytes[..3]), (995, b"abc".as_slice()));
        pair.near.escape(c::SETXON).unwrap();
        assert_eq!(take(&pair.far), b"", "discarded output is never sent");
    });
}

#[test]
fn a_purge_empties_queues_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        send(&pair.far, b"abc");
        assert_eq!(status(&pair.near).in_queue, 3);
        pair.near.purge(Purge::RXCLEAR).unwrap();
        assert_eq!((status(&pair.near).in_queue, take(&pair.near)), (0, vec![]));
        pair.near.escape(c::SETXOFF).unwrap();
        let write = pair.near.write(b"never".to_vec());
        assert_eq!(status(&pair.near).out_queue, 5);
        pair.near.purge(Purge::TXCLEAR).unwrap();
        assert_eq!((write.wait().0, status(&pair.near).out_queue), (Ok(5), 0));
        pair.near.escape(c::SETXON).unwrap();
        assert_eq!(take(&pair.far), b"");
    });
}

#[test]
fn a_byte_goes_ahead_of_others_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.send_ahead(b'0').unwrap();
        assert_eq!(take(&pair.far), b"0");
        pair.near.escape(c::SETXOFF).unwrap();
        let write = pair.near.write(b"queued".to_vec());
        pair.near.send_ahead(b'!').unwrap();
        assert_eq!(code(pair.near.send_ahead(b'?')), 31, "the one before has not gone");
        assert!(status(&pair.near).holds.contains(ComStatFlags::TXIM));
        pair.near.escape(c::SETXON).unwrap();
        assert_eq!(write.wait().0, Ok(6));
        assert_eq!(take(&pair.far), b"!queued");
        assert_eq!(code(pair.near.send_ahead(b'?')), 0);
    });
}
