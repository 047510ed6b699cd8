//! Open ports.

use super::values::{Events, LineErrors, ModemLines, PortStatus, Purge, Timeouts};
use crate::buffer::{IoBuf, IoBufMut};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::operation::{self, Fill, Operation};
use crate::overlapped_file::OverlappedFile;
use crate::port::{PortDevice, Rejected, sealed};
use crate::wait::Wait;
use overlapped_abi::{CommProp, Dcb};
use overlapped_devices::serial::{self as devices, EventWait, Mishap};
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::request::Route;
use overlapped_kernel::road::{Refused, Reply, Report};
use std::any::Any;
use std::io;
use std::sync::Arc;

/// A serial port opened without FILE_FLAG_OVERLAPPED: every call waits for its turn and its end, one at a time (contract 01
/// section 5). A thread of a completion port counts as paused while a call waits.
#[derive(Debug)]
pub struct SerialPort {
    file: File,
}

/// A serial port opened with FILE_FLAG_OVERLAPPED: reads, writes and a wait for events are on their way at once, and reads get
/// their bytes in the order in which they were issued.
#[derive(Debug)]
pub struct OverlappedSerialPort {
    pub(super) file: OverlappedFile,
}

/// What both kinds of port can be asked; both have a `file`.
macro_rules! port_methods {
    ($port:ty, $file:ty) => {
        impl $port {
            pub(super) fn new(file: $file) -> Self {
                Self { file }
            }

            /// The handle underneath.
            #[must_use]
            pub fn handle(&self) -> &OwnedHandle {
                self.file.handle()
            }

            /// The settings (GetCommState).
            ///
            /// # Errors
            /// None while the port is open.
            pub fn dcb(&self) -> Result<Dcb> {
                self.handle().ask("question for a port's settings", devices::state)
            }

            /// Changes the settings (SetCommState); the queues stay as they are.
            ///
            /// # Errors
            /// 87 for what the line cannot be; then nothing changes.
            pub fn set_dcb(&self, dcb: &Dcb) -> Result<()> {
                self.handle().ask("change of a port's settings", |grant| devices::set_state(grant, dcb))
            }

            /// How long transfers wait.
            ///
            /// # Errors
            /// None while the port is open.
            pub fn timeouts(&self) -> Result<Timeouts> {
                self.handle().ask("question for a port's timeouts", devices::timeouts).map(Timeouts::from_raw)
            }

            /// Changes how long transfers wait that are issued from now on.
            ///
            /// # Errors
            /// 87 for three times MAXDWORD.
            pub fn set_timeouts(&self, timeouts: Timeouts) -> Result<()> {
                let set = |grant: &_| devices::set_timeouts(grant, &timeouts.raw());
                self.handle().ask("change of a port's timeouts", set)
            }

            /// Says what is to be told by waits for events, and forgets what has happened. A wait that is pending ends with no
            /// event (SetCommMask).
            ///
            /// # Errors
            /// 87 for events that do not exist.
            pub fn set_event_mask(&self, events: Events) -> Result<()> {
                self.handle().ask("change of an event mask", |grant| devices::set_mask(grant, events.bits()))
            }

            /// What is told by waits for events.
            ///
            /// # Errors
            /// None while the port is open.
            pub fn event_mask(&self) -> Result<Events> {
                self.handle().ask("question for an event mask", devices::mask).map(Events::from_bits_retain)
            }

            /// The lines, as they are now.
            ///
            /// # Errors
            /// None while the port is open.
            pub fn modem_lines(&self) -> Result<ModemLines> {
                let lines = self.handle().ask("question for the modem's lines", devices::modem_status)?;
                Ok(ModemLines::from_bits_truncate(lines))
            }

            /// What has gone wrong, which is forgotten by this, and how the queues stand (ClearCommError). After an error with
            /// `fAbortOnError`, transfers go on.
            ///
            /// # Errors
            /// None while the port is open.
            pub fn clear_errors(&self) -> Result<PortStatus> {
                let (errors, stat) = self.handle().ask("question for a port's errors", devices::clear_error)?;
                Ok(PortStatus {
                    errors: LineErrors::from_bits_truncate(errors),
                    holds: stat.flags,
                    in_queue: stat.in_queue as usize,
                    out_queue: stat.out_queue as usize,
                })
            }

            /// Ends transfers and empties queues (PurgeComm).
            ///
            /// # Errors
            /// 87 for nothing.
            pub fn purge(&self, what: Purge) -> Result<()> {
                self.handle().ask("purge", |grant| devices::purge(grant, what.bits()))
            }

            /// Does one of EscapeCommFunction's things: SETDTR, CLRRTS, SETBREAK, SETXOFF and so on, from
            /// [`constants::serial`](overlapped_abi::constants::serial).
            ///
            /// # Errors
            /// 87 for what does not exist, and for a line that a handshake has.
            pub fn escape(&self, function: u32) -> Result<()> {
                self.handle().ask("escape function", |grant| devices::escape(grant, function))
            }

            /// Sends a byte ahead of everything that was written (TransmitCommChar).
            ///
            /// # Errors
            /// 31 while an earlier one has not gone.
            pub fn send_ahead(&self, byte: u8) -> Result<()> {
                self.handle().ask("byte ahead of others", |grant| devices::transmit_char(grant, byte))
            }

            /// Waits until everything that was written is on the line (FlushFileBuffers).
            ///
            /// # Errors
            /// 995 if somebody cancels it; 1167 if the line goes.
            pub fn flush_buffers(&self) -> Result<()> {
                self.handle().ask("flush", devices::flush)
            }

            /// What the port can do (GetCommProperties).
            ///
            /// # Errors
            /// None while the port is open.
            pub fn properties(&self) -> Result<CommProp> {
                self.handle().ask("question for a port's properties", devices::properties)
            }

            /// On a null modem: a byte arrives here with an error.
            ///
            /// # Errors
            /// 50 on any other line.
            pub fn garble(&self, mishap: Mishap, byte: u8) -> Result<()> {
                self.handle().ask("error on the line", |grant| devices::garble(grant, mishap, byte))
            }

            /// On a null modem: somebody calls this port, or has given up.
            ///
            /// # Errors
            /// 50 on any other line.
            pub fn ring(&self, on: bool) -> Result<()> {
                self.handle().ask("call of a port", |grant| devices::ring(grant, on))
            }
        }

        impl Wait for $port {
            fn wait_ref(&self) -> Result<WaitRef> {
                self.file.wait_ref()
            }

            fn idle(&self) -> Option<Arc<Idle>> {
                self.file.idle()
            }
        }
    };
}

