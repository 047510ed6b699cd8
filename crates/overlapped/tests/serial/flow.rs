//! Handshakes and modem lines (contract 01 sections 5.2 and 5.6).

use super::common::on_every_engine;
use super::{change, code, pair, send, status, take};
use overlapped::abi::constants::serial as c;
use overlapped::abi::{ComStatFlags, DcbFlags};
use overlapped::serial::{ModemLines, Timeouts};

const CTS_FLOW: DcbFlags = DcbFlags::OUTX_CTS_FLOW;
const DSR_FLOW: DcbFlags = DcbFlags::OUTX_DSR_FLOW;

#[test]
fn the_lines_are_crossed_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        let all = ModemLines::CTS | ModemLines::DSR | ModemLines::RLSD;
        assert_eq!(pair.near.modem_lines(), Ok(all), "an open port has DTR and RTS on");
        pair.far.escape(c::CLRRTS).unwrap();
        assert_eq!(pair.near.modem_lines(), Ok(ModemLines::DSR | ModemLines::RLSD));
        pair.far.escape(c::CLRDTR).unwrap();
        assert_eq!(pair.near.modem_lines(), Ok(ModemLines::empty()));
        pair.near.ring(true).unwrap();
        assert_eq!(pair.near.modem_lines(), Ok(ModemLines::RING));
        pair.near.ring(false).unwrap();
        pair.far.escape(c::SETRTS).unwrap();
        pair.far.escape(c::SETDTR).unwrap();
        assert_eq!(pair.near.modem_lines(), Ok(all));
        drop(pair.far);
        assert_eq!(pair.near.modem_lines(), Ok(ModemLines::empty()), "a closed port has none on");
    });
}

#[test]
fn output_is_held_while_a_line_is_off_01_5_2() {
    on_every_engine(|lab| {
        let cases = [
            (CTS_FLOW, c::CLRRTS, c::SETRTS, ComStatFlags::CTS_HOLD),
            (DSR_FLOW, c::CLRDTR, c::SETDTR, ComStatFlags::DSR_HOLD),
        ];
        for (flow, off, on, hold) in cases {
            let pair = pair(lab);
            change(&pair.near, |dcb| dcb.flags |= flow);
            send(&pair.near, b"free ");
            pair.far.escape(off).unwrap();
            let write = pair.near.write(b"held".to_vec());
            let held = status(&pair.near);
            assert!(write.is_pending());
            assert_eq!((held.holds, held.out_queue), (hold, 4));
            pair.far.escape(on).unwrap();
            assert_eq!(write.wait().0, Ok(4));
            assert_eq!(take(&pair.far), b"free held");
            assert_eq!(status(&pair.near).holds, ComStatFlags::empty());
        }
    });
}

#[test]
fn rts_follows_the_queue_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.near, |dcb| dcb.set_rts_control(c::RTS_CONTROL_HANDSHAKE));
        change(&pair.near, |dcb| dcb.set_dtr_control(c::DTR_CONTROL_HANDSHAKE));
        let both = ModemLines::CTS | ModemLines::DSR | ModemLines::RLSD;
        let size = pair.near.properties().unwrap().current_rx_queue as usize;
        send(&pair.far, &vec![0; size * 3 / 4]);
        assert_eq!(pair.far.modem_lines(), Ok(both));
        send(&pair.far, b"one too many");
        assert_eq!(pair.far.modem_lines(), Ok(ModemLines::empty()), "above three quarters");
        let (read, _) = pair.near.read(vec![0; size / 8]).wait();
        assert_eq!(read, Ok(size / 8));
        assert_eq!(pair.far.modem_lines(), Ok(ModemLines::empty()), "not under half full yet");
        take(&pair.near);
        assert_eq!(pair.far.modem_lines(), Ok(both));
    });
}

#[test]
fn a_handshake_by_lines_loses_nothing_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        for port in [&pair.near, &pair.far] {
            change(port, |dcb| {
                dcb.flags |= CTS_FLOW;
                dcb.set_rts_control(c::RTS_CONTROL_HANDSHAKE);
            });
        }
        let bytes = super::common::pattern(20_000, 7);
        let write = pair.far.write(bytes.clone());
        let waiting = status(&pair.near).in_queue;
        assert!(waiting > 3072 && waiting < 3200, "stopped a little above three quarters: {waiting}");
        let mut got = Vec::new();
        while got.len() < bytes.len() {
            got.extend(take(&pair.near));
        }
        assert_eq!((write.wait().0, got == bytes), (Ok(bytes.len()), true));
    });
}

#[test]
fn dtr_and_rts_of_a_handshake_are_not_to_be_set_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        assert_eq!(code(pair.near.escape(0)), 87);
        assert_eq!(code(pair.near.escape(10)), 87);
        assert_eq!(code(pair.near.escape(c::RESETDEV)), 0);
        change(&pair.near, |dcb| dcb.set_rts_control(c::RTS_CONTROL_HANDSHAKE));
        assert_eq!([c::SETRTS, c::CLRRTS, c::SETDTR].map(|f| code(pair.near.escape(f))), [87, 87, 0]);
        change(&pair.near, |dcb| dcb.set_dtr_control(c::DTR_CONTROL_HANDSHAKE));
        assert_eq!([c::SETDTR, c::CLRDTR].map(|f| code(pair.near.escape(f))), [87, 87]);
    });
}

