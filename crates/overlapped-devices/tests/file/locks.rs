//! Byte-range locks (contract 02 §9).

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Status, Win32Error};
use overlapped_devices::file::{LockFlags, Range, lock, unlock};
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::handle::Object;
use overlapped_kernel::request::{Buffer, Function, Position, Request, RequestRef, Route};
use overlapped_kernel::road::{Call, Reply, Report};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NOW: LockFlags = LockFlags::FAIL_IMMEDIATELY;
const EXCLUSIVE: LockFlags = LockFlags::EXCLUSIVE;
const VIOLATION: Win32Error = Win32Error::LOCK_VIOLATION;

fn range(start: u64, len: u64) -> Range {
    Range { start, len }
}

#[test]
fn an_exclusive_range_refuses_strangers_and_serves_its_owner_02_9() {
    World::each(|world| {
        world.file("f", b"0123456789");
        for flags in [NO_FLAGS, FileFlags::OVERLAPPED] {
            let open = || world.open("f", BOTH, SHARE_ALL, OPEN_EXISTING, flags).unwrap();
            let (owner, stranger) = (open(), open());
            lock(&owner.grant, range(4, 2), NOW | EXCLUSIVE).unwrap();
            assert_eq!(stranger.read_at(5, 1), Err(failed(VIOLATION)));
            assert_eq!(stranger.read_at(0, 5), Err(failed(VIOLATION)));
            assert_eq!(stranger.write_at(0, b"01234567"), Err(failed(VIOLATION)));
            assert_eq!(stranger.read_at(0, 4).unwrap(), b"0123");
            assert_eq!(stranger.read_at(6, 4).unwrap(), b"6789");
            assert_eq!(stranger.read_at(4, 0).unwrap(), b"", "no bytes touch nothing");
            assert_eq!(owner.read_at(0, 10).unwrap(), b"0123456789");
            assert_eq!(owner.write_at(4, b"45"), Ok(2));
            assert_eq!(owner.duplicate(None).unwrap().read_at(4, 2).unwrap(), b"45", "the same instance");
            unlock(&owner.grant, range(4, 2)).unwrap();
            assert_eq!(stranger.read_at(4, 2).unwrap(), b"45");
        }
    });
}

#[test]
fn a_shared_range_is_read_by_all_and_written_by_none_02_9() {
    let world = World::new();
    world.file("f", b"0123456789");
    let (one, other) = (world.existing("f", BOTH), world.existing("f", BOTH));
    lock(&one.grant, range(0, 4), NOW).unwrap();
    lock(&other.grant, range(2, 4), NOW).unwrap();
    assert_eq!(lock(&other.grant, range(0, 1), NOW | EXCLUSIVE), Err(VIOLATION));
    assert_eq!(other.read_at(0, 10).unwrap(), b"0123456789");
    assert_eq!(one.write_at(3, b"x"), Err(failed(VIOLATION)));
    assert_eq!(other.write_at(0, b"x"), Err(failed(VIOLATION)));
    assert_eq!(one.write_at(6, b"x"), Ok(1));
}

#[test]
fn unlocking_names_exactly_a_locked_range_02_9() {
    let world = World::new();
    world.file("f", b"x");
    let (one, other) = (world.existing("f", READ), world.existing("f", READ));
    lock(&one.grant, range(10, 10), NOW).unwrap();
    for wrong in [range(10, 9), range(11, 9), range(0, 20)] {
        assert_eq!(unlock(&one.grant, wrong), Err(Win32Error::NOT_LOCKED));
    }
    assert_eq!(unlock(&other.grant, range(10, 10)), Err(Win32Error::NOT_LOCKED));
    assert_eq!(unlock(&one.grant, range(10, 10)), Ok(()));
    assert_eq!(unlock(&one.grant, range(10, 10)), Err(Win32Error::NOT_LOCKED));
}

#[test]
fn a_range_past_2_to_the_64_is_307_and_no_right_is_5_02_9() {
    let world = World::new();
    world.file("f", b"x");
    let file = world.existing("f", READ);
    assert_eq!(lock(&file.grant, range(u64::MAX, 2), NOW), Err(Win32Error::INVALID_LOCK_RANGE));
    assert_eq!(lock(&file.grant, range(u64::MAX, 1), NOW), Ok(()));
    let query = world.existing("f", AccessMask::empty());
    assert_eq!(lock(&query.grant, range(0, 1), NOW), Err(Win32Error::ACCESS_DENIED));
}

