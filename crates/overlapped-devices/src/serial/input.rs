//! What comes in: from the line into the queue, from the queue into reads, and what is said to the other end about the room
//! that is left.

use super::line::{Line, Received, Verdict};
use super::state::{Inserts, State, Transfer, Turn};
use super::timing::{Running, of_read};
use overlapped_abi::constants::serial as c;
use overlapped_abi::{DcbFlags, Status};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::request::{Completion, Request};
use rustix::io::Errno;
use std::collections::VecDeque;

/// Bytes that are taken from a line which gives them whether or not there is room.
const PLENTY: usize = 4096;

/// What follows the escape byte (SERIAL_LSRMST_*).
const ESCAPE: u8 = 0;
const LINE_DATA: u8 = 1;
const LINE_NO_DATA: u8 = 2;
const MODEM: u8 = 3;
/// Bits of the line status register: errors, a byte that is ready, and nothing left to be sent.
const LINE_STATUS: [(u32, u8); 4] =
    [(c::CE_OVERRUN, 0x2), (c::CE_RXPARITY, 0x4), (c::CE_FRAME, 0x8), (c::CE_BREAK, 0x10)];
const LINE_READY: u8 = 0x1;
const LINE_IDLE: u8 = 0x60;
/// What one byte from the line comes to at most: the escape byte, a kind, a status, and itself.
const INSERTED: usize = 4;
/// Bits of the modem status register: what has changed.
const MODEM_STATUS: [(u32, u8); 4] = [(c::EV_CTS, 0x1), (c::EV_DSR, 0x2), (c::EV_RING, 0x4), (c::EV_RLSD, 0x8)];

/// Moves bytes from the queue into what is left of a request's buffer; how many.
fn fill(request: &Request, queue: &mut VecDeque<u8>) -> usize {
    let (buffer, done) = (request.buffer(), request.progress());
    let count = queue.len().min(buffer.len - done);
    let (first, second) = queue.as_slices();
    let first = &first[..count.min(first.len())];
    let second = &second[..count - first.len()];
    // SAFETY: the buffer belongs to the request until that is complete and is writable for its length, and only the port, which
    // carries it out under its lock, writes to it; `done + count` is at most that length.
    unsafe {
        let to = buffer.start.add(done);
        std::ptr::copy_nonoverlapping(first.as_ptr(), to, first.len());
        std::ptr::copy_nonoverlapping(second.as_ptr(), to.add(first.len()), second.len());
    }
    queue.drain(..count);
    request.advance(count);
    count
}

impl State {
    /// Takes in what the line has, as far as there is room, and serves reads with it.
    pub fn receive(&mut self, line: &dyn Line, now: Tick, turn: &mut Turn) {
        let mut items = Vec::new();
        self.serve(now, turn);
        while self.gone.is_none() {
            let room = if line.overruns() { PLENTY } else { self.room() };
            if room == 0 {
                break;
            }
            items.clear();
            match line.receive(&mut items, room) {
                Ok(()) => items.iter().for_each(|item| self.accept(*item, now)),
                Err(Errno::AGAIN) => break,
                Err(error) => match line.verdict(error) {
                    Verdict::Gone(status) => self.vanish(status, turn),
                    Verdict::Fails(status) => {
                        self.end_reads(status, turn);
                        break;
                    }
                },
            }
            self.serve(now, turn);
        }
    }

    /// Bytes that can be taken in.
    fn room(&self) -> usize {
        let wanted: usize = self.reads.iter().map(Transfer::left).sum();
        let room = self.in_size.saturating_sub(self.queue.len()) + wanted;
        if self.inserts.is_some() { room / INSERTED } else { room }
    }

    /// Something has come.
    fn accept(&mut self, received: Received, now: Tick) {
        let flags = self.settings.dcb.flags;
        if flags.contains(DcbFlags::DSR_SENSITIVITY) && self.modem & c::MS_DSR_ON == 0 {
            return;
        }
        match received {
            Received::Break => {
                self.insert_line_status(c::CE_BREAK, false, now);
                self.fail(c::CE_BREAK);
            }
            Received::Byte(byte) => {
                let dcb = &self.settings.dcb;
                if flags.contains(DcbFlags::OUT_X) && byte == dcb.xoff_char {
                    self.xoff_held = true;
                } else if flags.contains(DcbFlags::OUT_X) && byte == dcb.xon_char {
                    self.xoff_held = false;
                } else {
                    self.store(byte, now);
                    self.insert_if_escape(byte, now);
                }
            }
            Received::Bad(byte, error) => {
                self.insert_line_status(error, true, now);
                self.fail(error);
                let replaced = flags.contains(DcbFlags::ERROR_CHAR | DcbFlags::PARITY) && error == c::CE_RXPARITY;
                self.store(if replaced { self.settings.dcb.error_char } else { byte }, now);
            }
        }
    }

    /// A byte goes into the queue, or straight into the read that waits for it.
    fn store(&mut self, byte: u8, now: Tick) {
        let dcb = &self.settings.dcb;
        if dcb.flags.contains(DcbFlags::NULL) && byte == 0 {
            return;
        }
        let is_event = byte == dcb.evt_char;
        self.keep(byte, is_event, now);
    }

