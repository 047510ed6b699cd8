//! Mailslots: messages of many writers to one reader (contract 07 section 4).
//!
//! The server makes a slot under a name and reads whole messages from it, oldest first. Clients open the name and write; each message is taken
//! whole or not at all, and nobody who writes waits for a reader. Server and clients may be of different processes; names of other computers and
//! of domains (`\\plant\mailslot\alarm`, `\\*\mailslot\alarm`) reach those that the configuration lists, by datagrams that may get lost.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::mailslot::{Mailslot, MailslotClient};
//! # let name = format!(r"\\.\mailslot\doc-{}", std::process::id());
//!
//! let slot = Mailslot::create(&name)?;
//! let sender = MailslotClient::open(&name)?;
//! sender.write(b"door open")?;
//! sender.write(b"door closed")?;
//! assert_eq!(slot.info()?.count, 2);
//! assert_eq!(slot.next()?.as_deref(), Some(&b"door open"[..]));
//!
//! let read = slot.receive(vec![0; 64]); // overlapped: wait for it, poll it, await it
//! let (length, message) = read.wait();
//! assert_eq!((length?, &*message), (11, &b"door closed"[..]));
//! # Ok(())
//! # }
//! ```
//!
//! A slot is a device like any other: reads signal it and an event, call a routine in an alertable wait, or report to a port with
//! key and context ([`Associated::receive`]).

use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::file;
use crate::handle::OwnedHandle;
use crate::open::OpenOptions;
use crate::operation::{self, Operation};
use crate::overlapped_file::OverlappedFile;
use crate::port::{Associated, PortDevice, Rejected, sealed};
use crate::wait::Wait;
use overlapped_abi::Win32Error;
use overlapped_abi::constants::pipe::MAILSLOT_WAIT_FOREVER;
use overlapped_devices::MailslotDriver;
use overlapped_devices::mailslot as devices;
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::request::Function;
use overlapped_kernel::system::Open;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

/// How a slot is to be made.
#[derive(Clone, Debug)]
pub struct MailslotOptions {
    longest: u32,
    timeout: Timeout,
    system: Option<System>,
}

impl Default for MailslotOptions {
    fn default() -> Self {
        Self { longest: 0, timeout: Timeout::Infinite, system: None }
    }
}

impl MailslotOptions {
    /// Messages of any length, reads that wait without limit, in the default system.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Messages of at most so many bytes; 0 is any number.
    #[must_use]
    pub fn longest(mut self, bytes: u32) -> Self {
        self.longest = bytes;
        self
    }

    /// Reads wait so long for a message, in whole milliseconds, and then fail with 121; [`Timeout::Poll`]: they do not wait.
    #[must_use]
    pub fn read_timeout(mut self, timeout: impl Into<Timeout>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// In this system instead of the default one.
    #[must_use]
    pub fn system(mut self, system: &System) -> Self {
        self.system = Some(system.clone());
        self
    }

    /// Makes the slot `\\.\mailslot\[path\]name` (CreateMailslot). Case does not count.
    ///
    /// # Errors
    /// 123 for a name of another form, 183 for one that is in use, 4 when there are too many handles.
    pub fn create(&self, name: impl AsRef<OsStr>) -> Result<Mailslot> {
        let system = match &self.system {
            Some(system) => system.clone(),
            None => crate::system::default()?.clone(),
        };
        let name = name.as_ref();
        let error = |code| Error::with_path(code, "creation of a mailslot", Path::new(name));
        let driver: &MailslotDriver = system.driver().ok_or_else(|| error(Win32Error::NOT_SUPPORTED))?;
        let made = driver.create(&system, name, self.longest, milliseconds(self.timeout));
        let Open { handle, grant, .. } = made.map_err(error)?;
        Ok(Mailslot { file: OverlappedFile::new(OwnedHandle::new(&system, handle, grant)?) })
    }
}

/// What is shorter than a millisecond is one.
fn milliseconds(timeout: Timeout) -> u32 {
    match timeout {
        Timeout::Poll => 0,
        Timeout::Infinite => MAILSLOT_WAIT_FOREVER,
        Timeout::After(limit) => {
            let whole = limit.as_nanos().div_ceil(1_000_000);
            u32::try_from(whole).unwrap_or(u32::MAX).min(MAILSLOT_WAIT_FOREVER - 1)
        }
    }
}

/// What a slot says of itself (GetMailslotInfo).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailslotInfo {
    /// The most bytes in a message; 0 for any number.
    pub longest: u32,
    /// Bytes of the message that is read next; `None` without one.
    pub next: Option<u32>,
    /// Messages that wait.
    pub count: u32,
    /// How long a read waits.
    pub read_timeout: Timeout,
}

