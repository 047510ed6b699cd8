//! What programs ask of an open port besides transfers (contract 01 §5.2 to §5.6).
//!
//! Each is a function of a handle's [`Grant`]: 1 if that is no serial port. On a synchronous instance they wait for their turn
//! like requests, behind a read or a wait for events of another thread.

use super::events::MASK_SIZE;
use super::line::Line;
use super::port::Port;
use super::settings::{self, checked, checked_timeouts};
use super::state::State;
use super::{Mishap, device_of, port_of};
use overlapped_abi::constants::serial as c;
use overlapped_abi::{ComStat, CommConfig, CommProp, CommTimeouts, Dcb, DcbFlags, Overlapped, Status, Win32Error};
use overlapped_kernel::request::{Buffer, Function, Position, Route};
use overlapped_kernel::road::{Call, Refused, Reply, Report};
use overlapped_kernel::system::Grant;
use std::any::Any;
use std::ptr::NonNull;

/// Every event that there is.
const EVENTS: u32 = 0x1FFF;
/// Everything that can be purged.
const PURGES: u32 = c::PURGE_TXABORT | c::PURGE_RXABORT | c::PURGE_TXCLEAR | c::PURGE_RXCLEAR;

/// Asks a serial port, in its turn.
pub(super) fn ask<T>(grant: &Grant, question: impl FnOnce(&Port) -> Result<T, Win32Error>) -> Result<T, Win32Error> {
    device_of(grant)?;
    ask_any(grant, question)
}

/// The same of a parallel port, too.
fn ask_any<T>(grant: &Grant, question: impl FnOnce(&Port) -> Result<T, Win32Error>) -> Result<T, Win32Error> {
    let port = port_of(grant)?;
    let _turn = (!grant.instance.is_overlapped()).then(|| grant.instance.pointer());
    question(port)
}

impl State {
    /// DTR and RTS as the settings have them.
    pub fn apply_lines(&mut self, line: &dyn Line) {
        let dcb = self.settings.dcb;
        match dcb.dtr_control() {
            c::DTR_CONTROL_DISABLE => self.set_dtr(line, false),
            // With a handshake it is on until the queue is full.
            _ => self.set_dtr(line, true),
        }
        match dcb.rts_control() {
            c::RTS_CONTROL_DISABLE => self.set_rts(line, false),
            c::RTS_CONTROL_TOGGLE => self.set_rts(line, self.has_output() || self.sending),
            _ => self.set_rts(line, true),
        }
    }

    /// New settings count.
    fn apply(&mut self, dcb: Dcb, line: &dyn Line) {
        let before = std::mem::replace(&mut self.settings.dcb, dcb);
        let same_lines = before.dtr_control() == dcb.dtr_control() && before.rts_control() == dcb.rts_control();
        if !same_lines {
            self.apply_lines(line);
        }
        if !dcb.flags.contains(DcbFlags::OUT_X) {
            self.xoff_held = false;
        }
        if !dcb.flags.contains(DcbFlags::IN_X) && std::mem::take(&mut self.xoff_sent) {
            self.urgent.push_back(before.xon_char);
        }
    }
}

/// GetCommState.
pub fn state(grant: &Grant) -> Result<Dcb, Win32Error> {
    ask(grant, |port| Ok(port.look(|state| state.settings.dcb)))
}

/// SetCommState: 87 for what no line can be, and then nothing changes. The queues stay as they are.
pub fn set_state(grant: &Grant, dcb: &Dcb) -> Result<(), Win32Error> {
    ask(grant, |port| {
        let dcb = checked(dcb)?;
        port.act(|state, line, _, _| {
            line.configure(&dcb)?;
            state.apply(dcb, line);
            Ok(())
        })
    })
}

/// GetCommTimeouts.
pub fn timeouts(grant: &Grant) -> Result<CommTimeouts, Win32Error> {
    ask_any(grant, |port| Ok(port.look(|state| state.settings.timeouts)))
}

