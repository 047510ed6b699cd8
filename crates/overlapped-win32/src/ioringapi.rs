//! `ioringapi.h`: I/O rings. Answers are HRESULTs; the ring itself is [`overlapped_devices::ring`].

use crate::probe;
use crate::support::{Bool, RawHandle, event_of, guard, system};
use overlapped_abi::{FileSegmentElement, Status, Win32Error};
use overlapped_devices::file::SEGMENT;
use overlapped_devices::ring::{Entry, File, Memory, Refusal, Region, Ring, What};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::request::Function;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// HRESULT.
type Answer = u32;
const S_OK: Answer = 0;
const S_FALSE: Answer = 1;
const E_INVALIDARG: Answer = 0x8007_0057;
const E_HANDLE: Answer = 0x8007_0006;
const E_FAIL: Answer = 0x8000_4005;
const REQUIRED_FLAG_NOT_SUPPORTED: Answer = 0x8046_0001;
const SUBMISSION_QUEUE_FULL: Answer = 0x8046_0002;
const VERSION_NOT_SUPPORTED: Answer = 0x8046_0003;
const SUBMISSION_QUEUE_TOO_BIG: Answer = 0x8046_0004;
const COMPLETION_QUEUE_TOO_BIG: Answer = 0x8046_0005;
const COMPLETION_QUEUE_TOO_FULL: Answer = 0x8046_0008;
/// HRESULT_FROM_WIN32(WAIT_TIMEOUT).
const TIMED_OUT: Answer = 0x8007_0102;

const VERSION_1: u32 = 1;
const VERSION_3: u32 = 300;
const NEWEST: u32 = 400;
const MOST_SUBMISSIONS: u32 = 0x1_0000;
const MOST_COMPLETIONS: u32 = 0x2_0000;
const FEATURE_SET_COMPLETION_EVENT: u32 = 2;
const SKIP_CHECKS: u32 = 1;
const DRAIN: u32 = 1;
const WRITE_THROUGH: u32 = 1;
const FLUSH_NO_SYNC: u32 = 3;

fn of(error: Win32Error) -> Answer {
    0x8007_0000 | error.0
}

fn refused(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::SubmissionsFull => SUBMISSION_QUEUE_FULL,
        Refusal::CompletionsFull => COMPLETION_QUEUE_TOO_FULL,
        Refusal::Closed => E_HANDLE,
    }
}

/// IORING_CREATE_FLAGS.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CreateFlags {
    required: u32,
    advisory: u32,
}

/// HIORING refers to one of these.
struct Opened {
    ring: Arc<Ring>,
    version: u32,
    flags: CreateFlags,
}

#[derive(Default)]
struct Rings {
    open: HashMap<usize, Arc<Opened>>,
    last: usize,
}

static RINGS: LazyLock<Mutex<Rings>> = LazyLock::new(Mutex::default);

fn ring(handle: usize) -> Result<Arc<Opened>, Answer> {
    RINGS.lock().open.get(&handle).map(Arc::clone).ok_or(E_HANDLE)
}

fn answer(body: impl FnOnce() -> Result<(), Answer>) -> Answer {
    guard(E_FAIL, || body().err().unwrap_or(S_OK))
}

/// Stores what the caller must want.
unsafe fn put<T>(to: *mut T, value: T) -> Result<(), Answer> {
    // SAFETY: the caller's promise.
    unsafe { crate::arguments::store(to, value) }.map_err(|_| E_INVALIDARG)
}

/// IORING_CAPABILITIES.
#[repr(C)]
pub struct Capabilities {
    version: u32,
    most_submissions: u32,
    most_completions: u32,
    features: u32,
}

/// QueryIoRingCapabilities.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryIoRingCapabilities(to: *mut Capabilities) -> Answer {
    let all = Capabilities {
        version: NEWEST,
        most_submissions: MOST_SUBMISSIONS,
        most_completions: MOST_COMPLETIONS,
        features: FEATURE_SET_COMPLETION_EVENT,
    };
    // SAFETY: the caller's promise.
    answer(|| unsafe { put(to, all) })
}

