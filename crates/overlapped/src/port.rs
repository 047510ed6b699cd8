//! Completion ports with typed keys and contexts.

use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::error::{Error, Result};
use crate::handle::OwnedHandle;
use crate::operation::{self, Fill};
use crate::overlapped_file::OverlappedFile;
use crate::recycle;
use crate::wait::Wait;
use overlapped_abi::{Status, Win32Error};
use overlapped_devices::file::CopyRange;
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::port::{Cargo, NoPacket, Packet, Port, Snapshot};
use overlapped_kernel::request::{self, Function, Route};
use overlapped_kernel::road::Report;
use std::any::Any;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::sync::Arc;

/// An I/O completion port (contract 06).
///
/// Devices are associated with a key of type `K`; each request carries a context of type `C` and a buffer of type `B`; and
/// [`get`](CompletionPort::get) gives all three back with the outcome. Any number of threads may call it: the port lets as many
/// of them run at once as its concurrency value says, the most recently used first.
///
/// Clones are the same port. It closes when the last clone is dropped; or earlier by [`close`](CompletionPort::close), which
/// sends waiting threads home with 735.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::CompletionPort;
///
/// let port = CompletionPort::<&str, u32>::new(0)?;
/// port.post("stop", 7)?;
/// let packet = port.get()?;
/// assert_eq!((packet.key, packet.context), ("stop", 7));
/// # Ok(())
/// # }
/// ```
pub struct CompletionPort<K, C = (), B = Vec<u8>> {
    inner: Arc<Inner>,
    types: Types<K, C, B>,
}

/// The port takes and gives these very types, on any thread. Not a subtype for its supertype: what is posted as the one would come
/// out as the other.
type Types<K, C, B> = PhantomData<fn((K, C, B)) -> (K, C, B)>;

struct Inner {
    system: System,
    port: Arc<Port>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.port.close();
    }
}

impl<K, C, B> Clone for CompletionPort<K, C, B> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), types: PhantomData }
    }
}

impl<K, C, B> std::fmt::Debug for CompletionPort<K, C, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompletionPort").field("port", &self.inner.port).finish_non_exhaustive()
    }
}

/// A packet taken from a port: whose, what it was about, and how it ended.
#[derive(Debug)]
pub struct Completion<K, C = (), B = Vec<u8>> {
    /// The key of the device, or of the post.
    pub key: K,
    /// The context of the request, or of the post.
    pub context: C,
    /// The request's buffer; `None` for a post and for requests without one.
    pub buffer: Option<B>,
    /// Bytes transferred, or why it failed. A post succeeds with the bytes that it named.
    pub result: Result<usize>,
}

/// A request that was not accepted, with everything that was given to it.
pub struct Rejected<C, B> {
    /// Why.
    pub error: Error,
    /// The buffer.
    pub buffer: B,
    /// The context.
    pub context: C,
}

impl<C, B> std::fmt::Debug for Rejected<C, B> {
    /// Whatever buffer and context are, so that routines can be contexts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rejected").field("error", &self.error).finish_non_exhaustive()
    }
}

/// A request without a buffer that was not accepted, with its context.
pub struct RejectedContext<C> {
    /// Why.
    pub error: Error,
    /// The context.
    pub context: C,
}

impl<C> std::fmt::Debug for RejectedContext<C> {
    /// Whatever the context is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RejectedContext").field("error", &self.error).finish_non_exhaustive()
    }
}

/// For `?`, whatever kind of error a function has: what was given to the request is dropped.
macro_rules! is_its_error {
    ($rejected:ident<$($given:ident),+>) => {
        impl<$($given),+> std::fmt::Display for $rejected<$($given),+> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.error.fmt(f)
            }
        }

        impl<$($given),+> std::error::Error for $rejected<$($given),+> {}

        impl<$($given),+> From<$rejected<$($given),+>> for Error {
            fn from(rejected: $rejected<$($given),+>) -> Self {
                rejected.error
            }
        }

        impl<$($given),+> From<$rejected<$($given),+>> for std::io::Error {
            fn from(rejected: $rejected<$($given),+>) -> Self {
                rejected.error.into()
            }
        }
    };
}

