//! Sequences of calls of the C face on handles, events, mutexes, semaphores and ports, against a plain model of the contract (04, 06
//! and 01 section 1). One thread makes all calls and no wait has time, so every answer is known beforehand; closed and invented
//! handles are among the arguments.

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped_abi::OverlappedEntry;
use overlapped_fuzz::Choices;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::handleapi::{ovl_CloseHandle, ovl_DuplicateHandle};
use overlapped_win32::ioapiset::*;
use overlapped_win32::synchapi::*;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ptr::null;
use std::rc::Rc;

const THIS_PROCESS: usize = usize::MAX;
const SAME_ACCESS: u32 = 2;
const TIMEOUT: u32 = 0x102;
const FAILED: u32 = u32::MAX;
const SUCCESS: u32 = 0;
const INVALID_HANDLE: u32 = 6;
const INVALID_PARAMETER: u32 = 87;
const NOT_OWNER: u32 = 288;
const TOO_MANY_POSTS: u32 = 298;

/// What the model knows of an object.
enum Object {
    Event { auto: bool, signalled: bool },
    Mutex { depth: u32 },
    Semaphore { now: i32, max: i32 },
    Port(VecDeque<(u32, usize, usize)>),
}

impl Object {
    fn is_ready(&self) -> bool {
        match self {
            Self::Event { signalled, .. } => *signalled,
            // The only thread owns it, or nobody.
            Self::Mutex { .. } => true,
            Self::Semaphore { now, .. } => *now > 0,
            Self::Port(_) => unreachable!("nobody waits for ports"),
        }
    }

    fn take(&mut self) {
        match self {
            Self::Event { auto, signalled } => *signalled &= !*auto,
            Self::Mutex { depth } => *depth += 1,
            Self::Semaphore { now, .. } => *now -= 1,
            Self::Port(_) => unreachable!("nobody waits for ports"),
        }
    }
}

type Shared = Rc<RefCell<Object>>;

#[derive(Default)]
struct Model {
    open: Vec<(usize, Shared)>,
    closed: Vec<usize>,
}

/// The last error of a call that failed; calls that succeed may leave it.
#[track_caller]
fn failed(done: bool, code: u32) {
    assert_eq!((done, ovl_GetLastError()), (false, code));
}

impl Model {
    fn pick(&self, choices: &mut Choices<'_>) -> (usize, Option<Shared>) {
        match choices.byte() {
            0..8 if !self.closed.is_empty() => (self.closed[choices.below(self.closed.len())], None),
            8..12 => (usize::from(choices.byte()) << 20 | 0x7_0000, None),
            _ if self.open.is_empty() => (0, None),
            _ => {
                let (handle, object) = &self.open[choices.below(self.open.len())];
                // The two low bits mean nothing.
                (handle | choices.below(4), Some(Rc::clone(object)))
            }
        }
    }

    fn add(&mut self, handle: usize, object: Object) {
        assert!(handle != 0 && handle % 4 == 0 && handle <= u32::MAX as usize, "{handle:x}");
        assert!(self.open.iter().all(|(other, _)| *other != handle));
        self.closed.retain(|closed| *closed != handle);
        self.open.push((handle, Rc::new(RefCell::new(object))));
    }

