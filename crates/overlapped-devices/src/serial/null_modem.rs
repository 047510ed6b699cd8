//! A simulated line between two ports: a null modem with all its wires, for tests and for machines without hardware (contract
//! 01 §5).
//!
//! What one end sends the other receives; RTS leads to CTS, DTR to DSR and the carrier; a break is a break, and bytes between
//! ends with different rates or parities arrive with errors, unharmed. Each end takes 16 bytes before its port must fetch
//! them, as a UART does, so that handshakes work as they do on a real line. Without [`Traits::paced`] bytes take no time;
//! without [`Traits::lossy`] a full queue keeps the sender waiting instead of losing bytes. What is sent to an end that is not
//! open is lost in any case.

use super::line::{Line, Look, Received};
use super::settings::byte_time;
use overlapped_abi::constants::serial as c;
use overlapped_abi::{Dcb, Win32Error};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::device::Descriptor;
use overlapped_kernel::engine::{Readiness, Watcher};
use parking_lot::{Mutex, MutexGuard};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Bytes that an end keeps for its port.
const FIFO: usize = 16;
/// The nanoseconds that bytes may arrive early on a paced line.
const BURST_TIME: u64 = 1_000_000;

/// What kind of null modem it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Bytes take the time that the baud rate says; else none.
    pub paced: bool,
    /// What does not fit into the other end's queue is lost (CE_RXOVER); else the sender waits.
    pub lossy: bool,
}

/// What can go wrong with a byte on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Its parity is wrong (CE_RXPARITY).
    Parity,
    /// It does not end with a stop bit (CE_FRAME).
    Framing,
    /// The one before it was not fetched in time and is lost (CE_OVERRUN).
    Overrun,
}

/// See the module page.
pub struct NullModem {
    traits: Traits,
    ends: Mutex<[End; 2]>,
}

/// One of the two sides. Events, errors and bytes are those that wait for its port.
struct End {
    /// It belongs to somebody, who may not have opened it yet.
    taken: bool,
    watcher: Option<Weak<dyn Watcher>>,
    fifo: VecDeque<Received>,
    /// What its port is to be told.
    news: Readiness,
    changes: u32,
    errors: u32,
    ringing: bool,
    dtr: bool,
    rts: bool,
    breaking: bool,
    rate: u32,
    format: (u8, u8),
    byte_time: u64,
    /// When its transmitter has sent what it has.
    free_at: Tick,
}

impl Default for End {
    fn default() -> Self {
        Self {
            taken: false,
            watcher: None,
            fifo: VecDeque::new(),
            news: Readiness::empty(),
            changes: 0,
            errors: 0,
            ringing: false,
            dtr: false,
            rts: false,
            breaking: false,
            rate: 0,
            format: (8, c::NOPARITY),
            byte_time: 0,
            free_at: Tick(0),
        }
    }
}

impl End {
    fn is_open(&self) -> bool {
        self.watcher.is_some()
    }

    fn configure(&mut self, dcb: &Dcb) {
        (self.rate, self.format) = (dcb.baud_rate, (dcb.byte_size, dcb.parity));
        self.byte_time = byte_time(dcb);
    }

    /// What a byte from `sender` is here.
    fn hears(&self, byte: u8, sender: &Self) -> Received {
        if self.rate != sender.rate {
            Received::Bad(byte, c::CE_FRAME)
        } else if self.format != sender.format {
            Received::Bad(byte, c::CE_RXPARITY)
        } else {
            // Bits above the size do not travel.
            Received::Byte(byte & (0xFF >> (8 - sender.format.0.min(8))))
        }
    }

    fn put(&mut self, received: Received) {
        self.fifo.push_back(received);
        self.news |= Readiness::READ;
    }

    fn changed(&mut self, events: u32) {
        self.changes |= events;
        self.news |= Readiness::URGENT;
    }
}

impl std::fmt::Debug for NullModem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let open = self.ends.lock().iter().map(End::is_open).collect::<Vec<_>>();
        f.debug_struct("NullModem").field("traits", &self.traits).field("open", &open).finish()
    }
}

impl NullModem {
    /// A null modem with nobody at either end.
    #[must_use]
    pub fn new(traits: Traits) -> Arc<Self> {
        Arc::new(Self { traits, ends: Mutex::default() })
    }

    pub(super) fn traits(&self) -> Traits {
        self.traits
    }

    /// Has nobody an end of it?
    pub(super) fn is_idle(&self) -> bool {
        self.ends.lock().iter().all(|end| !end.taken)
    }

    /// One end (0 or 1) for a port; `None` if a port has it already.
    pub(super) fn end(self: &Arc<Self>, which: usize) -> Option<Wire> {
        let taken = std::mem::replace(&mut self.ends.lock()[which].taken, true);
        (!taken).then(|| Wire { modem: Arc::clone(self), here: which, given_up: AtomicBool::new(false) })
    }

    /// Tells the ports what waits for them.
    fn tell(&self) {
        let news = {
            let mut ends = self.ends.lock();
            ends.each_mut().map(|end| {
                let news = std::mem::replace(&mut end.news, Readiness::empty());
                let watcher = end.watcher.as_ref().filter(|_| !news.is_empty()).and_then(Weak::upgrade);
                watcher.map(|watcher| (watcher, news))
            })
        };
        for (watcher, news) in news.into_iter().flatten() {
            watcher.ready(news);
        }
    }
}