port_methods!(SerialPort, File);
port_methods!(OverlappedSerialPort, OverlappedFile);

/// Issues a wait for events; what it owns comes back with a refusal.
///
/// # Safety
/// `mask` is writable for four bytes until the request is complete.
pub(super) unsafe fn issue_wait(
    handle: &OwnedHandle,
    mask: *mut u32,
    route: Route,
    payload: Box<dyn Any + Send>,
    report: Report,
) -> std::result::Result<Reply, (Error, Box<dyn Any + Send>)> {
    let wait = EventWait { mask, route, overlapped: None, payload: Some(payload), report };
    // SAFETY: the caller's promise.
    match unsafe { devices::wait_event(handle.grant(), wait) } {
        Ok(reply) => Ok(reply),
        Err(Refused { error, payload: Some(payload) }) => Err((Error::new(error, "a wait for events"), payload)),
        Err(Refused { payload: None, .. }) => unreachable!("a refusal gives the payload back"),
    }
}

impl SerialPort {
    /// Waits for an event (WaitCommEvent); calls of other threads on this port wait meanwhile. No event if somebody changes
    /// the mask.
    ///
    /// # Errors
    /// 87 with an empty mask.
    pub fn wait_event(&self) -> Result<Events> {
        let mut owner = Box::new(Events::empty());
        let mask = (&raw mut *owner).cast();
        // SAFETY: the box is the request's, which is complete when this returns.
        match unsafe { issue_wait(self.handle(), mask, Route::default(), owner, Report::AtOnce) } {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => {
                let Some(payload) = request.take_payload() else { unreachable!("nobody else takes it") };
                Ok(operation::unbox(payload))
            }
            Err((error, _)) => Err(error),
        }
    }
}

