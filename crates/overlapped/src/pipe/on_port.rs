//! Pipes that report to a port: the same requests, each with a context.

use super::NamedPipeServer;
use super::end::{AsPipe, PipeEnd};
use crate::at_once::{Answer, AtOnce};
use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::operation;
use crate::port::{Associated, Bare, Parcel, Put, PutBare, to_port};
use overlapped_kernel::request::Function;

impl<D, K, C, B> Associated<D, K, C, B>
where
    D: PipeEnd,
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Reads what there is, or the next message. The packet brings buffer and context back; 234 with a filled buffer is a part of a
    /// message.
    ///
    /// # Errors
    /// A request that is not accepted gives everything back and queues no packet: 109 when the other end is closed and everything is read.
    pub fn read(&self, buffer: B, context: C) -> Put<C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel, which the request owns until it is complete.
        Parcel::<K, C, B>::put(unsafe { self.end().transfer(Function::Read, memory, to_port(), parcel) })
    }

    /// Writes the buffer: bytes, or one message.
    ///
    /// # Errors
    /// As for a read; 232 to an end that is closed.
    pub fn write(&self, buffer: B, context: C) -> Put<C, B>
    where
        B: IoBuf,
    {
        let parcel = self.parcel(buffer, context, operation::keep::<B>);
        let memory = bytes(&parcel.buffer);
        // SAFETY: as for a read.
        Parcel::<K, C, B>::put(unsafe { self.end().transfer(Function::Write, memory, to_port(), parcel) })
    }

    /// Sends a message and reads one (TransactNamedPipe).
    ///
    /// # Errors
    /// As for a read; 230 and 231 as there.
    pub fn transact(&self, message: &[u8], answer: B, context: C) -> Put<C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.parcel(answer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: as for a read.
        Parcel::<K, C, B>::put(unsafe { self.end().transact(message, memory, to_port(), parcel) })
    }
}

impl<D, K, C, B> AtOnce<'_, D, K, C, B>
where
    D: PipeEnd,
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// [`Associated::read`].
    ///
    /// # Errors
    /// As there.
    pub fn read(self, buffer: B, context: C) -> Answer<K, C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.0.parcel(buffer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel, which the request owns until it is complete.
        let issued = unsafe { self.0.end().transfer_at_once(Function::Read, memory, parcel) };
        Parcel::answer(Function::Read, issued)
    }

    /// [`Associated::write`].
    ///
    /// # Errors
    /// As there.
    pub fn write(self, buffer: B, context: C) -> Answer<K, C, B>
    where
        B: IoBuf,
    {
        let parcel = self.0.parcel(buffer, context, operation::keep::<B>);
        let memory = bytes(&parcel.buffer);
        // SAFETY: as for a read.
        let issued = unsafe { self.0.end().transfer_at_once(Function::Write, memory, parcel) };
        Parcel::answer(Function::Write, issued)
    }
}

impl<K, C, B> Associated<NamedPipeServer, K, C, B>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Queues a packet when a client has come, without a buffer.
    ///
    /// # Errors
    /// A request that is not accepted gives the context back: 535 if a client is there already, 232 if one was and has closed.
    pub fn connect(&self, context: C) -> PutBare<C> {
        Bare::<K, C>::put(self.end().connect(to_port(), self.bare("connect", context)))
    }
}