/// One end of a null modem, as its port has it.
pub(crate) struct Wire {
    modem: Arc<NullModem>,
    here: usize,
    /// The end may be another port's by now.
    given_up: AtomicBool,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.close();
    }
}

impl Wire {
    /// This end and the other one.
    fn with<T>(&self, change: impl FnOnce(&mut End, &mut End) -> T) -> T {
        let mut ends: MutexGuard<'_, [End; 2]> = self.modem.ends.lock();
        let [first, second] = &mut *ends;
        if self.here == 0 { change(first, second) } else { change(second, first) }
    }

    /// A byte arrives here with an error, as if the line had garbled it.
    pub fn garble(&self, mishap: Mishap, byte: u8) {
        self.with(|here, _| match mishap {
            Mishap::Parity => here.put(Received::Bad(byte, c::CE_RXPARITY)),
            Mishap::Framing => here.put(Received::Bad(byte, c::CE_FRAME)),
            Mishap::Overrun => {
                here.errors |= c::CE_OVERRUN;
                here.put(Received::Byte(byte));
            }
        });
        self.tell();
    }

    /// Somebody calls this end, or has given up.
    pub fn ring(&self, on: bool) {
        self.with(|here, _| {
            if !std::mem::replace(&mut here.ringing, on) && on {
                here.changed(c::EV_RING);
            }
        });
        self.tell();
    }
}

impl Line for Wire {
    fn open(&self, watcher: Weak<dyn Watcher>, dcb: &Dcb) {
        self.with(|here, _| {
            let ringing = here.ringing;
            *here = End { taken: true, watcher: Some(watcher), ringing, ..End::default() };
            here.configure(dcb);
        });
    }

    fn close(&self) {
        if self.given_up.swap(true, Ordering::AcqRel) {
            return;
        }
        self.set_break(false);
        self.set_dtr(false);
        self.set_rts(false);
        self.with(|here, other| {
            *here = End { ringing: here.ringing, ..End::default() };
            // Who waits for room here waits no more.
            other.news |= Readiness::WRITE;
        });
        self.tell();
    }

    fn configure(&self, dcb: &Dcb) -> Result<(), Win32Error> {
        self.with(|here, _| here.configure(dcb));
        Ok(())
    }

    fn receive(&self, into: &mut Vec<Received>, room: usize) -> Result<(), Errno> {
        self.with(|here, other| {
            let taken = here.fifo.len().min(room);
            if taken == 0 {
                return Err(Errno::AGAIN);
            }
            into.extend(here.fifo.drain(..taken));
            other.news |= Readiness::WRITE;
            Ok(())
        })
    }

    fn send(&self, bytes: &[u8], now: Tick) -> Result<usize, Errno> {
        let paced = self.modem.traits.paced;
        self.with(|here, other| {
            if paced && now < here.free_at {
                return Err(Errno::AGAIN);
            }
            let room = if other.is_open() { FIFO.saturating_sub(other.fifo.len()) } else { FIFO };
            // No more at a time than take a millisecond: gaps between bytes are those of the line.
            let burst = if paced { (BURST_TIME / here.byte_time.max(1)).max(1) as usize } else { FIFO };
            let sent = bytes.len().min(room).min(burst);
            if sent == 0 {
                return Err(Errno::AGAIN);
            }
            if other.is_open() {
                for byte in &bytes[..sent] {
                    let received = other.hears(*byte, here);
                    other.put(received);
                }
            }
            if paced {
                here.free_at = now.plus(Duration::from_nanos(here.byte_time * sent as u64));
            }
            Ok(sent)
        })
    }

    fn unsent(&self, now: Tick) -> usize {
        self.with(|here, other| if now < here.free_at { 1 } else { other.fifo.len() })
    }

    fn next(&self, now: Tick) -> Option<Tick> {
        self.with(|here, _| Some(here.free_at).filter(|free_at| now < *free_at))
    }

    fn look(&self) -> Look {
        self.with(|here, other| {
            let lines = [
                (other.rts, c::MS_CTS_ON),
                (other.dtr, c::MS_DSR_ON),
                (here.ringing, c::MS_RING_ON),
                (other.dtr, c::MS_RLSD_ON),
            ];
            let status = lines.into_iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum();
            Look { status, changes: std::mem::take(&mut here.changes), errors: std::mem::take(&mut here.errors) }
        })
    }

    fn look_every(&self) -> Option<Duration> {
        None
    }

    fn overruns(&self) -> bool {
        self.modem.traits.lossy
    }

    fn set_dtr(&self, on: bool) {
        self.with(|here, other| {
            if std::mem::replace(&mut here.dtr, on) != on {
                other.changed(c::EV_DSR | c::EV_RLSD);
            }
        });
    }

    fn set_rts(&self, on: bool) {
        self.with(|here, other| {
            if std::mem::replace(&mut here.rts, on) != on {
                other.changed(c::EV_CTS);
            }
        });
    }

    fn set_break(&self, on: bool) {
        self.with(|here, other| {
            if !std::mem::replace(&mut here.breaking, on) && on && other.is_open() {
                other.put(Received::Break);
            }
        });
    }

    fn discard_input(&self) {
        self.with(|here, other| {
            here.fifo.clear();
            other.news |= Readiness::WRITE;
        });
    }

    fn discard_output(&self) {
        self.with(|here, other| {
            other.fifo.clear();
            here.free_at = Tick(0);
        });
    }

    fn tell(&self) {
        self.modem.tell();
    }

    fn descriptor(&self) -> Option<Descriptor<'_>> {
        None
    }
}
