//! Pipes that report to a port: the same requests, each with a context.

use super::NamedPipeServer;
use super::end::{AsPipe, Rejection, bytes, room};
use crate::buffer::{IoBuf, IoBufMut};
use crate::net::RejectedContext;
use crate::operation;
use crate::port::{Associated, Bare, Parcel, Rejected};
use overlapped_kernel::request::{Function, RequestRef, Route};

fn to_port() -> Route {
    Route { packet: true, ..Route::default() }
}

type Outcome<C, B> = std::result::Result<(), Rejected<C, B>>;

fn put<K: 'static, C: 'static, B: 'static>(issued: std::result::Result<RequestRef, Rejection>) -> Outcome<C, B> {
    issued.map(drop).map_err(|(error, payload)| Parcel::<K, C, B>::rejected(error, payload))
}

#[expect(private_bounds, reason = "the bound only names this crate's pipes")]
impl<D, K, C, B> Associated<D, K, C, B>
where
    D: AsPipe,
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Reads what there is, or the next message. The packet brings buffer and context back; 234 with a filled buffer is a part of a
    /// message.
    ///
    /// # Errors
    /// A request that is not accepted gives everything back and queues no packet: 109 when the other end is closed and everything is read.
    pub fn read(&self, buffer: B, context: C) -> Outcome<C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel, which the request owns until it is complete.
        put::<K, C, B>(unsafe { self.end().transfer(Function::Read, memory, to_port(), parcel) })
    }

    /// Writes the buffer: bytes, or one message.
    ///
    /// # Errors
    /// As for a read; 232 to an end that is closed.
    pub fn write(&self, buffer: B, context: C) -> Outcome<C, B>
    where
        B: IoBuf,
    {
        let parcel = self.parcel(buffer, context, operation::keep::<B>);
        let memory = bytes(&parcel.buffer);
        // SAFETY: as for a read.
        put::<K, C, B>(unsafe { self.end().transfer(Function::Write, memory, to_port(), parcel) })
    }

    /// Sends a message and reads one (TransactNamedPipe).
    ///
    /// # Errors
    /// As for a read; 230 and 231 as there.
    pub fn transact(&self, message: &[u8], answer: B, context: C) -> Outcome<C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.parcel(answer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: as for a read.
        put::<K, C, B>(unsafe { self.end().transact(message, memory, to_port(), parcel) })
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
    pub fn connect(&self, context: C) -> std::result::Result<(), RejectedContext<C>> {
        match self.end().connect(to_port(), self.bare(context)) {
            Ok(_) => Ok(()),
            Err((error, payload)) => {
                let context = operation::unbox::<Bare<K, C>>(payload).into_context();
                Err(RejectedContext { error, context })
            }
        }
    }
}
