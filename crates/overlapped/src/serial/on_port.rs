//! Serial ports that report to a completion port: the same requests, each with a context.

use super::port::{OverlappedSerialPort, issue_wait};
use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::error::Error;
use crate::operation;
use crate::port::{Associated, Parcel, Put, Rejected, to_port};
use overlapped_abi::Win32Error;
use overlapped_kernel::request::Function;
use overlapped_kernel::road::Report;

impl<K, C, B> Associated<OverlappedSerialPort, K, C, B>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Reads up to the buffer's capacity, as the timeouts say. The packet brings buffer and context back.
    ///
    /// # Errors
    /// A request that is not accepted gives everything back and queues no packet.
    pub fn read(&self, buffer: B, context: C) -> Put<C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
        let memory = room(&mut parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBufMut`).
        unsafe { self.file.put(Function::Read, memory, 0, parcel) }
    }

    /// Writes the whole buffer, or what goes in its time.
    ///
    /// # Errors
    /// As for [`Associated::read`].
    pub fn write(&self, buffer: B, context: C) -> Put<C, B>
    where
        B: IoBuf,
    {
        let parcel = self.parcel(buffer, context, operation::keep::<B>);
        let memory = bytes(&parcel.buffer);
        // SAFETY: the memory belongs to the parcel (`IoBuf`).
        unsafe { self.file.put(Function::Write, memory, 0, parcel) }
    }

    /// Waits for an event of the mask. The packet's buffer has four bytes, of which
    /// [`Events::from_buffer`](super::Events::from_buffer) makes the events.
    ///
    /// # Errors
    /// 122 for a buffer with less room, 87 with an empty mask and while another wait is pending; everything comes back.
    pub fn wait_event(&self, buffer: B, context: C) -> Put<C, B>
    where
        B: IoBufMut,
    {
        if buffer.capacity() < size_of::<u32>() {
            return Err(Rejected {
                error: Error::new(Win32Error::INSUFFICIENT_BUFFER, "a wait for events"),
                buffer,
                context,
            });
        }
        let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
        let mask = parcel.buffer.start_mut().cast();
        // SAFETY: the buffer has room for the mask and is the request's, in the parcel, until that is complete.
        Parcel::<K, C, B>::put(unsafe { issue_wait(self.handle(), mask, to_port(), parcel, Report::AsPending) })
    }
}