is_its_error!(Rejected<C, B>);
is_its_error!(RejectedContext<C>);

/// A request that was not accepted, with what it owned.
pub(crate) type Refusal = (Error, Box<dyn Any + Send>);

/// What a call for a port answers: the outcome comes by a packet.
pub(crate) type Put<C, B> = std::result::Result<(), Rejected<C, B>>;

/// The same without a buffer.
pub(crate) type PutBare<C> = std::result::Result<(), RejectedContext<C>>;

/// A packet tells of it.
pub(crate) fn to_port() -> Route {
    Route { packet: true, ..Route::default() }
}

/// When a call on this route reports. One for a port has no way to hand an outcome back: the packet must come, whatever the
/// notification modes.
pub(crate) fn report(route: &Route) -> Report {
    if route.packet { Report::AsPending } else { Report::AtOnce }
}

/// What a request on a port owns.
pub(crate) struct Parcel<K, C, B> {
    key: K,
    context: C,
    pub(crate) buffer: B,
    fill: Fill<B>,
}

/// The same for a request without a buffer.
pub(crate) struct Bare<K, C> {
    key: K,
    context: C,
    /// What its error says was attempted: connections are made by reads and writes.
    name: &'static str,
}

impl<K: 'static, C: 'static> Bare<K, C> {
    /// The answer of a call that was given this.
    pub(crate) fn put<T>(issued: std::result::Result<T, Refusal>) -> PutBare<C> {
        issued.map(drop).map_err(|(error, payload)| {
            let Self { context, .. } = operation::unbox::<Self>(payload);
            RejectedContext { error, context }
        })
    }
}

/// A device that can report to a port: files and sockets opened for overlapped requests.
pub trait PortDevice: sealed::Sealed {
    /// The handle underneath.
    fn handle(&self) -> &OwnedHandle;
}

pub(crate) mod sealed {
    /// Keeps [`PortDevice`](super::PortDevice) to the devices of this crate.
    pub trait Sealed {}
}

impl sealed::Sealed for OverlappedFile {}

impl PortDevice for OverlappedFile {
    fn handle(&self) -> &OwnedHandle {
        OverlappedFile::handle(self)
    }
}

