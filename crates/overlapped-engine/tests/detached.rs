//! Transfers whose issuer keeps no request: what the call holds on to, and what its packet brings (contract 03 section 5, 06 section 2).

mod support;

use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::{Instance, NotificationModes};
use overlapped_kernel::port::{Cargo, NoPacket, Packet, Port};
use overlapped_kernel::request::{Buffer, Completion, Function, Position, Request, RequestRef, Route};
use overlapped_kernel::road::{Place, Refused, Report, Transfer};
use std::any::Any;
use std::sync::{Arc, Mutex};
use support::Rig;

const AT_ONCE: u64 = 0;
const LATER: u64 = 1;
const NEVER: u64 = 2;

/// A device whose answer is the offset of the request.
#[derive(Default)]
struct Oracle(Mutex<Vec<RequestRef>>);

// SAFETY: what it completes at once are requests for nothing or with initialised memory; those that wait are completed by the test, once.
unsafe impl Device for Oracle {
    fn file_type(&self) -> FileType {
        FileType::Disk
    }

    fn seekable(&self) -> bool {
        true
    }

    fn start(&self, request: &Request) -> Start {
        match request.position() {
            Position::At(AT_ONCE) => Start::Done(Completion::success(request.buffer().len)),
            Position::At(LATER) => Start::Queue,
            _ => Start::Failed(Status::DISK_FULL),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        self.0.lock().unwrap().push(request);
    }

    fn resume(&self, _: &Request, _: RawResult) -> Next {
        unreachable!("nothing goes to the engine")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// An instance of an [`Oracle`] that reports to a port.
struct Scene {
    rig: Rig,
    oracle: Arc<Oracle>,
    instance: Arc<Instance>,
    port: Arc<Port>,
    /// References to the instance while nothing is on its way.
    held: usize,
}

impl Scene {
    fn new() -> Self {
        let rig = Rig::epoll().expect("an engine");
        let oracle = Arc::new(Oracle::default());
        let instance = rig.system.instance(Arc::clone(&oracle) as Arc<dyn Device>, true);
        let port = rig.system.new_port(1);
        port.associate(&instance, 1).expect("an association");
        let handle = rig.system.insert(overlapped_kernel::handle::Object::Instance(Arc::clone(&instance)), RIGHTS);
        handle.expect("a handle");
        let held = Arc::strong_count(&instance);
        Self { rig, oracle, instance, port, held }
    }

    fn issue(&self, function: Function, at: u64, report: Report) -> Result<Option<Completion>, Refused> {
        self.issue_with(function, at, report, vec![7_u8; 4].into_boxed_slice())
    }

    fn issue_with<P: AsMut<[u8]> + Send + 'static>(
        &self,
        function: Function,
        at: u64,
        report: Report,
        mut payload: P,
    ) -> Result<Option<Completion>, Refused> {
        let buffer = Buffer { start: payload.as_mut().as_mut_ptr(), len: payload.as_mut().len() };
        let route = Route { packet: true, ..Route::default() };
        let (place, payload) = (Place::Offset(at), Some(Box::new(payload) as Box<dyn Any + Send>));
        let transfer = Transfer { function, buffer, place, route, overlapped: None, payload, report, probe: None };
        // SAFETY: the payload owns the memory, there is no OVERLAPPED, and the device transfers nothing.
        unsafe { self.instance.transfer_detached(RIGHTS, transfer) }.map(|done| done.map(|done| done.completion))
    }

    fn next(&self) -> Result<Packet, NoPacket> {
        self.port.remove(self.rig.system.idle(), Timeout::Poll, false)
    }

    fn references(&self) -> usize {
        Arc::strong_count(&self.instance) - self.held
    }
}

const RIGHTS: AccessMask = AccessMask::READ_DATA.union(AccessMask::WRITE_DATA);

#[test]
fn what_is_done_inside_the_call_is_held_by_its_packet_alone() {
    let scene = Scene::new();
    assert_eq!(scene.issue(Function::Read, AT_ONCE, Report::AsPending).unwrap(), None);
    assert_eq!(scene.issue(Function::Write, AT_ONCE, Report::AtOnce).unwrap(), Some(Completion::success(4)));
    assert_eq!(scene.references(), 0, "neither the call nor a queued packet holds the instance");

    let packet = scene.next().expect("of the read");
    assert_eq!((packet.status, packet.bytes), (Status::SUCCESS, 4));
    let Cargo::Read(payload) = packet.cargo else { panic!("{packet:?}") };
    assert_eq!(*payload.downcast::<Box<[u8]>>().expect("what was given"), [7; 4].into());
    let packet = scene.next().expect("of the write");
    assert!(matches!(packet.cargo, Cargo::Written(_)), "{packet:?}");
    assert!(scene.next().is_err(), "one packet each");
}

#[test]
fn what_stays_pending_holds_the_instance_until_it_is_complete() {
    let scene = Scene::new();
    assert_eq!(scene.issue(Function::Read, LATER, Report::AtOnce).unwrap(), None);
    assert!(scene.next().is_err(), "it is pending");
    assert_eq!(scene.references(), 1);
    let request = scene.oracle.0.lock().unwrap().pop().expect("queued");
    assert_eq!(scene.instance.outstanding(), 1);

    request.complete(Completion::success(3));
    drop(request);
    assert_eq!(scene.references(), 0, "its packet brings the payload alone");
    let packet = scene.next().expect("its packet");
    assert_eq!((packet.status, packet.bytes), (Status::SUCCESS, 3));
    let Cargo::Read(payload) = packet.cargo else { panic!("{packet:?}") };
    assert_eq!(*payload.downcast::<Box<[u8]>>().expect("what was given"), [7; 4].into());
}

#[test]
fn what_fails_at_once_gives_everything_back() {
    let scene = Scene::new();
    for (function, report) in [(Function::Read, Report::AtOnce), (Function::Write, Report::AsPending)] {
        let refused = scene.issue(function, NEVER, report).expect_err("refused");
        assert_eq!(refused.error, Win32Error::DISK_FULL);
        assert!(refused.payload.is_some_and(|payload| payload.is::<Box<[u8]>>()));
    }
    assert!(scene.next().is_err(), "nobody else is told");
    assert_eq!(scene.references(), 0);
}

/// A payload that tells whether it is still there.
struct Traced(Box<[u8]>, #[allow(dead_code, reason = "counted from outside")] Arc<()>);

impl AsMut<[u8]> for Traced {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

#[test]
fn a_payload_that_no_packet_takes_is_dropped() {
    // Contract 03 section 6: no packet for what the call itself reports.
    let scene = Scene::new();
    scene.instance.add_modes(NotificationModes::SKIP_COMPLETION_PORT_ON_SUCCESS).expect("an overlapped instance");
    let trace = Arc::new(());
    let issue = |report| scene.issue_with(Function::Read, AT_ONCE, report, Traced([0; 4].into(), Arc::clone(&trace)));
    assert_eq!(issue(Report::AtOnce).unwrap(), Some(Completion::success(4)));
    assert!(scene.next().is_err(), "the mode keeps it away");
    assert_eq!(Arc::strong_count(&trace), 1);

    assert_eq!(issue(Report::AsPending).unwrap(), None);
    assert_eq!(Arc::strong_count(&trace), 2, "in the packet");
    scene.port.close();
    assert_eq!(Arc::strong_count(&trace), 1, "and gone with it");
}
