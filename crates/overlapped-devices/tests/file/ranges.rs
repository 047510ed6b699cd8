//! Copies from file to file beside byte-range locks (contract 02 §9), and told by a completion routine (contract 00 §0.5). The rest
//! of their rules is tested through the Rust face.

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{FileFlags, Status, Win32Error};
use overlapped_devices::file::{CopyRange, LockFlags, Range, copy_range, lock, unlock};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::request::Route;
use overlapped_kernel::road::{Refused, Reply, Report};
use std::sync::Arc;
use std::sync::mpsc::channel;

fn copy(from: &File, to: &File, route: Route) -> Result<usize, Win32Error> {
    let range = CopyRange { source_offset: 2, target_offset: 1, len: 6 };
    let reply = copy_range(&from.grant, &to.grant, range, route, Box::new(()), Report::AtOnce);
    match reply.map_err(|Refused { error, .. }| error)? {
        Reply::Done(_, completion) => Ok(completion.bytes),
        Reply::Pending(request) => {
            let done: WaitRef = request.done();
            overlapped_kernel::wait::wait_any(to.grant.instance.idle(), &[done], Timeout::from(LIMIT), false).unwrap();
            let completion = request.completion().expect("it completes in time");
            if completion.status == Status::SUCCESS { Ok(completion.bytes) } else { Err(completion.status.to_win32()) }
        }
    }
}

fn open(world: &World, name: &str) -> File {
    world.open(name, BOTH, SHARE_ALL, OPEN_EXISTING, FileFlags::OVERLAPPED).unwrap()
}

#[test]
fn a_lock_of_either_file_refuses_a_copy_02_9() {
    World::each(|world| {
        world.file("from", b"0123456789");
        world.file("to", b"");
        let (from, to, stranger, guard) =
            (open(world, "from"), open(world, "to"), open(world, "from"), open(world, "to"));
        let (first, last) = (Range { start: 7, len: 1 }, Range { start: 6, len: 10 });
        lock(&stranger.grant, first, LockFlags::EXCLUSIVE).unwrap();
        assert_eq!(copy(&from, &to, Route::default()), Err(Win32Error::LOCK_VIOLATION), "the source may not be read");
        unlock(&stranger.grant, first).unwrap();
        lock(&guard.grant, last, LockFlags::empty()).unwrap();
        assert_eq!(
            copy(&from, &to, Route::default()),
            Err(Win32Error::LOCK_VIOLATION),
            "the target may not be written"
        );
        unlock(&guard.grant, last).unwrap();
        assert_eq!(world.content("to"), b"");
        assert_eq!(copy(&from, &to, Route::default()), Ok(6));
        assert_eq!(world.content("to"), b"\x00234567");
    });
}

#[test]
fn a_routine_learns_of_a_copy_in_an_alertable_wait_00_0_5() {
    World::each(|world| {
        world.file("from", b"0123456789");
        world.file("to", b"");
        let (from, to) = (open(world, "from"), open(world, "to"));
        let (tell, told) = channel();
        let routine = move |status, bytes| tell.send((status, bytes)).expect("somebody listens");
        assert_eq!(copy(&from, &to, Route { routine: Some(Box::new(routine)), ..Route::default() }), Ok(6));
        assert!(told.try_recv().is_err(), "not before this thread waits alertably");
        let never: WaitRef = Arc::new(overlapped_kernel::dispatcher::Event::manual_reset(false));
        let _ = overlapped_kernel::wait::wait_any(to.grant.instance.idle(), &[never], Timeout::from(LIMIT), true);
        assert_eq!(told.try_recv(), Ok((Status::SUCCESS, 6)));
    });
}

#[test]
fn a_synchronous_target_takes_no_copy() {
    World::each(|world| {
        world.file("from", b"0123456789");
        world.file("to", b"");
        let (from, to) = (open(world, "from"), world.existing("to", BOTH));
        assert_eq!(copy(&from, &to, Route::default()), Err(Win32Error::INVALID_HANDLE));
    });
}
