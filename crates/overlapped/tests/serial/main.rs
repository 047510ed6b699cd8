//! Serial and parallel ports (contract 01 sections 4.5 and 5) on the Rust face: null modems on every engine, and pseudo-terminals.

#[path = "../common/mod.rs"]
mod common;
mod errors;
mod events;
mod flow;
mod opening;
mod parallel;
mod ports;
mod pty;
mod terminal;
mod timeouts;
mod transfers;

use common::Lab;
use overlapped::Error;
use overlapped::serial::{NullModem, OverlappedSerialPort, PortStatus, Timeouts};

/// Two ports that are joined.
struct Pair {
    near: OverlappedSerialPort,
    far: OverlappedSerialPort,
}

/// A quick line that loses nothing; reads take what is there.
fn pair(lab: &Lab) -> Pair {
    pair_of(lab, &NullModem::new())
}

fn pair_of(lab: &Lab, modem: &NullModem) -> Pair {
    let (near, far) = modem.clone().system(&lab.system).open().expect("a null modem");
    for port in [&near, &far] {
        port.set_timeouts(Timeouts::at_once()).unwrap();
    }
    Pair { near, far }
}

fn code<T>(result: Result<T, Error>) -> u32 {
    match result {
        Ok(_) => 0,
        Err(error) => error.code().0,
    }
}

/// Sends, and waits until everything is gone.
fn send(port: &OverlappedSerialPort, bytes: &[u8]) {
    assert_eq!(port.write(bytes.to_vec()).wait().0, Ok(bytes.len()));
}

/// What is there, up to 4,096 bytes; with timeouts that wait for nothing.
fn take(port: &OverlappedSerialPort) -> Vec<u8> {
    let (read, mut bytes) = port.read(vec![0; 4096]).wait();
    bytes.truncate(read.unwrap());
    bytes
}

fn status(port: &OverlappedSerialPort) -> PortStatus {
    port.clear_errors().unwrap()
}

/// Changes the settings.
fn change(port: &OverlappedSerialPort, how: impl FnOnce(&mut overlapped::abi::Dcb)) {
    let mut dcb = port.dcb().unwrap();
    how(&mut dcb);
    port.set_dcb(&dcb).unwrap();
}