#[test]
fn locks_end_with_the_last_handle_of_their_instance_02_9() {
    let world = World::new();
    world.file("f", b"0123");
    let owner = world.existing("f", BOTH);
    let twin = owner.duplicate(None).unwrap();
    let stranger = world.existing("f", BOTH);
    lock(&owner.grant, range(0, 4), NOW | EXCLUSIVE).unwrap();
    drop(owner);
    assert_eq!(stranger.read_at(0, 1), Err(failed(VIOLATION)));
    drop(twin);
    assert_eq!(stranger.read_at(0, 1).unwrap(), b"0");
}

#[test]
fn appends_are_refused_where_the_end_is_locked_02_9() {
    let world = World::new();
    world.file("f", b"0123");
    let (owner, stranger) = (world.existing("f", BOTH), world.existing("f", BOTH));
    lock(&owner.grant, range(4, 100), NOW | EXCLUSIVE).unwrap();
    assert_eq!(stranger.write_at(u64::MAX, b"x"), Err(failed(VIOLATION)));
    assert_eq!(owner.write_at(u64::MAX, b"x"), Ok(1));
}

#[test]
fn a_synchronous_instance_waits_for_the_range_02_9() {
    let world = World::new();
    world.file("f", b"x");
    let (owner, waiter) = (world.existing("f", BOTH), world.existing("f", BOTH));
    lock(&owner.grant, range(0, 1), NOW | EXCLUSIVE).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| lock(&waiter.grant, range(0, 1), EXCLUSIVE));
        std::thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished());
        unlock(&owner.grant, range(0, 1)).unwrap();
        assert_eq!(waiting.join().unwrap(), Ok(()));
    });
    assert_eq!(lock(&owner.grant, range(0, 1), NOW | EXCLUSIVE), Err(VIOLATION));
}

#[test]
fn a_waiting_lock_ends_when_its_instance_closes_02_9() {
    let world = World::new();
    world.file("f", b"x");
    let (owner, waiter) = (world.existing("f", BOTH), world.existing("f", BOTH));
    lock(&owner.grant, range(0, 1), NOW | EXCLUSIVE).unwrap();
    let grant = waiter.grant.clone();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || lock(&grant, range(0, 1), EXCLUSIVE));
        std::thread::sleep(Duration::from_millis(20));
        drop(waiter);
        assert_eq!(waiting.join().unwrap(), Err(Win32Error::OPERATION_ABORTED));
    });
    unlock(&owner.grant, range(0, 1)).unwrap();
    assert_eq!(lock(&owner.grant, range(0, 1), NOW | EXCLUSIVE), Ok(()), "nothing is left of it");
}

/// A device that keeps its request to itself, as any device has it between the kernel's step and its own.
#[derive(Default)]
struct Pocket(Mutex<Option<RequestRef>>);

// SAFETY: it touches no memory, and completes nothing.
unsafe impl Device for Pocket {
    fn file_type(&self) -> FileType {
        FileType::Unknown
    }

    fn start(&self, _: &Request) -> Start {
        Start::Queue
    }

    fn enqueue(&self, request: RequestRef) {
        *self.0.lock().unwrap() = Some(request);
    }

    fn resume(&self, _: &Request, _: RawResult) -> Next {
        unreachable!("it has no operations")
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

#[test]
fn a_lock_that_is_cancelled_before_it_waits_does_not_wait_02_9() {
    let world = World::new();
    world.file("f", b"x");
    let (owner, other) = (world.existing("f", READ), world.existing("f", READ));
    lock(&owner.grant, range(0, 4), NOW | EXCLUSIVE).unwrap();
    let pocket = Arc::new(Pocket::default());
    let instance = world.system.instance(Arc::clone(&pocket) as Arc<dyn Device>, true);
    world.system.insert(Object::Instance(Arc::clone(&instance)), READ).unwrap();
    let call = Call {
        function: Function::Lock { exclusive: true, wait: true },
        position: Position::At(2),
        buffer: Buffer { start: std::ptr::null_mut(), len: 2 },
        route: Route::default(),
        overlapped: None,
        payload: None,
        report: Report::AsPending,
    };
    // SAFETY: there is neither memory nor an OVERLAPPED.
    assert!(matches!(unsafe { instance.call(call) }, Ok(Reply::Pending(_))));
    let request = pocket.0.lock().unwrap().take().expect("it was given");
    assert!(request.cancel() && !request.is_complete());
    other.grant.instance.device().enqueue(Arc::clone(&request));
    assert_eq!(request.completion().map(|completion| completion.status), Some(Status::CANCELLED));
    unlock(&owner.grant, range(0, 4)).unwrap();
    assert_eq!(lock(&owner.grant, range(2, 2), NOW | EXCLUSIVE), Ok(()), "the cancelled one holds nothing");
}
