//! Cells of screen buffers (contract 09 §5): fill, read, write, scroll. In the A functions a cell has one byte of the output code page; what has
//! no such byte reads as a question mark, as all of UTF-8 does that is not ASCII.

use super::handles::{asked, changed, held, print_first};
use crate::arguments::{pair, store_if_wanted};
use crate::probe;
use crate::support::{Bool, RawHandle, guard_bool};
use overlapped_abi::{CharInfo, Coord, SmallRect, Win32Error};
use overlapped_devices::codepage::CodePage;
use std::slice::from_raw_parts;

/// The unit of a cell's text: a byte, or 16 bits.
pub trait CellUnit: Copy {
    /// What it is in a cell.
    fn to_cell(self, page: CodePage) -> u16;
    /// What a cell has.
    fn of_cell(unit: u16, page: CodePage) -> Self;
}

impl CellUnit for u8 {
    fn to_cell(self, page: CodePage) -> u16 {
        match page {
            CodePage::Utf8 => self.into(),
            page => page.decode(&[self]).text.first().copied().unwrap_or(self.into()),
        }
    }

    fn of_cell(unit: u16, page: CodePage) -> Self {
        match page.encode(&[unit], b"?").text[..] {
            [byte] => byte,
            _ => b'?',
        }
    }
}

impl CellUnit for u16 {
    fn to_cell(self, _page: CodePage) -> u16 {
        self
    }

    fn of_cell(unit: u16, _page: CodePage) -> Self {
        unit
    }
}

/// What the bytes of A functions are on the console of a handle; whether that is one is asked later.
fn page_of(output: RawHandle) -> CodePage {
    held(output).and_then(|held| held.console.code_page(true)).unwrap_or(CodePage::Utf8)
}

/// The caller's elements; 998 for what is not memory.
///
/// # Safety
/// Nobody writes there as long as the slice is used.
unsafe fn elements<'a, T>(from: *const T, count: usize) -> Result<&'a [T], Win32Error> {
    if count == 0 {
        return Ok(&[]);
    }
    if !probe::readable(from as usize, count * size_of::<T>()) {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: readable, as was just seen; the caller's promise.
    Ok(unsafe { from_raw_parts(from, count) })
}

/// Stores how many there were, 0 on failure.
///
/// # Safety
/// `done` is NULL or writable.
unsafe fn counted(done: *mut u32, count: impl FnOnce() -> Result<usize, Win32Error>) -> Bool {
    guard_bool(|| {
        let count = count();
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(done, *count.as_ref().unwrap_or(&0) as u32) };
        count.map(drop)
    })
}

pair! {
    /// FillConsoleOutputCharacter.
    fn ovl_FillConsoleOutputCharacterA ovl_FillConsoleOutputCharacterW(
        output: RawHandle, unit: C, count: u32, at: Coord, done: *mut u32
    ) -> Bool {
        let fill = || {
            let (console, id) = changed(output)?;
            print_first();
            console.fill_character(id, unit.to_cell(console.code_page(true)?), count as usize, at)
        };
        // SAFETY: the caller's promise.
        unsafe { counted(done, fill) }
    }
}

/// FillConsoleOutputAttribute.
///
/// # Safety
/// `done` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FillConsoleOutputAttribute(
    output: RawHandle,
    attribute: u16,
    count: u32,
    at: Coord,
    done: *mut u32,
) -> Bool {
    let fill = || {
        let (console, id) = changed(output)?;
        print_first();
        console.fill_attribute(id, attribute, count as usize, at)
    };
    // SAFETY: the caller's promise.
    unsafe { counted(done, fill) }
}

pair! {
    /// WriteConsoleOutputCharacter.
    fn ovl_WriteConsoleOutputCharacterA ovl_WriteConsoleOutputCharacterW(
        output: RawHandle, from: *const C, count: u32, at: Coord, done: *mut u32
    ) -> Bool {
        let write = || {
            let (console, id) = changed(output)?;
            let page = console.code_page(true)?;
            // SAFETY: the caller's promise.
            let units = unsafe { elements(from, count as usize) }?;
            let units: Vec<u16> = units.iter().map(|unit| unit.to_cell(page)).collect();
            print_first();
            console.write_characters(id, &units, at)
        };
        // SAFETY: the caller's promise.
        unsafe { counted(done, write) }
    }
}

/// WriteConsoleOutputAttribute.
///
/// # Safety
/// `from` has `count` attributes, `done` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WriteConsoleOutputAttribute(
    output: RawHandle,
    from: *const u16,
    count: u32,
    at: Coord,
    done: *mut u32,
) -> Bool {
    let write = || {
        let (console, id) = changed(output)?;
        // SAFETY: the caller's promise.
        let attributes = unsafe { elements(from, count as usize) }?;
        print_first();
        console.write_attributes(id, attributes, at)
    };
    // SAFETY: the caller's promise.
    unsafe { counted(done, write) }
}