#[test]
fn settings_switch_dtr_and_rts_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.far, |dcb| dcb.set_rts_control(c::RTS_CONTROL_DISABLE));
        assert_eq!(pair.near.modem_lines(), Ok(ModemLines::DSR | ModemLines::RLSD));
        change(&pair.far, |dcb| dcb.set_dtr_control(c::DTR_CONTROL_DISABLE));
        assert_eq!(pair.near.modem_lines(), Ok(ModemLines::empty()));
        pair.far.escape(c::SETDTR).unwrap();
        change(&pair.far, |dcb| dcb.baud_rate = 19_200);
        assert_eq!(pair.near.modem_lines(), Ok(ModemLines::DSR | ModemLines::RLSD), "other settings leave the lines");
    });
}

#[test]
fn rts_is_on_while_bytes_wait_to_be_sent_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.near, |dcb| dcb.set_rts_control(c::RTS_CONTROL_TOGGLE));
        let cts = || pair.far.modem_lines().unwrap().contains(ModemLines::CTS);
        assert!(!cts());
        pair.near.escape(c::SETXOFF).unwrap();
        let write = pair.near.write(b"abc".to_vec());
        assert!(cts());
        pair.near.escape(c::SETXON).unwrap();
        assert_eq!(write.wait().0, Ok(3));
        assert!(!cts());
    });
}

#[test]
fn xoff_stops_output_and_xon_lets_it_go_on_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.near, |dcb| dcb.flags |= DcbFlags::OUT_X);
        send(&pair.far, b"a\x13b");
        let write = pair.near.write(b"held".to_vec());
        assert!(write.is_pending());
        assert_eq!(status(&pair.near).holds, ComStatFlags::XOFF_HOLD);
        send(&pair.far, b"\x11");
        assert_eq!(write.wait().0, Ok(4));
        assert_eq!(take(&pair.near), b"ab", "the two characters are no data");
        change(&pair.near, |dcb| dcb.flags -= DcbFlags::OUT_X);
        send(&pair.far, b"\x13\x11");
        assert_eq!(take(&pair.near), b"\x13\x11", "unless they mean nothing");
    });
}

#[test]
fn a_full_queue_sends_xoff_and_an_empty_one_xon_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.near, |dcb| {
            dcb.flags |= DcbFlags::IN_X;
            (dcb.xoff_lim, dcb.xon_lim) = (96, 100);
        });
        send(&pair.far, &vec![b'x'; 4000]);
        assert_eq!(take(&pair.far), b"", "96 are free");
        send(&pair.far, b"x");
        assert_eq!(take(&pair.far), b"\x13");
        let stopped = status(&pair.near);
        assert_eq!((stopped.in_queue, stopped.holds), (4001, ComStatFlags::XOFF_SENT));
        let write = pair.near.write(b"held".to_vec());
        assert!(write.is_pending(), "nothing follows an XOFF");
        assert_eq!(pair.near.read(vec![0; 3901]).wait().0, Ok(3901));
        assert_eq!(take(&pair.far), b"", "100 are left");
        assert_eq!(pair.near.read(vec![0; 1]).wait().0, Ok(1));
        assert_eq!(write.wait().0, Ok(4));
        assert_eq!(take(&pair.far), b"\x11held");
    });
}

#[test]
fn output_may_go_on_after_an_xoff_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.near, |dcb| dcb.flags |= DcbFlags::IN_X | DcbFlags::TX_CONTINUE_ON_XOFF);
        send(&pair.far, &vec![b'x'; 4000]);
        send(&pair.near, b"more");
        assert_eq!(take(&pair.far), b"\x13more");
    });
}

#[test]
fn a_handshake_by_characters_loses_nothing_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        for port in [&pair.near, &pair.far] {
            change(port, |dcb| dcb.flags |= DcbFlags::IN_X | DcbFlags::OUT_X);
        }
        let mut bytes = super::common::pattern(30_000, 9);
        bytes.retain(|byte| ![0x11, 0x13].contains(byte));
        let write = pair.far.write(bytes.clone());
        let mut got = Vec::new();
        while got.len() < bytes.len() {
            got.extend(take(&pair.near));
        }
        assert_eq!((write.wait().0, got == bytes), (Ok(bytes.len()), true));
    });
}

#[test]
fn input_is_ignored_while_dsr_is_off_01_5_2() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        change(&pair.near, |dcb| dcb.flags |= DcbFlags::DSR_SENSITIVITY);
        send(&pair.far, b"heard ");
        pair.far.escape(c::CLRDTR).unwrap();
        send(&pair.far, b"not");
        pair.far.escape(c::SETDTR).unwrap();
        send(&pair.far, b"again");
        assert_eq!(take(&pair.near), b"heard again");
    });
}

#[test]
fn a_break_holds_output_01_5_6() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        pair.near.escape(c::SETBREAK).unwrap();
        let write = pair.near.write(b"abc".to_vec());
        assert!(write.is_pending());
        pair.near.escape(c::CLRBREAK).unwrap();
        assert_eq!(write.wait().0, Ok(3));
    });
}
