//! A serial or parallel port on the road: how its requests begin, wait and end.

use super::null_modem::Wire;
use super::port::Port;
use super::registry::Lease;
use overlapped_abi::Status;
use overlapped_kernel::device::{Descriptor, Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Completion, Request, RequestRef};
use std::any::Any;
use std::sync::Arc;

/// One open port.
pub(crate) struct PortDevice {
    port: Arc<Port>,
    kind: Kind,
}

/// What only one kind of port has.
pub(crate) enum Kind {
    /// A serial port.
    Serial {
        /// The simulated line, if it is one.
        wire: Option<Arc<Wire>>,
        /// Where the settings go when it is closed.
        lease: Lease,
    },
    /// A parallel one.
    Parallel,
}

impl PortDevice {
    pub fn new(port: Arc<Port>, kind: Kind) -> Self {
        Self { port, kind }
    }

    pub fn port(&self) -> &Port {
        &self.port
    }

    pub fn is_serial(&self) -> bool {
        matches!(self.kind, Kind::Serial { .. })
    }

    pub fn wire(&self) -> Option<&Wire> {
        match &self.kind {
            Kind::Serial { wire, .. } => wire.as_deref(),
            Kind::Parallel => None,
        }
    }
}

// SAFETY: a read counts what the port has copied into its memory; a request is completed by whoever takes it out of the port's state, under its
// lock.
unsafe impl Device for PortDevice {
    fn file_type(&self) -> FileType {
        FileType::Char
    }

    fn start(&self, request: &Request) -> Start {
        self.port.start(request)
    }

    fn enqueue(&self, request: RequestRef) {
        self.port.enqueue(request);
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        self.port.cancel(request)
    }

    fn resume(&self, _request: &Request, _result: RawResult) -> Next {
        // It hands out no operation that could have a result.
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn descriptor(&self) -> Option<Descriptor<'_>> {
        self.port.line().descriptor()
    }

    fn close(&self, _instance: &Instance) {
        let settings = self.port.close();
        if let Kind::Serial { lease, .. } = &self.kind {
            lease.end(settings);
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