/// Reads cells and gives the caller something of each.
///
/// # Safety
/// `to` has room for `room` elements.
unsafe fn read<T>(
    output: RawHandle,
    to: *mut T,
    room: u32,
    at: Coord,
    of: impl Fn(CharInfo) -> T,
) -> Result<usize, Win32Error> {
    let (console, id) = asked(output)?;
    let cells = console.read_cells(id, room as usize, at)?;
    if !cells.is_empty() && !probe::writable(to as usize, cells.len() * size_of::<T>()) {
        return Err(Win32Error::NOACCESS);
    }
    for (n, cell) in cells.iter().enumerate() {
        // SAFETY: writable, as was just seen, for so many; the caller's promise.
        unsafe { to.add(n).write(of(*cell)) };
    }
    Ok(cells.len())
}

pair! {
    /// ReadConsoleOutputCharacter.
    fn ovl_ReadConsoleOutputCharacterA ovl_ReadConsoleOutputCharacterW(
        output: RawHandle, to: *mut C, room: u32, at: Coord, done: *mut u32
    ) -> Bool {
        let page = page_of(output);
        // SAFETY: the caller's promise.
        unsafe { counted(done, || read(output, to, room, at, |cell| C::of_cell(cell.char, page))) }
    }
}

/// ReadConsoleOutputAttribute.
///
/// # Safety
/// `to` has room for so many attributes, `done` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadConsoleOutputAttribute(
    output: RawHandle,
    to: *mut u16,
    room: u32,
    at: Coord,
    done: *mut u32,
) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { counted(done, || read(output, to, room, at, |cell| cell.attributes)) }
}

/// How many cells the caller's rectangle has.
fn area(size: Coord) -> usize {
    usize::try_from(size.x).unwrap_or(0) * usize::try_from(size.y).unwrap_or(0)
}

pair! {
    /// WriteConsoleOutput: the rectangle becomes the part that was written.
    fn ovl_WriteConsoleOutputA ovl_WriteConsoleOutputW(
        output: RawHandle, from: *const CharInfo, size: Coord, at: Coord, to: *mut SmallRect
    ) -> Bool {
        guard_bool(|| {
            let (console, id) = changed(output)?;
            // SAFETY: the caller's promise.
            let (cells, to) = unsafe { (elements(from, area(size))?, to.as_mut().ok_or(Win32Error::NOACCESS)?) };
            // Of a byte, only the low half of the unit counts.
            let page = console.code_page(true)?;
            let unit = |char: u16| if size_of::<C>() == 1 { (char as u8).to_cell(page) } else { char };
            let cells: Vec<CharInfo> = cells.iter().map(|cell| CharInfo { char: unit(cell.char), ..*cell }).collect();
            print_first();
            *to = console.write_area(id, &cells, size, at, *to)?;
            Ok(())
        })
    }
}

pair! {
    /// ReadConsoleOutput: the rectangle becomes the part that was read.
    fn ovl_ReadConsoleOutputA ovl_ReadConsoleOutputW(
        output: RawHandle, to: *mut CharInfo, size: Coord, at: Coord, from: *mut SmallRect
    ) -> Bool {
        guard_bool(|| {
            let (console, id) = asked(output)?;
            // SAFETY: the caller's promise.
            let from = unsafe { from.as_mut() }.ok_or(Win32Error::NOACCESS)?;
            let count = area(size);
            if count > 0 && !probe::writable(to as usize, count * size_of::<CharInfo>()) {
                return Err(Win32Error::NOACCESS);
            }
            let page = page_of(output);
            let give = |index: usize, cell: CharInfo| {
                if index < count {
                    let unit = if size_of::<C>() == 1 { u16::from(u8::of_cell(cell.char, page)) } else { cell.char };
                    // SAFETY: within the caller's rectangle, which is writable.
                    unsafe { to.add(index).write(CharInfo { char: unit, ..cell }) };
                }
            };
            *from = console.read_area(id, size, at, *from, give)?;
            Ok(())
        })
    }
}

pair! {
    /// ScrollConsoleScreenBuffer.
    fn ovl_ScrollConsoleScreenBufferA ovl_ScrollConsoleScreenBufferW(
        output: RawHandle, from: *const SmallRect, clip: *const SmallRect, to: Coord, fill: *const CharInfo
    ) -> Bool {
        guard_bool(|| {
            let (console, id) = changed(output)?;
            // SAFETY: the caller's promise.
            let (from, clip, fill) = unsafe { (from.as_ref(), clip.as_ref(), fill.as_ref()) };
            let (from, mut fill) = from.zip(fill.copied()).ok_or(Win32Error::NOACCESS)?;
            if size_of::<C>() == 1 {
                fill.char &= 0xFF;
            }
            print_first();
            console.scroll(id, *from, clip.copied(), to, fill)
        })
    }
}
