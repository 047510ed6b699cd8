//! Calls that hand back what they have done themselves, and queue a packet only for the rest.
//!
//! FILE_SKIP_COMPLETION_PORT_ON_SUCCESS (contract 03 section 6), for a call and not for a handle: with types, a call either gives buffer and
//! context back or has them travel by a packet. Most sends, and reads of what is cached, are done inside the call; a server saves a
//! trip through the port for each. Drawback: a thread that always goes on with what is done at once never comes to other
//! connections' packets.

use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::operation;
use crate::overlapped_file::{Call, OverlappedFile};
use crate::port::{Associated, Completion, Parcel, Refusal, Rejected, deliver, to_port};
use overlapped_kernel::request::{Buffer, Function};
use overlapped_kernel::road::{Done, Report};
use std::any::Any;

/// The calls of a device that reports to a port, each of which hands back what it has done itself: see
/// [`at_once`](Associated::at_once).
pub struct AtOnce<'a, D, K, C = (), B = Vec<u8>>(pub(crate) &'a Associated<D, K, C, B>);

/// What such a call answers: the completion, as its packet would have brought it; or `None`, and the packet comes.
pub(crate) type Answer<K, C, B> = std::result::Result<Option<Completion<K, C, B>>, Rejected<C, B>>;

impl<D, K, C, B> Clone for AtOnce<'_, D, K, C, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D, K, C, B> Copy for AtOnce<'_, D, K, C, B> {}

impl<D, K, C, B> std::fmt::Debug for AtOnce<'_, D, K, C, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AtOnce")
    }
}

impl<D, K, C, B> Associated<D, K, C, B> {
    /// The same device, whose calls hand back what they have done themselves: then there is no packet, as with
    /// FILE_SKIP_COMPLETION_PORT_ON_SUCCESS. What they answer is what the packet would have brought, so the same code goes on
    /// with it.
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// use overlapped::{CompletionPort, TcpListener, TcpStream};
    ///
    /// let port = CompletionPort::<&str, u32>::new(1)?;
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let near = port.associate(TcpStream::connect(listener.local_address()?)?, "near")?;
    /// let far = port.associate(listener.accept().wait()?.0, "far")?;
    ///
    /// // Nothing is there yet: a packet will come.
    /// assert!(far.at_once().receive(Vec::with_capacity(16), 1)?.is_none());
    /// // There is room for a few bytes: no packet will come.
    /// let sent = near.at_once().send(b"hello".to_vec(), 2)?.expect("done inside the call");
    /// assert_eq!((sent.key, sent.context, sent.result), ("near", 2, Ok(5)));
    /// let received = port.get()?;
    /// assert_eq!((received.context, received.buffer), (1, Some(b"hello".to_vec())));
    /// assert!(port.try_get()?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn at_once(&self) -> AtOnce<'_, D, K, C, B> {
        AtOnce(self)
    }
}

impl<K, C, B> Parcel<K, C, B>
where
    K: Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// The answer of a call that was given this.
    #[inline(always)]
    pub(crate) fn answer(function: Function, issued: std::result::Result<Option<Done>, Refusal>) -> Answer<K, C, B> {
        match issued {
            Ok(None) => Ok(None),
            Ok(Some(Done { completion, payload: Some(payload) })) => {
                Ok(Some(deliver(function, completion.status, completion.bytes, payload)))
            }
            Ok(Some(Done { payload: None, .. })) => unreachable!("no packet has taken the payload"),
            Err((error, payload)) => Err(Self::rejected(error, payload)),
        }
    }
}

impl<K, C, B> AtOnce<'_, OverlappedFile, K, C, B>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// [`Associated::read_at`]. What is in the page cache is read inside the call.
    ///
    /// # Errors
    /// As there.
    pub fn read_at(self, buffer: B, offset: u64, context: C) -> Answer<K, C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.0.parcel(buffer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBufMut`).
        unsafe { self.transfer(Function::Read, memory, offset, parcel) }
    }

    /// [`Associated::write_at`].
    ///
    /// # Errors
    /// As there.
    pub fn write_at(self, buffer: B, offset: u64, context: C) -> Answer<K, C, B>
    where
        B: IoBuf,
    {
        let parcel = self.0.parcel(buffer, context, operation::keep::<B>);
        let memory = bytes(&parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBuf`).
        unsafe { self.transfer(Function::Write, memory, offset, parcel) }
    }

    /// # Safety
    /// The buffer belongs to the payload, and is writable for a read.
    unsafe fn transfer(
        self,
        function: Function,
        buffer: Buffer,
        offset: u64,
        payload: Box<dyn Any + Send>,
    ) -> Answer<K, C, B> {
        let call = Call { function, buffer, offset, route: to_port(), payload };
        // SAFETY: the caller's promise.
        Parcel::answer(function, unsafe { self.0.issue_detached(call, Report::InPlace) })
    }
}