impl<K, C, B> CompletionPort<K, C, B>
where
    K: Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// A port that lets `concurrency` threads run at once; 0 is the number of processors.
    ///
    /// # Errors
    /// If the default system cannot be made.
    pub fn new(concurrency: u32) -> Result<Self> {
        Ok(Self::new_in(crate::system::default()?, concurrency))
    }

    /// A port of this system.
    #[must_use]
    pub fn new_in(system: &System, concurrency: u32) -> Self {
        let port = system.new_port(concurrency);
        Self { inner: Arc::new(Inner { system: system.clone(), port }), types: PhantomData }
    }

    /// Makes the port report everything that the device completes, with this key.
    ///
    /// # Errors
    /// 87 if another handle of the device is associated already.
    pub fn associate<D: PortDevice>(&self, device: D, key: K) -> Result<Associated<D, K, C, B>>
    where
        K: Clone,
    {
        let done = self.inner.port.associate(&device.handle().grant().instance, 0);
        done.map_err(|code| Error::new(code, "the association with a port"))?;
        Ok(Associated { device, key, types: PhantomData })
    }

    /// Queues a packet (PostQueuedCompletionStatus).
    ///
    /// # Errors
    /// 6 if the port is closed; key and context are dropped then.
    pub fn post(&self, key: K, context: C) -> Result<()> {
        self.post_bytes(key, context, 0)
    }

    /// The same with a byte count, which comes out as the packet's result.
    ///
    /// # Errors
    /// As for [`CompletionPort::post`].
    pub fn post_bytes(&self, key: K, context: C, bytes: u32) -> Result<()> {
        let packet = Packet { status: Status::SUCCESS, bytes, cargo: pack((key, context)) };
        if self.inner.port.insert(packet) {
            Ok(())
        } else {
            Err(Error::new(Win32Error::INVALID_HANDLE, "a post to a port"))
        }
    }

    /// Takes the oldest packet, or waits for one. The calling thread works for this port from now on.
    ///
    /// # Errors
    /// 735 if the port is closed. A failed request is not an error here: its packet says so.
    pub fn get(&self) -> Result<Completion<K, C, B>> {
        match self.take(Timeout::Infinite) {
            Ok(packet) => Ok(unpack(packet)),
            Err(why) => match no_packet(why) {
                Err(closed) => Err(closed),
                Ok(()) => unreachable!("an infinite wait does not time out"),
            },
        }
    }

    /// The same for a limited time; `None` when it is over.
    ///
    /// # Errors
    /// As for [`CompletionPort::get`].
    pub fn get_timeout(&self, timeout: impl Into<Timeout>) -> Result<Option<Completion<K, C, B>>> {
        self.remove(timeout.into())
    }

    /// The same without waiting.
    ///
    /// # Errors
    /// As for [`CompletionPort::get`].
    pub fn try_get(&self) -> Result<Option<Completion<K, C, B>>> {
        self.remove(Timeout::Poll)
    }

    /// Takes up to `max` packets at once and puts them in `into` (GetQueuedCompletionStatusEx); waits only for the first. How
    /// many it took; 0 when the time is over.
    ///
    /// # Errors
    /// As for [`CompletionPort::get`]; 87 if `max` is 0.
    pub fn get_many(
        &self,
        into: &mut Vec<Completion<K, C, B>>,
        max: usize,
        timeout: impl Into<Timeout>,
    ) -> Result<usize> {
        match self.take_many(into, max, timeout.into(), false)? {
            Ok(taken) => Ok(taken),
            Err(why) => no_packet(why).map(|()| 0),
        }
    }

    /// As [`CompletionPort::get_many`], but functions that are queued to this thread may run instead (contract 05 section 4): then
    /// `None`, and no packet is taken. A packet that is there comes first, and the functions stay queued.
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// use overlapped::{CompletionPort, Timeout, alertable};
    ///
    /// let (port, mut packets) = (CompletionPort::<&str, u32>::new(0)?, Vec::new());
    /// alertable::current().queue(|| println!("runs inside the wait"))?;
    /// port.post("packet", 7)?;
    /// assert_eq!(port.get_many_alertable(&mut packets, 8, Timeout::Infinite)?, Some(1));
    /// assert_eq!(port.get_many_alertable(&mut packets, 8, Timeout::Infinite)?, None);
    /// assert_eq!(port.get_many_alertable(&mut packets, 8, Timeout::Poll)?, Some(0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`CompletionPort::get_many`].
    pub fn get_many_alertable(
        &self,
        into: &mut Vec<Completion<K, C, B>>,
        max: usize,
        timeout: impl Into<Timeout>,
    ) -> Result<Option<usize>> {
        match self.take_many(into, max, timeout.into(), true)? {
            Ok(taken) => Ok(Some(taken)),
            Err(NoPacket::Alerted) => Ok(None),
            Err(why) => no_packet(why).map(|()| Some(0)),
        }
    }

    fn take_many(
        &self,
        into: &mut Vec<Completion<K, C, B>>,
        max: usize,
        timeout: Timeout,
        alertable: bool,
    ) -> Result<std::result::Result<usize, NoPacket>> {
        if max == 0 {
            return Err(Error::new(Win32Error::INVALID_PARAMETER, "a wait for packets"));
        }
        let mut packets = Vec::new();
        let taken = self.inner.port.remove_many(self.inner.system.idle(), &mut packets, max, timeout, alertable);
        let count = packets.len();
        into.extend(packets.into_iter().map(unpack));
        Ok(taken.map(|()| count))
    }

    fn remove(&self, timeout: Timeout) -> Result<Option<Completion<K, C, B>>> {
        match self.take(timeout) {
            Ok(packet) => Ok(Some(unpack(packet))),
            Err(why) => no_packet(why).map(|()| None),
        }
    }

    #[inline(always)]
    fn take(&self, timeout: Timeout) -> std::result::Result<Packet, NoPacket> {
        self.inner.port.remove(self.inner.system.idle(), timeout, false)
    }

    /// Whoever puts a packet in that is not made by [`pack`] of a `(K, C)`, or brings no payload of these types, breaks it.
    pub(crate) fn kernel(&self) -> &Arc<Port> {
        &self.inner.port
    }

    /// Closes the port: threads that wait return 735, queued packets are dropped.
    pub fn close(&self) {
        self.inner.port.close();
    }

    /// A picture of the five structures.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.inner.port.snapshot()
    }
}

