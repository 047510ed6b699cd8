//! What goes out: characters ahead of the queue, then writes, as far as flow control lets them.

use super::line::{Line, Verdict};
use super::settings::byte_time;
use super::state::{State, Transfer, Turn};
use super::timing::{Patience, Running, of_write};
use overlapped_abi::constants::serial as c;
use overlapped_abi::{ComStat, ComStatFlags, DcbFlags, Status};
use overlapped_kernel::clock::Tick;
use rustix::io::Errno;
use std::time::Duration;

/// Between two looks at a line that should have sent everything.
const SHORTEST_LOOK: Duration = Duration::from_millis(1);
const LONGEST_LOOK: Duration = Duration::from_millis(100);

/// What came of a try to send.
enum Sent {
    All,
    Some,
    None,
}

impl State {
    /// Is there anything that was not given to the line yet?
    pub fn has_output(&self) -> bool {
        !self.writes.is_empty() || !self.urgent.is_empty() || self.immediate.is_some()
    }

    /// Output waits for CTS or DSR.
    pub fn held_by_lines(&self) -> bool {
        let flags = self.settings.dcb.flags;
        flags.contains(DcbFlags::OUTX_CTS_FLOW) && self.modem & c::MS_CTS_ON == 0
            || flags.contains(DcbFlags::OUTX_DSR_FLOW) && self.modem & c::MS_DSR_ON == 0
    }

    /// Output waits because the other end was sent an XOFF, and is not to be confused by more.
    fn held_by_own_xoff(&self) -> bool {
        let flags = self.settings.dcb.flags;
        self.xoff_sent && flags.contains(DcbFlags::IN_X) && !flags.contains(DcbFlags::TX_CONTINUE_ON_XOFF)
    }

    fn is_held(&self) -> bool {
        self.breaking || self.aborted || self.xoff_held || self.held_by_lines() || self.held_by_own_xoff()
    }

    /// Sends what may be sent, ends writes that are done or whose time is over, and notices when everything is on the line.
    pub fn send(&mut self, line: &dyn Line, now: Tick, turn: &mut Turn) {
        let toggles = self.settings.dcb.rts_control() == c::RTS_CONTROL_TOGGLE;
        if toggles && self.has_output() {
            self.set_rts(line, true);
        }
        if self.send_ahead(line, now, turn) {
            while self.send_write(line, now, turn) {}
        }
        self.end_late_writes(line, now, turn);
        if !self.has_output() && line.unsent(now) == 0 {
            if std::mem::take(&mut self.sending) {
                self.note(c::EV_TXEMPTY);
            }
            if toggles {
                self.set_rts(line, false);
            }
            self.flushes.drain(..).for_each(|request| turn.end(request, Status::SUCCESS));
        }
    }

    fn give(&mut self, line: &dyn Line, bytes: &[u8], now: Tick, turn: &mut Turn) -> (usize, Sent) {
        match line.send(bytes, now) {
            Ok(count) => {
                self.sending = true;
                (count, if count == bytes.len() { Sent::All } else { Sent::Some })
            }
            Err(Errno::AGAIN) => (0, Sent::None),
            Err(error) => {
                match line.verdict(error) {
                    Verdict::Gone(status) => self.vanish(status, turn),
                    Verdict::Fails(status) => {
                        self.immediate = None;
                        if let Some(write) = self.writes.pop_front() {
                            turn.end(write.request, status);
                        }
                    }
                }
                (0, Sent::None)
            }
        }
    }

    /// What goes ahead of writes. True if these may follow.
    fn send_ahead(&mut self, line: &dyn Line, now: Tick, turn: &mut Turn) -> bool {
        while let Some(&byte) = self.urgent.front() {
            // The other end's XOFF does not hold these: it may be waiting for just that.
            if self.breaking || self.aborted || self.held_by_lines() {
                return false;
            }
            let (1, _) = self.give(line, &[byte], now, turn) else { return false };
            self.urgent.pop_front();
        }
        if self.is_held() {
            return false;
        }
        if let Some(byte) = self.immediate {
            let (1, _) = self.give(line, &[byte], now, turn) else { return false };
            self.immediate = None;
        }
        true
    }

