//! Ports on ttys (contract 01 section 5): everything that comes by readiness, on both engines and under simulation.

use super::common::{LOST, Lab, MOMENT, eventually, on_real_engines, pattern};
use super::terminal::Terminal;
use super::{code, send, status, take};
use overlapped::abi::DcbFlags;
use overlapped::abi::constants::serial as c;
use overlapped::serial::{Events, Mishap, ModemLines, Options, OverlappedSerialPort, Purge, Timeouts};

fn open(lab: &Lab) -> (Terminal, OverlappedSerialPort) {
    let terminal = Terminal::new();
    let port = Options::new()
        .system(&lab.system)
        .timeouts(Timeouts::waiting())
        .open_overlapped(&terminal.path)
        .expect("a port on a pseudo-terminal");
    (terminal, port)
}

/// Every byte there is passes as it is.
#[test]
fn bytes_go_both_ways_unharmed_01_5() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        let all: Vec<u8> = (0..=255).chain([255, 0, 0, 255]).collect();
        let read = port.read(vec![0; all.len()]);
        terminal.send(&all);
        assert_eq!(read.wait(), (Ok(all.len()), all.clone()));
        let write = port.write(all.clone());
        assert_eq!(terminal.receive(all.len()), all);
        assert_eq!(write.wait().0, Ok(all.len()));
    });
}

#[test]
fn much_goes_through_a_small_tty_01_5() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        let bytes = pattern(200_000, 3);
        let write = port.write(bytes.clone());
        assert!(terminal.receive(bytes.len()) == bytes);
        assert_eq!(write.wait().0, Ok(bytes.len()));
        let read = port.read(vec![0; bytes.len()]);
        terminal.send(&bytes);
        assert!(read.wait() == (Ok(bytes.len()), bytes));
    });
}

#[test]
fn a_queue_that_is_full_leaves_the_rest_with_linux_01_5_2() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        let bytes = pattern(6000, 4);
        std::thread::scope(|scope| {
            scope.spawn(|| terminal.send(&bytes));
            eventually("the queue is full", || status(&port).in_queue == 4096);
            assert!(port.read(vec![0; 6000]).wait() == (Ok(6000), bytes.clone()));
        });
    });
}

#[test]
fn events_come_by_readiness_01_5_5() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        terminal.send(b"before");
        eventually("it has come", || status(&port).in_queue == 6);
        port.set_event_mask(Events::RXCHAR | Events::TXEMPTY).unwrap();
        let wait = port.wait_event();
        assert!(wait.is_pending());
        terminal.send(b"x");
        assert_eq!(wait.wait(), (Ok(4), Events::RXCHAR));
        let wait = port.wait_event();
        send(&port, b"out");
        assert_eq!(wait.wait(), (Ok(4), Events::TXEMPTY));
        assert_eq!(terminal.receive(3), b"out");
    });
}

#[test]
fn clocks_run_beside_the_tty_01_5_4() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        port.set_timeouts(Timeouts::waiting().gap(MOMENT)).unwrap();
        let read = port.read(vec![0; 100]);
        terminal.send(b"abc");
        let (count, bytes) = read.wait();
        assert!(count.as_ref().is_ok_and(|count| (1..=3).contains(count)), "a gap under load: {count:?}");
        assert!(b"abc".starts_with(&bytes[..count.unwrap()]));
        port.set_timeouts(Timeouts::waiting().total(MOMENT)).unwrap();
        port.purge(Purge::RXCLEAR).unwrap();
        let start = std::time::Instant::now();
        let (count, _) = port.read(vec![0; 100]).wait();
        assert!(count.is_ok() && start.elapsed() >= MOMENT);
    });
}

/// Nobody takes what the port sends.
#[test]
fn a_write_that_does_not_go_ends_in_its_time_01_5_4() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        port.set_timeouts(Timeouts::waiting().write(2 * MOMENT)).unwrap();
        let len = 1 << 20;
        let sent = port.write(vec![b'x'; len]).wait().0.expect("a timeout is a success");
        assert!(sent > 0 && sent < len, "{sent}");
        port.set_timeouts(Timeouts::waiting()).unwrap();
        let write = port.write(vec![b'y'; len]);
        assert!(write.cancel());
        assert_eq!(code(write.wait().0), 995);
        assert!(terminal.receive(sent).iter().all(|byte| *byte == b'x'));
    });
}

