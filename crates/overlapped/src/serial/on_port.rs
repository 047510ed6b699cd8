//! Serial ports that report to a completion port: the same requests, each with a context.

use super::port::{OverlappedSerialPort, issue_wait};
use crate::buffer::{IoBuf, IoBufMut};
use crate::error::Error;
use crate::operation::{self, Fill};
use crate::overlapped_file::Call;
use crate::port::{Associated, Parcel, Rejected};
use overlapped_abi::Win32Error;
use overlapped_kernel::request::{Buffer, Function, Route};
use overlapped_kernel::road::Report;

type Outcome<C, B> = std::result::Result<(), Rejected<C, B>>;

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
    pub fn read(&self, buffer: B, context: C) -> Outcome<C, B>
    where
        B: IoBufMut,
    {
        self.transfer(Function::Read, buffer, context, operation::fill::<B>, |buffer| Buffer {
            start: buffer.start_mut(),
            len: buffer.capacity(),
        })
    }

    /// Writes the whole buffer, or what goes in its time.
    ///
    /// # Errors
    /// As for [`Associated::read`].
    pub fn write(&self, buffer: B, context: C) -> Outcome<C, B>
    where
        B: IoBuf,
    {
        self.transfer(Function::Write, buffer, context, operation::keep::<B>, |buffer| Buffer {
            start: buffer.start().cast_mut(),
            len: IoBuf::len(buffer),
        })
    }

    /// Waits for an event of the mask. The packet's buffer has four bytes, of which
    /// [`Events::from_buffer`](super::Events::from_buffer) makes the events.
    ///
    /// # Errors
    /// 122 for a buffer with less room, 87 with an empty mask and while another wait is pending; everything comes back.
    pub fn wait_event(&self, buffer: B, context: C) -> Outcome<C, B>
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
        let (mask, route) = (parcel.buffer.start_mut().cast(), Route { packet: true, ..Route::default() });
        // SAFETY: the buffer has room for the mask and is the request's, in the parcel, until that is complete.
        match unsafe { issue_wait(self.handle(), mask, route, parcel, Report::AsPending) } {
            Ok(_) => Ok(()),
            Err((error, payload)) => Err(Parcel::<K, C, B>::rejected(error, payload)),
        }
    }

    fn transfer(
        &self,
        function: Function,
        buffer: B,
        context: C,
        fill: Fill<B>,
        memory: impl FnOnce(&mut B) -> Buffer,
    ) -> Outcome<C, B> {
        let mut parcel = self.parcel(buffer, context, fill);
        let buffer = memory(&mut parcel.buffer);
        let route = Route { packet: true, ..Route::default() };
        match self.file.issue_detached(Call { function, buffer, offset: 0, route, payload: parcel }) {
            Ok(()) => Ok(()),
            Err((error, payload)) => Err(Parcel::<K, C, B>::rejected(error, payload)),
        }
    }
}