    /// Sends from the oldest write. True if there may be more to do.
    fn send_write(&mut self, line: &dyn Line, now: Tick, turn: &mut Turn) -> bool {
        self.start_clock(now);
        let Some(Transfer { request, .. }) = self.writes.front() else { return false };
        let (buffer, done) = (request.buffer(), request.progress());
        // SAFETY: the memory stays as it is until the request is complete, which takes it out of this queue first; it is
        // readable for its length, and `done` is not more than that.
        let rest = unsafe { std::slice::from_raw_parts(buffer.start.cast_const().add(done), buffer.len - done) };
        let (count, sent) = self.give(line, rest, now, turn);
        if count == 0 {
            // Also if it has failed, and is not the oldest any more.
            return false;
        }
        let Some(Transfer { request, .. }) = self.writes.front() else { return false };
        request.advance(count);
        match sent {
            Sent::All => {
                self.end_oldest_write(turn);
                true
            }
            Sent::Some => true,
            Sent::None => false,
        }
    }

    fn end_oldest_write(&mut self, turn: &mut Turn) {
        if let Some(write) = self.writes.pop_front() {
            turn.end(write.request, Status::SUCCESS);
        }
    }

    /// The clock of the oldest write runs.
    fn start_clock(&mut self, now: Tick) {
        let timeouts = &self.settings.timeouts;
        if let Some(Transfer { request, clock: clock @ None }) = self.writes.front_mut() {
            let total = of_write(timeouts, request.buffer().len);
            let patience = Patience { at_once: false, first_ends: false, total, gap: None };
            *clock = Some(Running::new(patience, now));
        }
    }

    fn end_late_writes(&mut self, line: &dyn Line, now: Tick, turn: &mut Turn) {
        self.start_clock(now);
        while let Some(write) = self.writes.pop_front_if(|write| write.clock.is_some_and(|clock| clock.is_over(now))) {
            let status = if write.request.progress() == 0 { line.late() } else { Status::SUCCESS };
            turn.end(write.request, status);
            self.start_clock(now);
        }
    }

    /// Does anybody want to know when everything is on the line?
    pub fn wants_drain(&self) -> bool {
        let toggles = self.settings.dcb.rts_control() == c::RTS_CONTROL_TOGGLE;
        self.mask & c::EV_TXEMPTY != 0 || !self.flushes.is_empty() || toggles
    }

    /// When everything may be on the line.
    pub fn drain_time(&self, line: &dyn Line, now: Tick) -> Option<Tick> {
        let unsent = line.unsent(now);
        if unsent == 0 || line.next(now).is_some() {
            return None;
        }
        // Lines without a descriptor tell by themselves.
        line.descriptor()?;
        let time = Duration::from_nanos(byte_time(&self.settings.dcb).saturating_mul(unsent as u64));
        Some(now.plus(time.clamp(SHORTEST_LOOK, LONGEST_LOOK)))
    }

    pub fn set_rts(&mut self, line: &dyn Line, on: bool) {
        if std::mem::replace(&mut self.rts, on) != on {
            line.set_rts(on);
        }
    }

    pub fn set_dtr(&mut self, line: &dyn Line, on: bool) {
        if std::mem::replace(&mut self.dtr, on) != on {
            line.set_dtr(on);
        }
    }

    /// PURGE_TXCLEAR: what was written and not sent never will be. The writes end as if it had been.
    pub fn clear_output(&mut self, line: &dyn Line, turn: &mut Turn) {
        line.discard_output();
        for Transfer { request, .. } in self.writes.drain(..) {
            request.advance(request.buffer().len - request.progress());
            turn.end(request, Status::SUCCESS);
        }
        self.immediate = None;
    }

    /// Bytes that were written and are not on the line.
    pub fn out_queue(&self, line: &dyn Line, now: Tick) -> usize {
        let written: usize = self.writes.iter().map(Transfer::left).sum();
        written + line.unsent(now)
    }

    /// What ClearCommError tells besides errors.
    pub fn stat(&self, line: &dyn Line, now: Tick) -> ComStat {
        let dcb = self.settings.dcb.flags;
        let mut flags = ComStatFlags::empty();
        let off = |bit| self.modem & bit == 0;
        flags.set(ComStatFlags::CTS_HOLD, dcb.contains(DcbFlags::OUTX_CTS_FLOW) && off(c::MS_CTS_ON));
        flags.set(ComStatFlags::DSR_HOLD, dcb.contains(DcbFlags::OUTX_DSR_FLOW) && off(c::MS_DSR_ON));
        flags.set(ComStatFlags::XOFF_HOLD, self.xoff_held);
        flags.set(ComStatFlags::XOFF_SENT, self.xoff_sent);
        flags.set(ComStatFlags::TXIM, self.immediate.is_some());
        ComStat { flags, in_queue: self.queue.len() as u32, out_queue: self.out_queue(line, now) as u32 }
    }
}