#[test]
fn a_tty_without_modem_lines_is_always_ready_01_5_6() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        assert_eq!(port.modem_lines(), Ok(ModemLines::CTS | ModemLines::DSR | ModemLines::RLSD));
        let mut dcb = port.dcb().unwrap();
        dcb.flags |= DcbFlags::OUTX_CTS_FLOW | DcbFlags::OUTX_DSR_FLOW;
        port.set_dcb(&dcb).unwrap();
        send(&port, b"goes");
        assert_eq!(terminal.receive(4), b"goes");
        for function in [c::SETDTR, c::CLRDTR, c::SETRTS, c::CLRRTS, c::SETBREAK, c::CLRBREAK] {
            port.escape(function).unwrap();
        }
        assert_eq!(code(port.garble(Mishap::Parity, 0)), 50, "only a null modem makes errors");
        assert_eq!(code(port.ring(true)), 50);
    });
}

#[test]
fn characters_stop_a_tty_01_5_2() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        let mut dcb = port.dcb().unwrap();
        dcb.flags |= DcbFlags::OUT_X | DcbFlags::IN_X;
        port.set_dcb(&dcb).unwrap();
        terminal.send(b"\x13");
        let held = || status(&port).holds.contains(overlapped::abi::ComStatFlags::XOFF_HOLD);
        eventually("it is held", held);
        let write = port.write(b"held".to_vec());
        assert!(write.is_pending());
        terminal.send(b"\x11");
        assert_eq!(terminal.receive(4), b"held");
        assert_eq!(write.wait().0, Ok(4));
        std::thread::scope(|scope| {
            let sender = scope.spawn(|| terminal.send(&[b'x'; 4000]));
            let taken = || {
                status(&port);
                sender.is_finished()
            };
            eventually("everything is taken in", taken);
        });
        eventually("the queue is nearly full", || status(&port).in_queue == 4000);
        assert_eq!(terminal.receive(1), b"\x13");
        port.set_timeouts(Timeouts::at_once()).unwrap();
        take(&port);
        assert_eq!(terminal.receive(1), b"\x11");
    });
}

#[test]
fn a_line_that_goes_ends_everything_01_5_6() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        port.set_event_mask(Events::RXCHAR).unwrap();
        let (read, wait) = (port.read(vec![0; 4]), port.wait_event());
        drop(terminal);
        let ended = [code(read.wait().0), code(wait.wait().0)];
        assert_eq!(ended, [1167; 2]);
        assert_eq!(code(port.read(vec![0; 4]).wait().0), 1167);
        assert_eq!(code(port.write(b"x".to_vec()).wait().0), 1167);
    });
}

#[test]
fn settings_stay_with_the_tty_01_5_1() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        let mut dcb = port.dcb().unwrap();
        (dcb.baud_rate, dcb.stop_bits) = (31_250, c::TWOSTOPBITS);
        port.set_dcb(&dcb).unwrap();
        drop(port);
        // Another system knows nothing but the tty.
        let other = overlapped::SystemBuilder::new().build().unwrap();
        let port = Options::new().system(&other).open_overlapped(&terminal.path).unwrap();
        let found = port.dcb().unwrap();
        assert_eq!((found.baud_rate, found.stop_bits), (31_250, c::TWOSTOPBITS));
        let mut dcb = found;
        dcb.byte_size = 255;
        assert_eq!(code(port.set_dcb(&dcb)), 87);
        assert_eq!(port.dcb(), Ok(found), "nothing changes");
    });
}

#[test]
fn a_waiting_thread_and_another_share_a_port_01_5() {
    on_real_engines(|lab| {
        let (terminal, port) = open(lab);
        port.set_timeouts(Timeouts::first_within(LOST)).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..200_u32 {
                    assert_eq!(port.write(round.to_le_bytes().to_vec()).wait().0, Ok(4));
                }
            });
            scope.spawn(|| {
                for round in 0..200_u32 {
                    assert_eq!(terminal.receive(4), round.to_le_bytes());
                    terminal.send(&round.to_be_bytes());
                }
            });
            let mut got: Vec<u8> = Vec::new();
            while got.len() < 800 {
                let (read, bytes) = port.read(vec![0; 64]).wait();
                let read = read.unwrap();
                assert!(read > 0, "nothing within {LOST:?}");
                got.extend(&bytes[..read]);
            }
            let expected: Vec<u8> = (0..200_u32).flat_map(u32::to_be_bytes).collect();
            assert_eq!(got, expected);
        });
    });
}