    fn create(&mut self, choices: &mut Choices<'_>) {
        let (kind, flag) = (choices.below(4), choices.below(2) == 1);
        // SAFETY: no attributes and no name.
        unsafe {
            match kind {
                0 => {
                    let auto = choices.below(2) == 1;
                    let handle = ovl_CreateEventA(null(), (!auto).into(), flag.into(), null());
                    self.add(handle, Object::Event { auto, signalled: flag });
                }
                1 => self.add(ovl_CreateMutexA(null(), flag.into(), null()), Object::Mutex { depth: flag.into() }),
                2 => {
                    let (now, max) = (choices.word() as i32 % 16, choices.word() as i32 % 16);
                    let handle = ovl_CreateSemaphoreA(null(), now, max, null());
                    if max > 0 && (0..=max).contains(&now) {
                        self.add(handle, Object::Semaphore { now, max });
                    } else {
                        failed(handle != 0, INVALID_PARAMETER);
                    }
                }
                _ => self.add(ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0), Object::Port(VecDeque::new())),
            }
        }
    }

    fn duplicate(&mut self, choices: &mut Choices<'_>) {
        let (handle, object) = self.pick(choices);
        let mut copy = 0;
        // SAFETY: the place is writable.
        let done = unsafe { ovl_DuplicateHandle(THIS_PROCESS, handle, THIS_PROCESS, &mut copy, 0, 0, SAME_ACCESS) };
        match object {
            Some(object) => {
                assert_eq!(done, 1);
                self.closed.retain(|closed| *closed != copy);
                self.open.push((copy, object));
            }
            None => failed(done != 0, INVALID_HANDLE),
        }
    }

    fn close(&mut self, choices: &mut Choices<'_>) {
        let (handle, object) = self.pick(choices);
        let done = ovl_CloseHandle(handle) != 0;
        match object {
            Some(_) => {
                assert!(done);
                let place = self.open.iter().position(|(open, _)| *open == handle & !3).expect("it was open");
                self.closed.push(self.open.swap_remove(place).0);
            }
            None => failed(done, INVALID_HANDLE),
        }
    }

    fn signal(&mut self, choices: &mut Choices<'_>) {
        let (handle, object) = self.pick(choices);
        let which = choices.below(3);
        let done = match which {
            0 => ovl_SetEvent(handle),
            1 => ovl_ResetEvent(handle),
            // Nobody waits: it only ends the signal.
            _ => ovl_PulseEvent(handle),
        } != 0;
        match object.as_ref().map(|object| object.borrow_mut()).as_deref_mut() {
            Some(Object::Event { signalled, .. }) => {
                assert!(done);
                *signalled = which == 0;
            }
            _ => failed(done, INVALID_HANDLE),
        }
    }

    fn release(&mut self, choices: &mut Choices<'_>) {
        let (handle, object) = self.pick(choices);
        let mut object = object.as_ref().map(|object| object.borrow_mut());
        if choices.below(2) == 0 {
            let done = ovl_ReleaseMutex(handle) != 0;
            match object.as_deref_mut() {
                Some(Object::Mutex { depth: 0 }) => failed(done, NOT_OWNER),
                Some(Object::Mutex { depth }) => {
                    assert!(done);
                    *depth -= 1;
                }
                _ => failed(done, INVALID_HANDLE),
            }
            return;
        }
        let (count, mut before) = (choices.word() as i32 % 8, -7);
        // SAFETY: the place is writable.
        let done = unsafe { ovl_ReleaseSemaphore(handle, count, &mut before) } != 0;
        match object.as_deref_mut() {
            _ if count <= 0 => assert!(!done && [INVALID_PARAMETER, INVALID_HANDLE].contains(&ovl_GetLastError())),
            Some(Object::Semaphore { now, max }) if *now + count > *max => {
                failed(done, TOO_MANY_POSTS);
                assert_eq!(before, -7, "left as it was");
            }
            Some(Object::Semaphore { now, .. }) => {
                assert_eq!((done, before), (true, *now));
                *now += count;
            }
            _ => failed(done, INVALID_HANDLE),
        }
    }

    fn wait(&mut self, choices: &mut Choices<'_>) {
        let (all, count) = (choices.below(2) == 1, choices.below(6));
        let picked: Vec<_> = (0..count).map(|_| self.pick(choices)).collect();
        let is_port = |object: &Option<Shared>| matches!(object, Some(o) if matches!(*o.borrow(), Object::Port(_)));
        if picked.iter().any(|(_, object)| is_port(object)) {
            // The contract does not say.
            return;
        }
        let handles: Vec<usize> = picked.iter().map(|(handle, _)| *handle).collect();
        // SAFETY: so many handles.
        let got = unsafe { ovl_WaitForMultipleObjects(count as u32, handles.as_ptr(), all.into(), 0) };
        let objects: Option<Vec<Shared>> = picked.into_iter().map(|(_, object)| object).collect();
        let Some(objects) = objects else {
            assert_eq!(got, FAILED);
            return assert!([INVALID_HANDLE, INVALID_PARAMETER].contains(&ovl_GetLastError()));
        };
        let twice = |o: &Shared| objects.iter().filter(|other| Rc::ptr_eq(o, other)).count() > 1;
        if objects.is_empty() || all && objects.iter().any(twice) {
            assert_eq!((got, ovl_GetLastError()), (FAILED, INVALID_PARAMETER));
        } else if all {
            let ready = objects.iter().all(|object| object.borrow().is_ready());
            assert_eq!(got, if ready { 0 } else { TIMEOUT });
            objects.iter().filter(|_| ready).for_each(|object| object.borrow_mut().take());
        } else {
            let first = objects.iter().position(|object| object.borrow().is_ready());
            assert_eq!(got, first.map_or(TIMEOUT, |first| first as u32));
            first.into_iter().for_each(|first| objects[first].borrow_mut().take());
        }
    }

    fn post(&mut self, choices: &mut Choices<'_>) {
        let (handle, object) = self.pick(choices);
        let packet = (choices.word(), choices.word() as usize, choices.word() as usize);
        let done = ovl_PostQueuedCompletionStatus(handle, packet.0, packet.1, packet.2) != 0;
        match object.as_ref().map(|object| object.borrow_mut()).as_deref_mut() {
            Some(Object::Port(queue)) => {
                assert!(done);
                queue.push_back(packet);
            }
            _ => failed(done, INVALID_HANDLE),
        }
    }

    fn get(&mut self, choices: &mut Choices<'_>) {
        let (handle, object) = self.pick(choices);
        let mut object = object.as_ref().map(|object| object.borrow_mut());
        let queue = match object.as_deref_mut() {
            Some(Object::Port(queue)) => Some(queue),
            _ => None,
        };
        if choices.below(2) == 0 {
            let (mut bytes, mut key, mut overlapped) = (7, 8, 9);
            // SAFETY: three places.
            let done = unsafe { ovl_GetQueuedCompletionStatus(handle, &mut bytes, &mut key, &mut overlapped, 0) } != 0;
            match queue.map(VecDeque::pop_front) {
                Some(Some(packet)) => assert_eq!((done, (bytes, key, overlapped)), (true, packet)),
                nothing => {
                    failed(done, if nothing.is_some() { TIMEOUT } else { INVALID_HANDLE });
                    assert_eq!((bytes, key, overlapped), (7, 8, 0), "untouched, but for the OVERLAPPED");
                }
            }
            return;
        }
        let (count, mut removed) = (choices.below(5), 99);
        let mut entries = [OverlappedEntry::default(); 5];
        // SAFETY: places for so many entries.
        let done =
            unsafe { ovl_GetQueuedCompletionStatusEx(handle, entries.as_mut_ptr(), count as u32, &mut removed, 0, 0) };
        match queue {
            _ if count == 0 => assert!(done == 0 && [INVALID_PARAMETER, INVALID_HANDLE].contains(&ovl_GetLastError())),
            None => failed(done != 0, INVALID_HANDLE),
            Some(queue) if queue.is_empty() => failed(done != 0, TIMEOUT),
            Some(queue) => {
                assert_eq!((done, removed as usize), (1, queue.len().min(count)));
                for (entry, packet) in entries.iter().zip(queue.drain(..removed as usize)) {
                    assert_eq!((entry.bytes_transferred, entry.completion_key, entry.overlapped as usize), packet);
                }
            }
        }
    }
}

fuzz_target!(
    init: {
        // Nothing here is carried out by an engine.
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var("OVERLAPPED_ENGINE", "sim:1") };
    },
    |bytes: &[u8]| {
        let (mut model, mut choices) = (Model::default(), Choices::new(bytes));
        while !choices.is_empty() {
            ovl_SetLastError(SUCCESS);
            match choices.below(12) {
                0 | 1 => model.create(&mut choices),
                2 => model.duplicate(&mut choices),
                3 => model.close(&mut choices),
                4 | 5 => model.signal(&mut choices),
                6 => model.release(&mut choices),
                7 | 8 => model.wait(&mut choices),
                9 => model.post(&mut choices),
                _ => model.get(&mut choices),
            }
        }
        for (handle, _) in model.open {
            assert_eq!(ovl_CloseHandle(handle), 1);
        }
    }
);