/// The server's end of a mailslot: it reads. The slot lives until the last handle to it is closed; what nobody has read then is lost.
#[derive(Debug)]
pub struct Mailslot {
    file: OverlappedFile,
}

impl Mailslot {
    /// A slot with the usual options.
    ///
    /// # Errors
    /// As for [`MailslotOptions::create`].
    pub fn create(name: impl AsRef<OsStr>) -> Result<Self> {
        MailslotOptions::new().create(name)
    }

    /// Waits for the next message, at most for the slot's read timeout, and copies it into the buffer; its length. An empty message has 0
    /// bytes.
    ///
    /// # Errors
    /// 121 when the time is over, 122 if the message is longer than the buffer: it stays then. 995 if the thread was told to give up.
    pub fn read(&self, buffer: &mut [u8]) -> Result<usize> {
        // SAFETY: the borrow of the buffer lasts until the call returns, and a call without a payload ends before that.
        unsafe { file::transfer_now(self.handle().grant(), Function::Read, buffer.as_mut_ptr(), buffer.len()) }
    }

    /// The message that is there already, if there is one. For a slot with one reader: another may take the message in between, and then
    /// this waits as [`Mailslot::read`] does.
    ///
    /// # Errors
    /// As for [`Mailslot::read`].
    pub fn next(&self) -> Result<Option<Vec<u8>>> {
        let Some(length) = self.info()?.next else { return Ok(None) };
        let mut message = vec![0; length as usize];
        let length = self.read(&mut message)?;
        message.truncate(length);
        Ok(Some(message))
    }

    /// Reads the next message into the buffer's capacity, overlapped. It fails with what [`Mailslot::read`] fails with.
    pub fn receive<B: IoBufMut>(&self, buffer: B) -> Operation<B> {
        self.file.read_at(buffer, 0)
    }

    /// [`Mailslot::receive`], and `event` is reset now and set on completion.
    pub fn receive_with_event<B: IoBufMut>(&self, buffer: B, event: &Event) -> Operation<B> {
        self.file.read_at_with_event(buffer, 0, event)
    }

    /// Reads the next message; `then` runs once with the outcome and the buffer, in an alertable wait of this thread (ReadFileEx).
    ///
    /// # Errors
    /// 87 if the slot is associated with a port; what a read fails with at once. `then` does not run.
    pub fn receive_then<B, F>(&self, buffer: B, then: F) -> std::result::Result<(), Rejected<F, B>>
    where
        B: IoBufMut,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        self.file.read_at_then(buffer, 0, then)
    }

    /// What the slot says of itself (GetMailslotInfo).
    ///
    /// # Errors
    /// None that a slot of this type has.
    pub fn info(&self) -> Result<MailslotInfo> {
        let info = self.handle().ask("question about a mailslot", devices::info)?;
        let devices::Info { longest, next, count, timeout } = info;
        Ok(MailslotInfo { longest, next, count, read_timeout: Timeout::from_millis(timeout) })
    }

    /// Later reads wait so long (SetMailslotInfo).
    ///
    /// # Errors
    /// As for [`Mailslot::info`].
    pub fn set_read_timeout(&self, timeout: impl Into<Timeout>) -> Result<()> {
        let timeout = milliseconds(timeout.into());
        self.handle().ask("change of a mailslot", |grant| devices::set_timeout(grant, timeout))
    }

    /// When the slot was made, last read from and last written to (GetFileTime).
    ///
    /// # Errors
    /// As for [`Mailslot::info`].
    pub fn times(&self) -> Result<crate::FileTimes> {
        self.handle().ask("question for a mailslot's times", overlapped_devices::file::times)
    }

    /// Another handle to the same slot (DuplicateHandle).
    ///
    /// # Errors
    /// 4 when there are too many handles.
    pub fn try_clone(&self) -> Result<Self> {
        self.handle().duplicate().map(|handle| Self { file: OverlappedFile::new(handle) })
    }

    /// Asks for the end of all outstanding reads (CancelIoEx). False if there was none.
    pub fn cancel_all(&self) -> bool {
        self.file.cancel_all()
    }

    /// Asks for the end of the calling thread's outstanding reads (CancelIo, decision D3). False if there was none.
    pub fn cancel_own(&self) -> bool {
        self.file.cancel_own()
    }

    /// Reads that are not complete.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        self.file.outstanding()
    }

    /// The handle underneath.
    #[must_use]
    pub fn handle(&self) -> &OwnedHandle {
        self.file.handle()
    }
}