    /// The same of any byte.
    fn keep(&mut self, byte: u8, is_event: bool, now: Tick) {
        let waiting = if self.queue.is_empty() { self.reads.front_mut().filter(|read| read.left() > 0) } else { None };
        if let Some(Transfer { request, clock }) = waiting {
            if let Some(clock) = clock {
                clock.last = Some(now);
            }
            fill(request, &mut VecDeque::from([byte]));
        } else if self.queue.len() >= self.in_size {
            return self.fail(c::CE_RXOVER);
        } else {
            let mark = self.in_size * 4 / 5;
            let before = self.queue.len();
            self.queue.push_back(byte);
            if before < mark && self.queue.len() >= mark {
                self.note(c::EV_RX80FULL);
            }
        }
        self.note(if is_event { c::EV_RXCHAR | c::EV_RXFLAG } else { c::EV_RXCHAR });
    }

    /// IOCTL_SERIAL_LSRMST_INSERT: something that was not received, behind the escape byte.
    fn insert(&mut self, what: &[u8], now: Tick) {
        if let Some(Inserts { escape }) = self.inserts {
            std::iter::once(&escape).chain(what).for_each(|byte| self.keep(*byte, false, now));
        }
    }

    /// A byte that is the escape byte was received: it stands in the queue already.
    fn insert_if_escape(&mut self, byte: u8, now: Tick) {
        if self.inserts.is_some_and(|inserts| inserts.escape == byte) {
            self.keep(ESCAPE, false, now);
        }
    }

    /// The line has these errors (CE_*), with a byte that follows or without.
    pub fn insert_line_status(&mut self, errors: u32, data: bool, now: Tick) {
        let bits = LINE_STATUS.iter().filter(|(error, _)| errors & error != 0).fold(0, |all, (_, bit)| all | bit);
        if bits == 0 {
            return;
        }
        let idle = if self.has_output() || self.sending { 0 } else { LINE_IDLE };
        let (kind, data) = if data { (LINE_DATA, LINE_READY) } else { (LINE_NO_DATA, 0) };
        self.insert(&[kind, bits | idle | data], now);
    }

    /// These lines of the modem have changed (EV_*).
    pub fn insert_modem_status(&mut self, changes: u32, now: Tick) {
        let changed = MODEM_STATUS.iter().filter(|(event, _)| changes & event != 0).fold(0, |all, (_, bit)| all | bit);
        if changed != 0 {
            // MS_*_ON are the upper bits of the register.
            self.insert(&[MODEM, changed | self.modem as u8], now);
        }
    }

    /// Serves the reads, oldest first, with what is there, and ends those whose time is over.
    pub fn serve(&mut self, now: Tick, turn: &mut Turn) {
        while let Some(read) = self.reads.front_mut() {
            let Transfer { request, clock } = read;
            let timeouts = &self.settings.timeouts;
            let clock = clock.get_or_insert_with(|| Running::new(of_read(timeouts, request.buffer().len), now));
            if fill(request, &mut self.queue) > 0 {
                clock.last = Some(now);
            }
            let some = request.progress() > 0;
            let full = request.progress() == request.buffer().len;
            let enough = full || clock.patience.at_once || clock.patience.first_ends && some;
            if !enough && !clock.is_over(now) {
                break;
            }
            if let Some(read) = self.reads.pop_front() {
                turn.end(read.request, Status::SUCCESS);
            }
        }
    }

    /// A new read, if what is there ends it at once.
    pub fn read_at_once(&mut self, request: &Request) -> Option<Completion> {
        if !self.reads.is_empty() {
            return None;
        }
        let len = request.buffer().len;
        let patience = of_read(&self.settings.timeouts, len);
        let there = self.queue.len();
        if there >= len || patience.at_once || patience.first_ends && there > 0 {
            return Some(Completion::success(fill(request, &mut self.queue)));
        }
        None
    }

    /// Stops the other end when the queue becomes full, and lets it go on when there is room again (contract 01 §5.2).
    pub fn throttle(&mut self, line: &dyn Line) {
        let (dcb, filled) = (self.settings.dcb, self.queue.len());
        let low = filled < self.in_size / 2;
        let high = filled > self.in_size * 3 / 4;
        if dcb.rts_control() == c::RTS_CONTROL_HANDSHAKE && (low || high) {
            self.set_rts(line, low);
        }
        if dcb.dtr_control() == c::DTR_CONTROL_HANDSHAKE && (low || high) {
            self.set_dtr(line, low);
        }
        if !dcb.flags.contains(DcbFlags::IN_X) {
            return;
        }
        if !self.xoff_sent && self.in_size.saturating_sub(filled) < usize::from(dcb.xoff_lim) {
            self.xoff_sent = true;
            self.urgent.push_back(dcb.xoff_char);
        } else if self.xoff_sent && filled < usize::from(dcb.xon_lim) {
            self.xoff_sent = false;
            self.urgent.push_back(dcb.xon_char);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;

    #[test]
    fn there_is_room_for_what_is_inserted_beside_what_is_taken_in() {
        let mut state = State::new(Settings::fresh());
        let (whole, now) = (state.room(), Tick::monotonic());
        state.inserts = Some(Inserts { escape: 0xFF });
        let taken = state.room();
        assert!(taken > 0 && taken < whole);
        (0..taken).for_each(|_| state.accept(Received::Bad(b'x', c::CE_FRAME), now));
        assert_eq!((state.errors, state.queue.len()), (c::CE_FRAME, taken * INSERTED), "and none for the queue");
        assert_eq!(state.room(), 0);
    }
}
