//! ReadFileScatter and WriteFileGather (contract 02 §11).

use crate::common::*;
use overlapped_abi::constants::open::*;
use overlapped_abi::{AccessMask, FileFlags, Overlapped, Win32Error};
use overlapped_devices::file::{SEGMENT, Scatter, scatter};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::request::{Completion, Function, Route};
use overlapped_kernel::road::{Refused, Reply, Report};
use std::ptr::NonNull;

const BOTH_FLAGS: FileFlags = FileFlags::OVERLAPPED.union(FileFlags::NO_BUFFERING);

fn open(world: &World, flags: FileFlags) -> File {
    world.open("f", BOTH, SHARE_ALL, OPEN_ALWAYS, flags).unwrap()
}

/// A call that is waited for.
fn call(
    world: &World,
    file: &File,
    function: Function,
    pages: Vec<*mut u8>,
    len: usize,
    offset: u64,
) -> Result<Completion, Win32Error> {
    let mut overlapped = Box::new(Overlapped::default());
    let call = Scatter {
        function,
        pages,
        len,
        offset,
        route: Route::default(),
        overlapped: Some(NonNull::from(&mut *overlapped)),
        payload: None,
        report: Report::AsPending,
    };
    // SAFETY: pages and OVERLAPPED live until the request is complete.
    let request = match unsafe { scatter(&file.grant, call) } {
        Ok(Reply::Done(request, _) | Reply::Pending(request)) => request,
        Err(Refused { error, .. }) => return Err(error),
    };
    let limit = Timeout::from_millis(LIMIT.as_millis() as u32);
    let _ = world.system.wait_any(&[request.done() as WaitRef], limit, false);
    Ok(request.completion().unwrap_or_else(|| std::process::abort()))
}

/// The pages of some memory, in this order.
fn pages_of(memory: &mut Pages, order: &[usize]) -> Vec<*mut u8> {
    let start = memory.pointer();
    order.iter().map(|page| start.wrapping_add(page * SEGMENT)).collect()
}

#[test]
fn pages_are_written_and_read_in_the_order_of_the_list_02_11() {
    let world = World::new();
    let file = open(&world, BOTH_FLAGS);
    let mut memory = Pages::new(4 * SEGMENT, 0);
    for page in 0..4 {
        // SAFETY: inside the memory.
        unsafe { memory.pointer().add(page * SEGMENT).write_bytes(b'a' + page as u8, SEGMENT) };
    }
    let list = pages_of(&mut memory, &[3, 1, 2, 0]);
    assert_eq!(call(&world, &file, Function::Write, list, 4 * SEGMENT, 0), Ok(Completion::success(4 * SEGMENT)));
    let letters: Vec<u8> = world.content("f").chunks(SEGMENT).map(|page| page[0]).collect();
    assert_eq!((letters, world.content("f").len()), (b"dbca".to_vec(), 4 * SEGMENT));

    let mut memory = Pages::new(4 * SEGMENT, b'-');
    let list = pages_of(&mut memory, &[2, 0]);
    assert_eq!(
        call(&world, &file, Function::Read, list, 2 * SEGMENT, SEGMENT as u64),
        Ok(Completion::success(2 * SEGMENT))
    );
    let letters: Vec<u8> = memory.bytes().chunks(SEGMENT).map(|page| page[SEGMENT - 1]).collect();
    assert_eq!(letters, b"c-b-");
}

#[test]
fn a_read_across_the_end_leaves_later_pages_alone_02_11() {
    let world = World::new();
    world.file("f", &[b'x'; SEGMENT + 100]);
    let file = open(&world, BOTH_FLAGS);
    let mut memory = Pages::new(3 * SEGMENT, b'-');
    let list = pages_of(&mut memory, &[0, 1, 2]);
    assert_eq!(call(&world, &file, Function::Read, list, 3 * SEGMENT, 0), Ok(Completion::success(SEGMENT + 100)));
    assert_eq!(memory.bytes()[SEGMENT + 99], b'x');
    assert!(memory.bytes()[2 * SEGMENT..].iter().all(|byte| *byte == b'-'));
    let list = pages_of(&mut memory, &[0]);
    let past = call(&world, &file, Function::Read, list, SEGMENT, 2 * SEGMENT as u64).unwrap();
    assert_eq!((past.status.to_win32(), past.bytes), (Win32Error::HANDLE_EOF, 0));
}

#[test]
fn a_part_of_the_last_page_may_be_used_02_11() {
    let world = World::new();
    let file = open(&world, BOTH_FLAGS);
    let mut memory = Pages::new(2 * SEGMENT, b'x');
    let list = pages_of(&mut memory, &[0, 1]);
    assert_eq!(call(&world, &file, Function::Write, list, SEGMENT + 512, 0), Ok(Completion::success(SEGMENT + 512)));
    assert_eq!(world.content("f").len(), SEGMENT + 512);
}

#[test]
fn more_pages_than_linux_takes_at_once_are_one_request_02_11() {
    let world = World::new();
    let file = open(&world, BOTH_FLAGS);
    let count = 1500;
    let mut memory = Pages::new(SEGMENT, b'x');
    let list = pages_of(&mut memory, &vec![0; count]);
    let done = call(&world, &file, Function::Write, list, count * SEGMENT, 0);
    assert_eq!(done, Ok(Completion::success(count * SEGMENT)));
    assert_eq!(world.content("f").len(), count * SEGMENT);
}

#[test]
fn other_instances_and_crooked_arguments_are_refused_02_11() {
    let world = World::new();
    let invalid = Err(Win32Error::INVALID_PARAMETER);
    let mut memory = Pages::new(2 * SEGMENT, 0);
    let page = pages_of(&mut memory, &[0]);
    for flags in [FileFlags::OVERLAPPED, FileFlags::NO_BUFFERING] {
        assert_eq!(call(&world, &open(&world, flags), Function::Write, page.clone(), SEGMENT, 0), invalid);
    }
    let file = open(&world, BOTH_FLAGS);
    let write = |pages: &[*mut u8], len, at| call(&world, &file, Function::Write, pages.to_vec(), len, at);
    assert_eq!(write(&page, SEGMENT, 100), invalid, "an offset that is no sector");
    assert_eq!(write(&page, 100, 0), invalid, "a length that is no sector");
    assert_eq!(write(&[page[0].wrapping_add(512)], SEGMENT, 0), invalid, "no page");
    assert_eq!(write(&page, 2 * SEGMENT, 0), invalid, "too few pages");
    assert_eq!(write(&[std::ptr::null_mut()], SEGMENT, 0), invalid, "none at all");
    let reader = world.open("f", READ, SHARE_ALL, OPEN_ALWAYS, BOTH_FLAGS).unwrap();
    assert_eq!(call(&world, &reader, Function::Write, page, SEGMENT, 0), Err(Win32Error::ACCESS_DENIED));
    assert!(!reader.grant.access.contains(AccessMask::WRITE_DATA));
}