/// The client's end of a mailslot: it writes.
#[derive(Debug)]
pub struct MailslotClient {
    file: OverlappedFile,
}

impl MailslotClient {
    /// Opens a slot for writing: one of this computer (`\\.\mailslot\name`), which must exist, or those of another computer, of a domain or of all
    /// (`\\*\mailslot\name`), which need not.
    ///
    /// # Errors
    /// 2 if there is no such slot on this computer, 123 for a name of another form.
    pub fn open(name: impl AsRef<OsStr>) -> Result<Self> {
        Self::open_by(OpenOptions::new().write(true), name.as_ref())
    }

    /// The same in this system instead of the default one.
    ///
    /// # Errors
    /// As for [`MailslotClient::open`].
    pub fn open_in(system: &System, name: impl AsRef<OsStr>) -> Result<Self> {
        Self::open_by(OpenOptions::new().write(true).system(system), name.as_ref())
    }

    fn open_by(options: &OpenOptions, name: &OsStr) -> Result<Self> {
        options.open_overlapped(name).map(|file| Self { file })
    }

    /// Writes a message; it is in the slot when this returns, or on its way if the slot is of another computer.
    ///
    /// # Errors
    /// 87 if it is longer than the slot takes, 53 if it is longer than 424 bytes and for other computers, 2 if the server has closed.
    pub fn write(&self, message: &[u8]) -> Result<()> {
        self.send(message.to_vec()).wait().0.map(drop)
    }

    /// Writes a message, overlapped. It fails with what [`MailslotClient::write`] fails with.
    pub fn send<B: IoBuf>(&self, message: B) -> Operation<B> {
        self.file.write_at(message, 0)
    }

    /// [`MailslotClient::send`], and `event` is reset now and set on completion.
    pub fn send_with_event<B: IoBuf>(&self, message: B, event: &Event) -> Operation<B> {
        self.file.write_at_with_event(message, 0, event)
    }

    /// Writes a message; `then` runs once with the outcome and the buffer, in an alertable wait of this thread (WriteFileEx).
    ///
    /// # Errors
    /// As for [`Mailslot::receive_then`].
    pub fn send_then<B, F>(&self, message: B, then: F) -> std::result::Result<(), Rejected<F, B>>
    where
        B: IoBuf,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        self.file.write_at_then(message, 0, then)
    }

    /// The handle underneath.
    #[must_use]
    pub fn handle(&self) -> &OwnedHandle {
        self.file.handle()
    }
}

macro_rules! device {
    ($device:ty) => {
        impl sealed::Sealed for $device {}

        impl PortDevice for $device {
            fn handle(&self) -> &OwnedHandle {
                <$device>::handle(self)
            }
        }

        /// The device object, signalled while no request is on its way (contract 03 section 5).
        impl Wait for $device {
            fn wait_ref(&self) -> Result<WaitRef> {
                self.file.wait_ref()
            }

            fn idle(&self) -> Option<Arc<Idle>> {
                self.file.idle()
            }
        }
    };
}

device!(Mailslot);
device!(MailslotClient);

impl<K, C, B> Associated<Mailslot, K, C, B>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Reads the next message into the buffer's capacity. The packet brings buffer and context back.
    ///
    /// # Errors
    /// A request that is not accepted gives everything back and queues no packet.
    pub fn receive(&self, buffer: B, context: C) -> std::result::Result<(), Rejected<C, B>>
    where
        B: IoBufMut,
    {
        let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBufMut`).
        unsafe { self.file.put(Function::Read, memory, 0, parcel) }
    }
}

impl<K, C, B> Associated<MailslotClient, K, C, B>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Writes a message. The packet brings buffer and context back.
    ///
    /// # Errors
    /// As for [`Associated::receive`].
    pub fn send(&self, message: B, context: C) -> std::result::Result<(), Rejected<C, B>>
    where
        B: IoBuf,
    {
        let parcel = self.parcel(message, context, operation::keep::<B>);
        let memory = bytes(&parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBuf`).
        unsafe { self.file.put(Function::Write, memory, 0, parcel) }
    }
}
