//! Files sent over a connection without passing through the program (TransmitFile, contract 08 section 6.4).

use crate::buffer::{IoBuf, bytes};
use crate::net::endpoint::Endpoint;
use crate::operation::Operation;
use crate::overlapped_file::OverlappedFile;
use overlapped_devices::socket::{Element, Issued, NotIssued, Overlap, Socket, Transmit};
use std::sync::Arc;

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePart {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// How long it is, in bytes; 0: to the end.
    pub len: u64,
}

impl FilePart {
    /// All of the file.
    pub const WHOLE: Self = Self { offset: 0, len: 0 };

    pub(crate) fn of(self, file: &OverlappedFile) -> Element {
        Element::File { file: Arc::clone(file.instance()), offset: Some(self.offset), len: self.len }
    }
}

/// A transmission of these elements.
///
/// # Safety
/// The memory among them stays valid until the request is complete.
pub(crate) unsafe fn transmit(
    elements: &[Element],
) -> impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued> {
    // SAFETY: the caller's promise.
    move |socket, how| unsafe {
        socket.transmit_overlapped(Transmit { elements, disconnect: false, reuse: false }, how)
    }
}

impl Endpoint {
    pub(crate) fn transmit_file(&self, file: &OverlappedFile, part: FilePart) -> Operation<()> {
        let elements = [part.of(file)];
        // SAFETY: there is no memory in it.
        let issue = unsafe { transmit(&elements) };
        self.operate("transmit", Box::new(()), None, |(), _| {}, issue)
    }

    pub(crate) fn transmit_between<B: IoBuf>(
        &self,
        [head, tail]: [B; 2],
        file: &OverlappedFile,
        part: FilePart,
    ) -> Operation<[B; 2]> {
        let owner = Box::new([head, tail]);
        let elements = [Element::Memory(bytes(&owner[0])), part.of(file), Element::Memory(bytes(&owner[1]))];
        // SAFETY: the memory belongs to the payload (`IoBuf`), which the request owns until it is complete.
        let issue = unsafe { transmit(&elements) };
        self.operate("transmit", owner, None, |_, _| {}, issue)
    }
}