/// The version in which an operation came.
fn since(operation: u32) -> Option<u32> {
    match operation {
        0..=4 => Some(VERSION_1),
        5 | 6 => Some(VERSION_3),
        7 | 8 => Some(NEWEST),
        _ => None,
    }
}

/// IsIoRingOpSupported: by a ring of the version that this one was made with.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsIoRingOpSupported(handle: usize, operation: u32) -> Bool {
    guard(0, || Bool::from(ring(handle).is_ok_and(|ring| since(operation).is_some_and(|since| since <= ring.version))))
}

/// CreateIoRing: queues are rounded up to powers of two, and there are at least twice as many places for completions as for entries.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateIoRing(
    version: u32,
    flags: CreateFlags,
    submissions: u32,
    completions: u32,
    to: *mut usize,
) -> Answer {
    answer(|| {
        if !matches!(version, VERSION_1 | 2 | VERSION_3 | NEWEST) {
            return Err(VERSION_NOT_SUPPORTED);
        }
        if flags.required != 0 {
            return Err(REQUIRED_FLAG_NOT_SUPPORTED);
        }
        if submissions > MOST_SUBMISSIONS {
            return Err(SUBMISSION_QUEUE_TOO_BIG);
        }
        if completions > MOST_COMPLETIONS {
            return Err(COMPLETION_QUEUE_TOO_BIG);
        }
        if to.is_null() || submissions == 0 {
            return Err(E_INVALIDARG);
        }
        let submissions = submissions.next_power_of_two();
        let completions = completions.max(2 * submissions).next_power_of_two();
        let system = system().map_err(of)?;
        let ring = Ring::new(system, submissions as usize, completions as usize, probe::usable);
        let mut rings = RINGS.lock();
        rings.last += 4;
        let handle = rings.last;
        // What is only advice is not needed.
        let flags = CreateFlags { required: 0, advisory: flags.advisory & SKIP_CHECKS };
        rings.open.insert(handle, Arc::new(Opened { ring, version, flags }));
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { put(to, handle) }
    })
}

/// IORING_INFO.
#[repr(C)]
pub struct Info {
    version: u32,
    flags: CreateFlags,
    submissions: u32,
    completions: u32,
}

/// GetIoRingInfo.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetIoRingInfo(handle: usize, to: *mut Info) -> Answer {
    answer(|| {
        let opened = ring(handle)?;
        let [submissions, completions] = opened.ring.sizes().map(|size| size as u32);
        // SAFETY: the caller's promise.
        unsafe { put(to, Info { version: opened.version, flags: opened.flags, submissions, completions }) }
    })
}

/// CloseIoRing: what has not completed is cancelled, and its memory is the caller's again.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CloseIoRing(handle: usize) -> Answer {
    answer(|| {
        let closed = RINGS.lock().open.remove(&handle).ok_or(E_HANDLE)?;
        closed.ring.close();
        Ok(())
    })
}

/// SubmitIoRing: begins what was built, and waits for so many completions.
///
/// # Safety
/// `submitted` is NULL or writable; the memory of all entries stays valid until they are complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SubmitIoRing(handle: usize, completions: u32, ms: u32, submitted: *mut u32) -> Answer {
    answer(|| {
        let opened = ring(handle)?;
        // SAFETY: the caller's promise.
        let count = unsafe { opened.ring.submit() }.map_err(refused)?;
        // SAFETY: the caller's promise.
        unsafe { crate::arguments::store_if_wanted(submitted, count as u32) };
        if completions == 0 {
            return Ok(());
        }
        let enough = opened.ring.wait(completions as usize, Timeout::from_millis(ms)).map_err(of)?;
        if enough { Ok(()) } else { Err(TIMED_OUT) }
    })
}

/// IORING_CQE.
#[repr(C)]
pub struct CompletionEntry {
    user: usize,
    result: Answer,
    information: usize,
}

const _: () = assert!(size_of::<CompletionEntry>() == 24);

