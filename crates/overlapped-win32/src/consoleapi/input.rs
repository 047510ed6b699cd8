//! Input records (contract 09 §4). In the A functions the character of a key is a byte: ASCII, and a question mark for what is not.

use super::cells::CellUnit;
use super::handles::{input, print_first};
use crate::arguments::{pair, store};
use crate::probe;
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::constants::console::KEY_EVENT;
use overlapped_abi::{InputEvent, InputRecord, Win32Error};
use overlapped_devices::codepage::CodePage;
use overlapped_devices::console::RecordRead;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Buffer, Completion, Function, Parameters, Position, Route};
use overlapped_kernel::road::{Call, Reply, Report};
use std::any::Any;
use std::sync::Arc;

/// More than this at once is refused (8).
const MOST: u32 = 1 << 24;

/// A read of the console that the device understands by its details, and its end.
///
/// # Safety
/// The buffer is writable until this returns.
pub(super) unsafe fn read(
    instance: &Arc<Instance>,
    buffer: Buffer,
    details: Box<dyn Any + Send + Sync>,
) -> Result<Completion, Win32Error> {
    let call = Call {
        function: Function::Read,
        position: Position::At(0),
        buffer,
        route: Route::default(),
        overlapped: None,
        payload: None,
        report: Report::AtOnce,
    };
    let parameters = Parameters { details: Some(details), ..Parameters::default() };
    // SAFETY: the caller's promise.
    match unsafe { instance.issue_and_wait(call, parameters, Timeout::Infinite) } {
        Ok(Reply::Done(_, completion)) => Ok(completion),
        Ok(Reply::Pending(_)) => Err(Win32Error::IO_INCOMPLETE),
        Err(failure) => Err(failure.status.to_win32()),
    }
}

/// The record as the A functions have it, in one byte of the input code page.
fn narrowed(record: InputRecord, page: CodePage) -> InputRecord {
    match record.event() {
        Some(InputEvent::Key(mut key)) if key.char > 0x7F => {
            key.char = u8::of_cell(key.char, page).into();
            InputRecord::new(InputEvent::Key(key))
        }
        _ => record,
    }
}

/// The record that an A function means: of its character, one byte counts.
fn widened(record: InputRecord, page: CodePage) -> InputRecord {
    match record.event() {
        Some(InputEvent::Key(mut key)) if record.event_type == KEY_EVENT => {
            key.char = (key.char as u8).to_cell(page);
            InputRecord::new(InputEvent::Key(key))
        }
        _ => record,
    }
}

/// The caller's room for records; 998 for what is not memory.
fn room(to: *mut InputRecord, count: u32) -> Result<usize, Win32Error> {
    let bytes = count as usize * size_of::<InputRecord>();
    if count > MOST {
        return Err(Win32Error::NOT_ENOUGH_MEMORY);
    }
    if count > 0 && !probe::writable(to as usize, bytes) {
        return Err(Win32Error::NOACCESS);
    }
    Ok(bytes)
}

pair! {
    /// ReadConsoleInput: waits for one record at least.
    fn ovl_ReadConsoleInputA ovl_ReadConsoleInputW(
        console: RawHandle, to: *mut InputRecord, count: u32, done: *mut u32
    ) -> Bool {
        guard_bool(|| {
            let found = input(console)?.readable()?;
            let len = room(to, count)?;
            print_first();
            // SAFETY: writable, as was just seen; the caller's promise.
            let read = unsafe { read(&found.instance, Buffer { start: to.cast(), len }, Box::new(RecordRead)) }?;
            let records = read.bytes / size_of::<InputRecord>();
            if size_of::<C>() == 1 {
                let page = found.console.code_page(false)?;
                for n in 0..records {
                    // SAFETY: so many were just written.
                    unsafe { to.add(n).write_unaligned(narrowed(to.add(n).read_unaligned(), page)) };
                }
            }
            // SAFETY: the caller's promise.
            unsafe { store(done, records as u32) }
        })
    }
}

pair! {
    /// PeekConsoleInput: what there is, which stays.
    fn ovl_PeekConsoleInputA ovl_PeekConsoleInputW(
        console: RawHandle, to: *mut InputRecord, count: u32, done: *mut u32
    ) -> Bool {
        guard_bool(|| {
            let found = input(console)?.readable()?;
            room(to, count)?;
            print_first();
            let records = found.console.peek(count as usize)?;
            let page = found.console.code_page(false)?;
            for (n, record) in records.iter().enumerate() {
                let record = if size_of::<C>() == 1 { narrowed(*record, page) } else { *record };
                // SAFETY: no more than there is room for, as was just seen.
                unsafe { to.add(n).write_unaligned(record) };
            }
            // SAFETY: the caller's promise.
            unsafe { store(done, records.len() as u32) }
        })
    }
}

pair! {
    /// WriteConsoleInput: behind what waits.
    fn ovl_WriteConsoleInputA ovl_WriteConsoleInputW(
        console: RawHandle, from: *const InputRecord, count: u32, done: *mut u32
    ) -> Bool {
        guard_bool(|| {
            let found = input(console)?.writable()?;
            if count > MOST {
                return Err(Win32Error::NOT_ENOUGH_MEMORY);
            }
            if count > 0 && !probe::readable(from as usize, count as usize * size_of::<InputRecord>()) {
                return Err(Win32Error::NOACCESS);
            }
            // SAFETY: readable, as was just seen.
            let records = (0..count as usize).map(|n| unsafe { from.add(n).read_unaligned() });
            let page = found.console.code_page(false)?;
            let records: Vec<InputRecord> =
                records.map(|record| if size_of::<C>() == 1 { widened(record, page) } else { record }).collect();
            found.console.write_records(&records)?;
            // SAFETY: the caller's promise.
            unsafe { store(done, count) }
        })
    }
}

/// GetNumberOfConsoleInputEvents.
///
/// # Safety
/// `count` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumberOfConsoleInputEvents(console: RawHandle, count: *mut u32) -> Bool {
    guard_bool(|| {
        let found = input(console)?.readable()?;
        print_first();
        // SAFETY: the caller's promise.
        unsafe { store(count, found.console.records()? as u32) }
    })
}

/// FlushConsoleInputBuffer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlushConsoleInputBuffer(console: RawHandle) -> Bool {
    guard_bool(|| input(console)?.console.forget_input())
}