impl io::Read for SerialPort {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.file.read_bytes(buffer)?)
    }
}

impl io::Read for &SerialPort {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.file.read_bytes(buffer)?)
    }
}

impl io::Write for SerialPort {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.file.write_bytes(bytes)?)
    }

    /// Waits until everything is on the line.
    fn flush(&mut self) -> io::Result<()> {
        Ok(self.flush_buffers()?)
    }
}

impl io::Write for &SerialPort {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.file.write_bytes(bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(self.flush_buffers()?)
    }
}

impl OverlappedSerialPort {
    /// Reads up to the buffer's capacity, as the [timeouts](Timeouts) say.
    pub fn read<B: IoBufMut>(&self, buffer: B) -> Operation<B> {
        self.file.read_at(buffer, 0)
    }

    /// Writes the whole buffer, or what goes in its time.
    pub fn write<B: IoBuf>(&self, buffer: B) -> Operation<B> {
        self.file.write_at(buffer, 0)
    }

    /// [`OverlappedSerialPort::read`], and `event` is reset now and set on completion.
    pub fn read_with_event<B: IoBufMut>(&self, buffer: B, event: &Event) -> Operation<B> {
        self.file.read_at_with_event(buffer, 0, event)
    }

    /// [`OverlappedSerialPort::write`], and `event` is reset now and set on completion.
    pub fn write_with_event<B: IoBuf>(&self, buffer: B, event: &Event) -> Operation<B> {
        self.file.write_at_with_event(buffer, 0, event)
    }

    /// [`OverlappedSerialPort::read`]; `then` runs in an alertable wait of this thread (contract 05).
    ///
    /// # Errors
    /// 87 if the port reports to a completion port.
    pub fn read_then<B, F>(&self, buffer: B, then: F) -> std::result::Result<(), Rejected<F, B>>
    where
        B: IoBufMut,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        self.file.read_at_then(buffer, 0, then)
    }

    /// [`OverlappedSerialPort::write`]; `then` as in [`OverlappedSerialPort::read_then`].
    ///
    /// # Errors
    /// As for [`OverlappedSerialPort::read_then`].
    pub fn write_then<B, F>(&self, buffer: B, then: F) -> std::result::Result<(), Rejected<F, B>>
    where
        B: IoBuf,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        self.file.write_at_then(buffer, 0, then)
    }

    /// Waits for an event of the [mask](OverlappedSerialPort::set_event_mask) (WaitCommEvent): what has happened since the
    /// last wait, or the next that does. The operation comes to 4 bytes and the events; none if somebody changes the mask
    /// meanwhile. It fails with 87 with an empty mask, and while another wait is pending.
    pub fn wait_event(&self) -> Operation<Events> {
        let mut owner = Box::new(Events::empty());
        let mask = (&raw mut *owner).cast();
        let fill: Fill<Events> = |_, _| {};
        // SAFETY: the box is the request's until that is complete.
        match unsafe { issue_wait(self.handle(), mask, Route::default(), owner, Report::AtOnce) } {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => Operation::issued(request, fill),
            Err((error, payload)) => Operation::refused(error, operation::unbox(payload), fill),
        }
    }

    /// Asks for the end of all outstanding requests of this port (CancelIoEx). False if there was none.
    pub fn cancel_all(&self) -> bool {
        self.file.cancel_all()
    }

    /// Requests that are not complete.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        self.file.outstanding()
    }
}

impl sealed::Sealed for OverlappedSerialPort {}

impl PortDevice for OverlappedSerialPort {
    fn handle(&self) -> &OwnedHandle {
        self.file.handle()
    }
}
