//! WaitNamedPipe and CallNamedPipe (contract 07 §1.4, §1.9).

use super::PipeDriver;
use super::ask::{self, outcome};
use super::root::{self, RootDevice};
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::constants::pipe::{
    NMPWAIT_NOWAIT, NMPWAIT_USE_DEFAULT_WAIT, NMPWAIT_WAIT_FOREVER, PIPE_DEFAULT_TIMEOUT_MS, PIPE_READMODE_MESSAGE,
};
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::clock::{Tick, Timeout};
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::handle::{Handle, Object};
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::{Buffer, Completion};
use overlapped_kernel::system::{Grant, Open};
use std::ffi::OsStr;
use std::sync::Arc;
use std::time::Duration;

/// A handle that is closed when this goes.
struct Held<'a> {
    system: &'a System,
    handle: Handle,
    grant: Grant,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Somebody who guessed its number may have closed it.
        let _ = self.system.close(self.handle);
    }
}

impl PipeDriver {
    /// WaitNamedPipe: returns when an instance of the pipe listens, which somebody else may take first. `milliseconds` as there.
    ///
    /// # Errors
    /// 2 for a name that nobody has, 121 when the time is over, 123 and 53 for names that are none of a pipe here.
    pub fn wait(&self, system: &System, name: &OsStr, milliseconds: u32) -> Result<(), Win32Error> {
        let name = system.namespace().read().pipe_client_name(name).map_err(|error| error.code())?;
        let limit = match milliseconds {
            NMPWAIT_USE_DEFAULT_WAIT => self.default_wait(&name),
            NMPWAIT_WAIT_FOREVER => Timeout::Infinite,
            milliseconds => Timeout::After(Duration::from_millis(milliseconds.into())),
        };
        self.wait_at_root(system, name, limit)
    }

    fn default_wait(&self, name: &ObjectName) -> Timeout {
        let known = self.names.ask(name).or_else(|| self.names.ask_others(name));
        let milliseconds = known.map_or(PIPE_DEFAULT_TIMEOUT_MS, |(family, _)| family.default_wait);
        if milliseconds == NMPWAIT_WAIT_FOREVER {
            return Timeout::Infinite;
        }
        Timeout::After(Duration::from_millis(milliseconds.into()))
    }

    fn wait_at_root(&self, system: &System, name: ObjectName, limit: Timeout) -> Result<(), Win32Error> {
        let instance = system.instance(Arc::new(RootDevice { names: Arc::clone(&self.names) }), false);
        let access = AccessMask::SYNCHRONIZE;
        let handle = system.insert(Object::Instance(Arc::clone(&instance)), access)?;
        let held = Held { system, handle, grant: Grant { instance, access } };
        root::wait(&held.grant, &self.names, &name, limit)
    }

    /// CallNamedPipe: opens a pipe of messages, sends one, reads one and closes. The outcome is a warning (234) if the answer was
    /// longer; its rest is lost.
    ///
    /// # Errors
    /// 2 for a name that nobody has; 121 if no instance listens in time, 231 if none does and `milliseconds` is NMPWAIT_NOWAIT;
    /// 87 for a pipe of bytes; those of a transaction.
    pub fn call(
        &self,
        system: &System,
        name: &OsStr,
        message: &[u8],
        answer: &mut [u8],
        milliseconds: u32,
    ) -> Result<Completion, Win32Error> {
        let pipe = self.open_to_call(system, name, milliseconds)?;
        ask::set_mode(&pipe.grant, PIPE_READMODE_MESSAGE)?;
        let room = Buffer { start: answer.as_mut_ptr(), len: answer.len() };
        // SAFETY: the answer's memory is borrowed until the call is over, and there is no OVERLAPPED.
        let reply = unsafe { ask::transact(&pipe.grant, message, room, None) };
        reply.map(outcome).map_err(|failure| failure.status.to_win32())
    }

    fn open_to_call<'a>(&self, system: &'a System, name: &OsStr, milliseconds: u32) -> Result<Held<'a>, Win32Error> {
        let params = OpenParams {
            access: AccessMask::GENERIC_READ | AccessMask::GENERIC_WRITE,
            share: ShareMode::empty(),
            disposition: OPEN_EXISTING,
            flags: FileFlags::empty(),
            permissions: 0,
        };
        let parsed = system.namespace().read().pipe_client_name(name).map_err(|error| error.code())?;
        let whole = match milliseconds {
            NMPWAIT_USE_DEFAULT_WAIT => self.default_wait(&parsed),
            NMPWAIT_WAIT_FOREVER => Timeout::Infinite,
            milliseconds => Timeout::After(Duration::from_millis(milliseconds.into())),
        };
        let start = Tick::monotonic();
        loop {
            match system.open(name, &params) {
                Ok(Open { handle, grant, .. }) => return Ok(Held { system, handle, grant }),
                Err(Win32Error::PIPE_BUSY) if milliseconds != NMPWAIT_NOWAIT => {}
                Err(error) => return Err(error),
            }
            let limit = match whole {
                Timeout::After(whole) => Timeout::After(start.plus(whole).since(Tick::monotonic())),
                other => other,
            };
            self.wait_at_root(system, parsed.clone(), limit)?;
        }
    }
}

/// FSCTL_PIPE_WAIT on `\\.\pipe\`.
///
/// # Errors
/// As for [`PipeDriver::wait`]; 1 if the handle refers to something else.
pub fn wait_at(grant: &Grant, name: ObjectName, limit: Option<Timeout>) -> Result<(), Win32Error> {
    let place: &RootDevice = grant.instance.device().as_any().downcast_ref().ok_or(Win32Error::INVALID_FUNCTION)?;
    let limit = limit.unwrap_or_else(|| PipeDriver { names: Arc::clone(&place.names) }.default_wait(&name));
    root::wait(grant, &place.names, &name, limit)
}

/// The same as the caller of DeviceIoControl asks for it: FILE_PIPE_WAIT_FOR_BUFFER.
///
/// # Errors
/// As for [`wait_at`]; 87 for what is no such structure.
pub fn wait_as_asked(grant: &Grant, input: &[u8]) -> Result<(), Win32Error> {
    let (limit, rest) = input.split_first_chunk().ok_or(Win32Error::INVALID_PARAMETER)?;
    let (len, rest) = rest.split_first_chunk().ok_or(Win32Error::INVALID_PARAMETER)?;
    let name = rest.get(2..).and_then(|name| name.get(..u32::from_ne_bytes(*len) as usize));
    let (Some([specified, ..]), Some(name)) = (rest.first_chunk::<1>(), name) else {
        return Err(Win32Error::INVALID_PARAMETER);
    };
    let units: Vec<u16> = name.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]])).collect();
    let limit = (*specified != 0).then(|| limit_of(i64::from_ne_bytes(*limit)));
    wait_at(grant, ObjectName::new(String::from_utf16_lossy(&units)), limit)
}

/// A limit in units of 100 ns, as the kernel of Windows has them: negative from now on. One at a point of time has passed or is far.
fn limit_of(units: i64) -> Timeout {
    match units {
        i64::MIN | 1.. => Timeout::Infinite,
        units => Timeout::After(Duration::from_nanos(units.unsigned_abs().saturating_mul(100))),
    }
}