/// PopIoRingCompletion: S_FALSE if there is none.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_PopIoRingCompletion(handle: usize, to: *mut CompletionEntry) -> Answer {
    answer(|| {
        let opened = ring(handle)?;
        if to.is_null() {
            return Err(E_INVALIDARG);
        }
        let outcome = opened.ring.pop().ok_or(S_FALSE)?;
        let result = result(outcome.status);
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { put(to, CompletionEntry { user: outcome.user, result, information: outcome.bytes }) }
    })
}

fn result(status: Status) -> Answer {
    if status.is_success() { S_OK } else { of(status.to_win32()) }
}

/// SetIoRingCompletionEvent: set when the first completion comes into the empty queue; NULL for none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetIoRingCompletionEvent(handle: usize, event: RawHandle) -> Answer {
    answer(|| {
        let opened = ring(handle)?;
        opened.ring.set_event(event_of(event).map_err(of)?);
        Ok(())
    })
}

const REGISTERED: u32 = 1;

/// IORING_HANDLE_REF.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct HandleRef {
    kind: u32,
    handle: usize,
}

/// IORING_BUFFER_REF.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct BufferRef {
    kind: u32,
    buffer: u64,
}

const _: () = assert!(size_of::<HandleRef>() == 16 && size_of::<BufferRef>() == 16);

impl HandleRef {
    fn file(self) -> Result<File, Answer> {
        match self.kind {
            0 => Ok(File::Handle(self.handle)),
            // The lower half of the union.
            REGISTERED => Ok(File::Registered(self.handle as u32)),
            _ => Err(E_INVALIDARG),
        }
    }
}

impl BufferRef {
    fn memory(self) -> Result<Memory, Answer> {
        match self.kind {
            0 => Ok(Memory::At(self.buffer as usize)),
            REGISTERED => Ok(Memory::Registered { index: self.buffer as u32, offset: (self.buffer >> 32) as u32 }),
            _ => Err(E_INVALIDARG),
        }
    }
}

fn build(handle: usize, operation: u32, user: usize, flags: u32, what: What) -> Result<(), Answer> {
    let opened = ring(handle)?;
    if flags & !DRAIN != 0 {
        return Err(REQUIRED_FLAG_NOT_SUPPORTED);
    }
    if since(operation).is_none_or(|since| since > opened.version) {
        return Err(VERSION_NOT_SUPPORTED);
    }
    opened.ring.add(Entry { user, drain: flags & DRAIN != 0, what }).map_err(refused)
}

/// BuildIoRingReadFile.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_BuildIoRingReadFile(
    handle: usize,
    file: HandleRef,
    buffer: BufferRef,
    len: u32,
    offset: u64,
    user: usize,
    flags: u32,
) -> Answer {
    answer(|| {
        let (function, file, memory) = (Function::Read, file.file()?, buffer.memory()?);
        build(handle, 1, user, flags, What::Transfer { function, file, memory, len, offset, through: false })
    })
}

/// BuildIoRingWriteFile: FILE_WRITE_FLAGS_WRITE_THROUGH completes when it is on the device.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_BuildIoRingWriteFile(
    handle: usize,
    file: HandleRef,
    buffer: BufferRef,
    len: u32,
    offset: u64,
    how: u32,
    user: usize,
    flags: u32,
) -> Answer {
    answer(|| {
        if how & !WRITE_THROUGH != 0 {
            return Err(E_INVALIDARG);
        }
        let (function, file, memory) = (Function::Write, file.file()?, buffer.memory()?);
        let through = how & WRITE_THROUGH != 0;
        build(handle, 5, user, flags, What::Transfer { function, file, memory, len, offset, through })
    })
}

/// BuildIoRingFlushFile.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_BuildIoRingFlushFile(
    handle: usize,
    file: HandleRef,
    mode: u32,
    user: usize,
    flags: u32,
) -> Answer {
    answer(|| {
        if mode > FLUSH_NO_SYNC {
            return Err(E_INVALIDARG);
        }
        build(handle, 6, user, flags, What::Flush { file: file.file()?, in_memory: mode == FLUSH_NO_SYNC })
    })
}