#[cold]
fn no_packet(why: NoPacket) -> Result<()> {
    match why {
        NoPacket::TimedOut => Ok(()),
        NoPacket::Closed => Err(Error::new(Win32Error::ABANDONED_WAIT_0, "a wait for a packet")),
        NoPacket::Alerted => unreachable!("the wait was not alertable"),
    }
}

/// Can a value travel inside the packet? Only what needs no destructor: a packet may be dropped with its port.
const fn travels_inline<T>() -> bool {
    size_of::<T>() <= size_of::<[u64; 2]>() && align_of::<T>() <= align_of::<[u64; 2]>() && !std::mem::needs_drop::<T>()
}

pub(crate) fn pack<T: Send + 'static>(value: T) -> Cargo {
    if !travels_inline::<T>() {
        return Cargo::Posted(Box::new(value));
    }
    let mut words = MaybeUninit::<[u64; 2]>::uninit();
    // SAFETY: the value fits, in size and alignment, and `MaybeUninit` may hold its padding.
    unsafe { words.as_mut_ptr().cast::<T>().write(value) };
    Cargo::Inline(words)
}

fn unpack<K, C, B>(packet: Packet) -> Completion<K, C, B>
where
    K: Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    let (key, context) = match packet.cargo {
        Cargo::Read(payload) => return deliver(Function::Read, packet.status, packet.bytes as usize, payload),
        Cargo::Written(payload) => return deliver(Function::Write, packet.status, packet.bytes as usize, payload),
        Cargo::Request(request) => {
            let Some(payload) = request.take_payload() else { unreachable!("a packet comes once") };
            // The packet's own count has 32 bits.
            let bytes = request.completion().map_or(packet.bytes as usize, |completion| completion.bytes);
            return deliver(request.function(), packet.status, bytes, payload);
        }
        Cargo::Posted(posted) => operation::unbox::<(K, C)>(posted),
        // SAFETY: only `pack` makes these packets for a port whose posts are all of type (K, C).
        Cargo::Inline(words) => unsafe { words.as_ptr().cast::<(K, C)>().read() },
        Cargo::Numbers { .. } => unreachable!("everything that a typed port gets has cargo"),
    };
    Completion { key, context, buffer: None, result: Ok(packet.bytes as usize) }
}

/// What a request on a port comes back with.
#[inline(always)]
pub(crate) fn deliver<K, C, B>(
    function: Function,
    status: Status,
    bytes: usize,
    payload: Box<dyn Any + Send>,
) -> Completion<K, C, B>
where
    K: Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    let result = operation::outcome(function, request::Completion { status, bytes });
    match payload.downcast::<Parcel<K, C, B>>() {
        Ok(parcel) => {
            let Parcel { key, context, mut buffer, fill } = recycle::unboxed(parcel);
            fill(&mut buffer, bytes);
            Completion { key, context, buffer: Some(buffer), result }
        }
        Err(payload) => {
            let Bare { key, context, name } = operation::unbox::<Bare<K, C>>(payload);
            Completion { key, context, buffer: None, result: result.map_err(|error| error.during(name)) }
        }
    }
}