/// SetCommTimeouts: for what is issued from now on. 87 for three times MAXDWORD.
pub fn set_timeouts(grant: &Grant, timeouts: &CommTimeouts) -> Result<(), Win32Error> {
    ask_any(grant, |port| {
        let timeouts = checked_timeouts(timeouts)?;
        port.act(|state, _, _, _| state.settings.timeouts = timeouts);
        Ok(())
    })
}

/// GetCommConfig.
pub fn config(grant: &Grant) -> Result<CommConfig, Win32Error> {
    Ok(settings::config(state(grant)?))
}

/// GetCommProperties.
pub fn properties(grant: &Grant) -> Result<CommProp, Win32Error> {
    ask(grant, |port| Ok(port.look(|state| settings::properties(state.in_size, state.out_size))))
}

/// SetupComm: queues of at least these sizes, in bytes.
pub fn setup(grant: &Grant, in_queue: u32, out_queue: u32) -> Result<(), Win32Error> {
    ask(grant, |port| {
        port.act(|state, _, _, _| {
            state.in_size = settings::queue_size(state.in_size, in_queue);
            state.out_size = settings::queue_size(state.out_size, out_queue);
        });
        Ok(())
    })
}

/// GetCommMask.
pub fn mask(grant: &Grant) -> Result<u32, Win32Error> {
    ask(grant, |port| Ok(port.look(|state| state.mask)))
}

/// SetCommMask: ends a wait for events, successfully and with none. 87 for events that do not exist.
pub fn set_mask(grant: &Grant, mask: u32) -> Result<(), Win32Error> {
    ask(grant, |port| {
        if mask & !EVENTS != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        port.act(|state, _, _, turn| state.set_mask(mask, turn));
        Ok(())
    })
}

/// The rest of a WaitCommEvent: where the mask goes, and who is told.
pub struct EventWait {
    /// Where the events are written, four bytes.
    pub mask: *mut u32,
    /// Who is told.
    pub route: Route,
    /// The caller's OVERLAPPED.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request is to own.
    pub payload: Option<Box<dyn Any + Send>>,
    /// When to report what has happened already.
    pub report: Report,
}

/// WaitCommEvent: 4 bytes, the events of the mask that have happened since the last wait or SetCommMask. 87 with an empty
/// mask, and while another wait is pending.
///
/// # Safety
/// `mask` is writable for four bytes, aligned or not, and it and the OVERLAPPED stay valid until the request is complete.
pub unsafe fn wait_event(grant: &Grant, wait: EventWait) -> Result<Reply, Refused> {
    let EventWait { mask, route, overlapped, payload, report } = wait;
    let instance = &grant.instance;
    let crooked = instance.is_overlapped() && overlapped.is_none() && payload.is_none() && route.routine.is_none();
    let error = match device_of(grant) {
        Err(error) => Some(error),
        Ok(_) if crooked => Some(Win32Error::INVALID_PARAMETER),
        Ok(_) => None,
    };
    if let Some(error) = error {
        return Err(Refused { error, payload });
    }
    let call = Call {
        function: Function::Control,
        position: Position::At(0),
        buffer: Buffer { start: mask.cast(), len: MASK_SIZE },
        route,
        overlapped,
        payload,
        report,
    };
    if instance.is_overlapped() {
        // SAFETY: the caller's promise.
        return unsafe { instance.call(call) };
    }
    let _turn = instance.pointer();
    // SAFETY: the caller's promise.
    unsafe { instance.call_and_wait(call) }
}

/// GetCommModemStatus: MS_*_ON.
pub fn modem_status(grant: &Grant) -> Result<u32, Win32Error> {
    ask(grant, |port| Ok(port.act(|state, _, _, _| state.modem)))
}

/// ClearCommError: the errors so far (CE_*), which are forgotten, and how the queues stand. Lets transfers go on after
/// fAbortOnError.
pub fn clear_error(grant: &Grant) -> Result<(u32, ComStat), Win32Error> {
    ask(grant, |port| {
        Ok(port.act(|state, line, now, _| {
            state.aborted = false;
            (std::mem::take(&mut state.errors), state.stat(line, now))
        }))
    })
}