/// BuildIoRingCancelRequest: of the entry with these user data on the file, or of all for 0; 1168 as its result if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_BuildIoRingCancelRequest(handle: usize, file: HandleRef, target: usize, user: usize) -> Answer {
    answer(|| build(handle, 4, user, 0, What::Cancel { file: file.file()?, target }))
}

/// So many elements of the caller's; `None` for NULL.
unsafe fn list<'a, T>(start: *const T, count: u32) -> Option<&'a [T]> {
    if count == 0 {
        return Some(&[]);
    }
    // SAFETY: not NULL, and the caller vouches for the elements.
    (!start.is_null()).then(|| unsafe { std::slice::from_raw_parts(start, count as usize) })
}

/// BuildIoRingRegisterFileHandles: in the place of those that were registered before.
///
/// # Safety
/// `handles` has `count` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_BuildIoRingRegisterFileHandles(
    handle: usize,
    count: u32,
    handles: *const RawHandle,
    user: usize,
) -> Answer {
    answer(|| {
        // SAFETY: the caller's promise.
        let handles = unsafe { list(handles, count) }.ok_or(E_INVALIDARG)?;
        build(handle, 2, user, 0, What::RegisterFiles(handles.to_vec()))
    })
}

/// IORING_BUFFER_INFO.
#[repr(C)]
pub struct BufferInfo {
    address: usize,
    len: u32,
}

/// BuildIoRingRegisterBuffers: in the place of those that were registered before.
///
/// # Safety
/// `buffers` has `count` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_BuildIoRingRegisterBuffers(
    handle: usize,
    count: u32,
    buffers: *const BufferInfo,
    user: usize,
) -> Answer {
    answer(|| {
        // SAFETY: the caller's promise.
        let buffers = unsafe { list(buffers, count) }.ok_or(E_INVALIDARG)?;
        let regions = buffers.iter().map(|buffer| Region { start: buffer.address, len: buffer.len });
        build(handle, 3, user, 0, What::RegisterBuffers(regions.collect()))
    })
}

/// The pages of a scattered transfer; `len` bytes of them.
unsafe fn pages(segments: *const FileSegmentElement, count: u32, len: u32) -> Result<Vec<usize>, Answer> {
    // SAFETY: the caller's promise.
    let segments = unsafe { list(segments, count) }.ok_or(E_INVALIDARG)?;
    let wanted = (len as usize).div_ceil(SEGMENT);
    if segments.len() < wanted {
        return Err(E_INVALIDARG);
    }
    Ok(segments[..wanted].iter().map(|segment| segment.buffer as usize).collect())
}

/// BuildIoRingReadFileScatter.
///
/// # Safety
/// `segments` has `count` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_BuildIoRingReadFileScatter(
    handle: usize,
    file: HandleRef,
    count: u32,
    segments: *const FileSegmentElement,
    len: u32,
    offset: u64,
    user: usize,
    flags: u32,
) -> Answer {
    answer(|| {
        // SAFETY: the caller's promise.
        let pages = unsafe { pages(segments, count, len) }?;
        let (function, file) = (Function::Read, file.file()?);
        build(handle, 7, user, flags, What::Pages { function, file, pages, len, offset, through: false })
    })
}

/// BuildIoRingWriteFileGather.
///
/// # Safety
/// `segments` has `count` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_BuildIoRingWriteFileGather(
    handle: usize,
    file: HandleRef,
    count: u32,
    segments: *const FileSegmentElement,
    len: u32,
    offset: u64,
    how: u32,
    user: usize,
    flags: u32,
) -> Answer {
    answer(|| {
        // SAFETY: the caller's promise.
        let pages = unsafe { pages(segments, count, len) }?;
        if how & !WRITE_THROUGH != 0 {
            return Err(E_INVALIDARG);
        }
        let (function, file, through) = (Function::Write, file.file()?, how & WRITE_THROUGH != 0);
        build(handle, 8, user, flags, What::Pages { function, file, pages, len, offset, through })
    })
}