/// A device whose requests report to a port. It derefs to the device.
#[derive(Debug)]
pub struct Associated<D, K, C = (), B = Vec<u8>> {
    device: D,
    key: K,
    types: Types<K, C, B>,
}

impl<D, K, C, B> std::ops::Deref for Associated<D, K, C, B> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.device
    }
}

impl<D: Wait, K, C, B> Wait for Associated<D, K, C, B> {
    fn wait_ref(&self) -> Result<WaitRef> {
        self.device.wait_ref()
    }

    fn idle(&self) -> Option<Arc<Idle>> {
        self.device.idle()
    }
}

impl<D, K, C, B> Associated<D, K, C, B> {
    /// The key that its packets bear.
    pub fn key(&self) -> &K {
        &self.key
    }
}

impl<D, K: Clone, C, B> Associated<D, K, C, B> {
    pub(crate) fn parcel(&self, buffer: B, context: C, fill: Fill<B>) -> Box<Parcel<K, C, B>> {
        recycle::boxed(Parcel { key: self.key.clone(), context, buffer, fill })
    }

    pub(crate) fn bare(&self, name: &'static str, context: C) -> Box<Bare<K, C>> {
        recycle::boxed(Bare { key: self.key.clone(), context, name })
    }
}

impl<K: 'static, C: 'static, B: 'static> Parcel<K, C, B> {
    /// The answer of a call that was given this.
    #[inline(always)]
    pub(crate) fn put<T>(issued: std::result::Result<T, Refusal>) -> Put<C, B> {
        match issued {
            Ok(_) => Ok(()),
            Err((error, payload)) => Err(Self::rejected(error, payload)),
        }
    }

    #[cold]
    pub(crate) fn rejected(error: Error, payload: Box<dyn Any + Send>) -> Rejected<C, B> {
        let Self { buffer, context, .. } = operation::unbox::<Self>(payload);
        Rejected { error, buffer, context }
    }
}

impl<K, C, B> Associated<OverlappedFile, K, C, B>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Reads up to the buffer's capacity at `offset`, in bytes. The packet brings buffer and context back.
    ///
    /// # Errors
    /// A request that is not accepted gives everything back and queues no packet.
    pub fn read_at(&self, buffer: B, offset: u64, context: C) -> std::result::Result<(), Rejected<C, B>>
    where
        B: IoBufMut,
    {
        let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBufMut`).
        unsafe { self.device.put(Function::Read, memory, offset, parcel) }
    }

    /// Writes the whole buffer at `offset`, in bytes; `u64::MAX` is the end of the file.
    ///
    /// # Errors
    /// As for [`Associated::read_at`].
    pub fn write_at(&self, buffer: B, offset: u64, context: C) -> std::result::Result<(), Rejected<C, B>>
    where
        B: IoBuf,
    {
        let parcel = self.parcel(buffer, context, operation::keep::<B>);
        let memory = bytes(&parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBuf`).
        unsafe { self.device.put(Function::Write, memory, offset, parcel) }
    }

    /// Copies a part of another file into this one, as [`OverlappedFile::copy_range_from`] does; the packet brings the context
    /// back, and no buffer.
    ///
    /// # Errors
    /// A request that is not accepted gives the context back and queues no packet.
    pub fn copy_range_from(
        &self,
        source: &OverlappedFile,
        range: CopyRange,
        context: C,
    ) -> std::result::Result<(), RejectedContext<C>> {
        Bare::<K, C>::put(self.device.issue_copy(source, range, to_port(), self.bare("copy", context)))
    }
}