/// PurgeComm: 87 for nothing, and for what does not exist.
pub fn purge(grant: &Grant, what: u32) -> Result<(), Win32Error> {
    ask(grant, |port| {
        if what == 0 || what & !PURGES != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        port.act(|state, line, _, turn| {
            if what & c::PURGE_TXABORT != 0 {
                state.end_writes(Status::CANCELLED, turn);
            }
            if what & c::PURGE_RXABORT != 0 {
                state.end_reads(Status::CANCELLED, turn);
            }
            if what & c::PURGE_TXCLEAR != 0 {
                state.clear_output(line, turn);
            }
            if what & c::PURGE_RXCLEAR != 0 {
                line.discard_input();
                state.queue.clear();
            }
        });
        Ok(())
    })
}

/// EscapeCommFunction: 87 for what does not exist, and for DTR or RTS while that line is a handshake's.
pub fn escape(grant: &Grant, function: u32) -> Result<(), Win32Error> {
    ask(grant, |port| {
        port.act(|state, line, _, _| {
            let dcb = state.settings.dcb;
            let own_dtr = dcb.dtr_control() != c::DTR_CONTROL_HANDSHAKE;
            let own_rts = !matches!(dcb.rts_control(), c::RTS_CONTROL_HANDSHAKE | c::RTS_CONTROL_TOGGLE);
            match function {
                c::SETXOFF => state.xoff_held = true,
                c::SETXON => state.xoff_held = false,
                c::SETRTS | c::CLRRTS if own_rts => state.set_rts(line, function == c::SETRTS),
                c::SETDTR | c::CLRDTR if own_dtr => state.set_dtr(line, function == c::SETDTR),
                c::RESETDEV => {}
                c::SETBREAK | c::CLRBREAK => {
                    state.breaking = function == c::SETBREAK;
                    line.set_break(state.breaking);
                }
                _ => return Err(Win32Error::INVALID_PARAMETER),
            }
            Ok(())
        })
    })
}

/// TransmitCommChar: the byte goes ahead of everything that was written. 31 while an earlier one has not gone.
pub fn transmit_char(grant: &Grant, byte: u8) -> Result<(), Win32Error> {
    ask(grant, |port| {
        port.act(|state, _, _, _| match state.gone.or(state.aborted.then_some(Status::CANCELLED)) {
            Some(status) => Err(status.to_win32()),
            None if state.immediate.is_some() => Err(Win32Error::GEN_FAILURE),
            None => {
                state.immediate = Some(byte);
                Ok(())
            }
        })
    })
}

/// FlushFileBuffers of a serial or parallel port: waits until everything that was written is on the line, as long as that
/// takes. 5 without a right to write.
pub fn flush(grant: &Grant) -> Result<(), Win32Error> {
    port_of(grant)?;
    if !grant.access.can_write() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let _turn = (!grant.instance.is_overlapped()).then(|| grant.instance.pointer());
    let call = Call {
        function: Function::Flush,
        position: Position::At(0),
        buffer: Buffer { start: std::ptr::null_mut(), len: 0 },
        route: Route::default(),
        overlapped: None,
        payload: None,
        report: Report::AtOnce,
    };
    // SAFETY: no memory is involved.
    let flushed = unsafe { grant.instance.call_and_wait(call) };
    flushed.map(drop).map_err(|refused| refused.error)
}

/// On a null modem: a byte arrives at this port with an error. 50 on any other line.
pub fn garble(grant: &Grant, mishap: Mishap, byte: u8) -> Result<(), Win32Error> {
    let wire = device_of(grant)?.wire().ok_or(Win32Error::NOT_SUPPORTED)?;
    wire.garble(mishap, byte);
    Ok(())
}

/// On a null modem: somebody calls this port, or has given up. 50 on any other line.
pub fn ring(grant: &Grant, on: bool) -> Result<(), Win32Error> {
    let wire = device_of(grant)?.wire().ok_or(Win32Error::NOT_SUPPORTED)?;
    wire.ring(on);
    Ok(())
}
