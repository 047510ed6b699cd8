//! A screen buffer: cells, a cursor, the window on them, and what text does to them (contract 09 §5). It makes no system call; what a
//! terminal has to show of it is worked out in `display`.
//!
//! Text takes the way that the output mode says: unprocessed, every unit is a cell; processed, control characters act; with virtual
//! terminal processing, escape sequences act too (`vt`).

use super::cells::{Grid, clip, is_empty};
use super::vt::Parser;
use super::width::width;
use crate::codepage::CodePage;
use overlapped_abi::constants::console as c;
use overlapped_abi::{CharInfo, ConsoleCursorInfo, ConsoleScreenBufferInfo, Coord, SmallRect, Win32Error};

/// Text in white on black.
pub(super) const DEFAULT_ATTRIBUTES: u16 = c::FOREGROUND_BLUE | c::FOREGROUND_GREEN | c::FOREGROUND_RED;
/// The first and the second cell of a wide character.
pub(super) const LEADING: u16 = 0x100;
pub(super) const TRAILING: u16 = 0x200;
const OUTPUT_BITS: u32 = 0x1F;
const BLANK: u16 = b' ' as u16;
const TAB: i16 = 8;

/// The colours that the four bits of an attribute stand for at first, as 0x00BBGGRR.
const COLOURS: [u32; 16] = [
    0x00_0000, 0x80_0000, 0x00_8000, 0x80_8000, 0x00_0080, 0x80_0080, 0x00_8080, 0xC0_C0C0, 0x80_8080, 0xFF_0000,
    0x00_FF00, 0xFF_FF00, 0x00_00FF, 0xFF_00FF, 0x00_FFFF, 0xFF_FFFF,
];

/// What control characters look like where they do not act.
const GLYPHS: [char; 32] = [
    ' ', '☺', '☻', '♥', '♦', '♣', '♠', '•', '◘', '○', '◙', '♂', '♀', '♪', '♫', '☼', '►', '◄', '↕', '‼', '¶', '§', '▬',
    '↨', '↑', '↓', '→', '←', '∟', '↔', '▲', '▼',
];

/// How a control character that does not act is shown; any other character as it is.
pub(super) fn glyph(c: char) -> char {
    match u32::from(c) {
        code @ 0..32 => GLYPHS[code as usize],
        0x7F => '⌂',
        _ => c,
    }
}

/// See the module page.
pub(super) struct Screen {
    pub grid: Grid,
    pub cursor: Coord,
    pub attributes: u16,
    pub mode: u32,
    pub window: SmallRect,
    pub shape: ConsoleCursorInfo,
    pub popup: u16,
    pub colours: [u32; 16],
    pub vt: Parser,
    /// The last character went into the last column, and the cursor is already on the next row.
    pub wrapped: bool,
    /// The same, but the cursor waits in the last column.
    pub waits: bool,
    /// Rows that left the buffer at its top.
    pub scrolls: u64,
    /// The first half of a character beyond 16 bits.
    half: Option<u16>,
    /// The beginning of a character of UTF-8.
    begun: Vec<u8>,
}

impl Screen {
    pub fn new(size: Coord, attributes: u16) -> Self {
        let grid = Grid::new(size, CharInfo { char: BLANK, attributes });
        let window = grid.whole();
        Self {
            grid,
            cursor: Coord { x: 0, y: 0 },
            attributes,
            mode: c::ENABLE_PROCESSED_OUTPUT | c::ENABLE_WRAP_AT_EOL_OUTPUT,
            window,
            shape: ConsoleCursorInfo { size: 25, visible: 1 },
            popup: 0xF5,
            colours: COLOURS,
            vt: Parser::default(),
            wrapped: false,
            waits: false,
            scrolls: 0,
            half: None,
            begun: Vec::new(),
        }
    }

    /// What CreateConsoleScreenBuffer makes: as large as the window, with the colours of this one.
    pub fn sibling(&self) -> Self {
        let size = Coord { x: self.columns(), y: self.rows() };
        Self { colours: self.colours, popup: self.popup, shape: self.shape, ..Self::new(size, self.attributes) }
    }

    /// Columns of the window.
    pub fn columns(&self) -> i16 {
        self.window.right - self.window.left + 1
    }

    /// Rows of the window.
    pub fn rows(&self) -> i16 {
        self.window.bottom - self.window.top + 1
    }

    pub fn has(&self, mode: u32) -> bool {
        self.mode & mode != 0
    }

    /// SetConsoleMode: 87 for unknown bits.
    pub fn set_mode(&mut self, mode: u32) -> Result<(), Win32Error> {
        if mode & !OUTPUT_BITS != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.mode = mode;
        Ok(())
    }

    pub fn info(&self, largest: Coord) -> ConsoleScreenBufferInfo {
        let size = self.grid.size();
        ConsoleScreenBufferInfo {
            size,
            cursor_position: self.cursor,
            attributes: self.attributes,
            window: self.window,
            maximum_window_size: Coord { x: size.x.min(largest.x), y: size.y.min(largest.y) },
        }
    }

    /// A blank cell in the current colours.
    pub fn blank(&self) -> CharInfo {
        CharInfo { char: BLANK, attributes: self.attributes & !(LEADING | TRAILING) }
    }

    /// Writes text at the cursor.
    pub fn write(&mut self, text: &[u16]) {
        self.each(text, |screen, c| screen.take(c));
    }

    /// Bytes of a code page as units; the beginning of a character waits for the next call.
    pub fn decode(&mut self, bytes: &[u8], page: CodePage) -> Vec<u16> {
        self.begun.extend_from_slice(bytes);
        let rest = self.begun.split_off(page.whole(&self.begun));
        let whole = std::mem::replace(&mut self.begun, rest);
        page.decode(&whole).text
    }

    /// Calls `act` for each character; half of one waits for the next call.
    pub fn each(&mut self, text: &[u16], mut act: impl FnMut(&mut Self, char)) {
        let units: Vec<u16> = self.half.take().into_iter().chain(text.iter().copied()).collect();
        let whole = match units.last() {
            Some(0xD800..0xDC00) => &units[..units.len() - 1],
            _ => &units[..],
        };
        self.half = units.get(whole.len()).copied();
        for c in char::decode_utf16(whole.iter().copied()) {
            act(self, c.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }

    /// One character, as the mode says.
    pub fn take(&mut self, c: char) {
        if !self.has(c::ENABLE_PROCESSED_OUTPUT) {
            return self.put(glyph(c));
        }
        if self.has(c::ENABLE_VIRTUAL_TERMINAL_PROCESSING) && super::vt::take(self, c) {
            return;
        }
        self.control_or_put(c);
    }

    /// A character outside escape sequences, where control characters act.
    pub fn control_or_put(&mut self, c: char) {
        match c {
            '\x07' => {}
            '\x08' => self.back(),
            '\t' => self.tab(),
            '\n' => self.new_line(),
            '\r' => self.move_to(Coord { x: 0, y: self.cursor.y }),
            _ => self.put(glyph(c)),
        }
    }

    fn back(&mut self) {
        let at = self.cursor;
        match at.x {
            0 if at.y > 0 && self.has(c::ENABLE_WRAP_AT_EOL_OUTPUT) && self.wrapped => {
                self.move_to(Coord { x: self.grid.size().x - 1, y: at.y - 1 });
            }
            x => self.move_to(Coord { x: (x - 1).max(0), y: at.y }),
        }
    }

    fn tab(&mut self) {
        let last = self.grid.size().x - 1;
        let to = ((self.cursor.x / TAB + 1) * TAB).min(last);
        if self.has(c::ENABLE_VIRTUAL_TERMINAL_PROCESSING) {
            return self.move_to(Coord { x: to, ..self.cursor });
        }
        while self.cursor.x < to {
            self.put(' ');
        }
    }

    fn new_line(&mut self) {
        if !self.has(c::DISABLE_NEWLINE_AUTO_RETURN) {
            self.cursor.x = 0;
        }
        self.feed();
    }

    /// The cursor goes to the next row; at the bottom, everything goes up.
    pub fn feed(&mut self) {
        let (top, bottom) = self.vt.margins(self);
        (self.wrapped, self.waits) = (false, false);
        if self.cursor.y == bottom {
            self.scroll_rows(top, bottom, 1);
            if top == 0 && bottom == self.grid.size().y - 1 {
                self.scrolls += 1;
            }
        } else if self.cursor.y < self.grid.size().y - 1 {
            self.cursor.y += 1;
        }
        self.follow();
    }

    /// Rows from `top` to `bottom` go up by so many, or down.
    pub fn scroll_rows(&mut self, top: i16, bottom: i16, by: i16) {
        let area = SmallRect { top, bottom, ..self.grid.whole() };
        let to = Coord { x: 0, y: top.saturating_sub(by) };
        self.grid.scroll(area, to, area, self.blank());
    }

    /// Shows a character at the cursor, which moves on.
    pub fn put(&mut self, c: char) {
        let size = self.grid.size();
        let cells = i16::from(width(c)).min(size.x);
        if cells == 0 {
            return;
        }
        let wraps = self.has(c::ENABLE_WRAP_AT_EOL_OUTPUT);
        if wraps && (self.waits || self.cursor.x + cells > size.x) {
            self.cursor.x = 0;
            self.feed();
        }
        self.cursor.x = self.cursor.x.min(size.x - cells);
        self.store(c, cells);
        self.cursor.x += cells;
        (self.wrapped, self.waits) = (false, false);
        if self.cursor.x < size.x {
            return;
        }
        self.cursor.x = size.x - 1;
        let delays = c::ENABLE_VIRTUAL_TERMINAL_PROCESSING | c::DISABLE_NEWLINE_AUTO_RETURN;
        if !wraps {
        } else if self.mode & delays == delays {
            self.waits = true;
        } else {
            self.cursor.x = 0;
            self.feed();
            self.wrapped = true;
        }
    }

    fn store(&mut self, c: char, cells: i16) {
        let (mut units, at) = ([0; 2], self.cursor);
        let units = c.encode_utf16(&mut units);
        let attributes = self.attributes & !(LEADING | TRAILING);
        self.split(at);
        if cells == 2 {
            let after = Coord { x: at.x + 1, y: at.y };
            self.split(after);
            self.grid.set(at, CharInfo { char: units[0], attributes: attributes | LEADING });
            self.grid.set(after, CharInfo { char: *units.last().unwrap_or(&0), attributes: attributes | TRAILING });
        } else {
            let char = if units.len() == 1 { units[0] } else { char::REPLACEMENT_CHARACTER as u16 };
            self.grid.set(at, CharInfo { char, attributes });
        }
    }

    /// Half of a wide character is going to be overwritten: the other half becomes blank.
    fn split(&mut self, at: Coord) {
        let other = match self.grid.get(at).attributes & (LEADING | TRAILING) {
            LEADING => Coord { x: at.x + 1, y: at.y },
            TRAILING => Coord { x: at.x - 1, y: at.y },
            _ => return,
        };
        self.grid.change(other, |cell| {
            *cell = CharInfo { char: BLANK, attributes: cell.attributes & !(LEADING | TRAILING) }
        });
    }

    /// The cursor goes there, or as far as the buffer reaches.
    pub fn move_to(&mut self, to: Coord) {
        let size = self.grid.size();
        self.cursor = Coord { x: to.x.clamp(0, size.x - 1), y: to.y.clamp(0, size.y - 1) };
        (self.wrapped, self.waits) = (false, false);
        self.follow();
    }

    /// The cursor so many cells further, or back, counted row after row. For line editing.
    pub fn step(&mut self, by: i32) {
        let columns = i32::from(self.grid.size().x);
        let index = (i32::from(self.cursor.y) * columns + i32::from(self.cursor.x) + by).max(0);
        self.move_to(Coord { x: (index % columns) as i16, y: (index / columns).min(i32::from(i16::MAX)) as i16 });
    }

    /// The window goes where the cursor is.
    pub fn follow(&mut self) {
        let (at, window) = (self.cursor, self.window);
        let dx = (at.x - window.right).max(0) + (at.x - window.left).min(0);
        let dy = (at.y - window.bottom).max(0) + (at.y - window.top).min(0);
        if (dx, dy) != (0, 0) {
            self.window = SmallRect {
                left: window.left + dx,
                top: window.top + dy,
                right: window.right + dx,
                bottom: window.bottom + dy,
            };
        }
    }

    /// SetConsoleCursorPosition: 87 outside the buffer.
    pub fn place_cursor(&mut self, to: Coord) -> Result<(), Win32Error> {
        if !self.grid.holds(to) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.move_to(to);
        Ok(())
    }

    /// SetConsoleScreenBufferSize: 87 if it is smaller than the window.
    pub fn set_size(&mut self, size: Coord) -> Result<(), Win32Error> {
        if size.x < self.columns() || size.y < self.rows() || size.x < 1 || size.y < 1 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.grid.resize(size, self.blank());
        self.keep_inside();
        Ok(())
    }

    /// The window is so large from now on, and the buffer at least that; a buffer that was just as large follows.
    pub fn set_window_size(&mut self, size: Coord) {
        let old = self.grid.size();
        let follows = (old.x == self.columns(), old.y == self.rows());
        let new = Coord {
            x: if follows.0 { size.x } else { old.x.max(size.x) },
            y: if follows.1 { size.y } else { old.y.max(size.y) },
        };
        if new != old {
            // What is above the cursor goes when rows are lost, not what it has just written.
            let lost = (self.cursor.y + 1 - new.y).max(0);
            if lost > 0 {
                self.scroll_rows(0, old.y - 1, lost);
                self.cursor.y -= lost;
            }
            self.grid.resize(new, self.blank());
        }
        let (left, top) = (self.window.left, self.window.top);
        self.window = SmallRect { left, top, right: left + size.x - 1, bottom: top + size.y - 1 };
        self.keep_inside();
    }

    fn keep_inside(&mut self) {
        let size = self.grid.size();
        let (columns, rows) = (self.columns(), self.rows());
        let (left, top) = (self.window.left.clamp(0, size.x - columns), self.window.top.clamp(0, size.y - rows));
        self.window = SmallRect { left, top, right: left + columns - 1, bottom: top + rows - 1 };
        self.cursor = Coord { x: self.cursor.x.clamp(0, size.x - 1), y: self.cursor.y.clamp(0, size.y - 1) };
        (self.wrapped, self.waits) = (false, false);
        self.vt.forget_margins();
    }

    /// SetConsoleWindowInfo: 87 unless it lies in the buffer and is no larger than can be.
    pub fn set_window(&mut self, absolute: bool, wanted: SmallRect, largest: Coord) -> Result<(), Win32Error> {
        let old = self.window;
        let sum = |a: i16, b: i16| a.checked_add(b).ok_or(Win32Error::INVALID_PARAMETER);
        let new = if absolute {
            wanted
        } else {
            SmallRect {
                left: sum(old.left, wanted.left)?,
                top: sum(old.top, wanted.top)?,
                right: sum(old.right, wanted.right)?,
                bottom: sum(old.bottom, wanted.bottom)?,
            }
        };
        let fits = !is_empty(new) && clip(new, self.grid.whole()) == new;
        if !fits || new.right - new.left >= largest.x || new.bottom - new.top >= largest.y {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.window = new;
        self.grid.mark_all();
        Ok(())
    }

    /// FillConsoleOutputCharacter and FillConsoleOutputAttribute: `change` each of up to `most` cells; how many there were.
    pub fn change_run(&mut self, from: Coord, most: usize, mut change: impl FnMut(usize, &mut CharInfo)) -> usize {
        let count = self.grid.run(from, most);
        for n in 0..count {
            let at = self.grid.place(from, n);
            self.grid.change(at, |cell| change(n, cell));
        }
        count
    }

    /// ReadConsoleOutputCharacter and ReadConsoleOutputAttribute: up to `most` cells from there.
    pub fn read_run(&self, from: Coord, most: usize) -> Vec<CharInfo> {
        (0..self.grid.run(from, most)).map(|n| self.grid.get(self.grid.place(from, n))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(columns: i16, rows: i16) -> Screen {
        Screen::new(Coord { x: columns, y: rows }, DEFAULT_ATTRIBUTES)
    }

    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    pub(super) fn text(screen: &Screen) -> Vec<String> {
        let size = screen.grid.size();
        let row = |y| (0..size.x).map(|x| screen.grid.get(Coord { x, y }).char).collect::<Vec<u16>>();
        (0..size.y).map(|y| String::from_utf16_lossy(&row(y)).trim_end().to_owned()).collect()
    }

    fn written(columns: i16, rows: i16, mode: u32, said: &str) -> (Vec<String>, (i16, i16)) {
        let mut screen = screen(columns, rows);
        screen.mode = mode;
        screen.write(&units(said));
        (text(&screen), (screen.cursor.x, screen.cursor.y))
    }

    fn rows(rows: &[&str]) -> Vec<String> {
        rows.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn control_characters_act_when_processed() {
        assert_eq!(written(8, 3, 3, "ab\ncd\x08e\rX\ty\x07"), (rows(&["ab", "X      y", ""]), (0, 2)));
        assert_eq!(written(8, 2, 1 | 8, "ab\ncd"), (rows(&["ab", "  cd"]), (4, 1)));
    }

    #[test]
    fn unprocessed_each_character_is_a_cell() {
        assert_eq!(written(8, 2, 2, "a\n\x01\x1b\r"), (rows(&["a◙☺←♪", ""]), (5, 0)));
    }

    #[test]
    fn text_wraps_and_scrolls_or_stays_in_the_last_cell() {
        assert_eq!(written(4, 2, 3, "abcdefghi"), (rows(&["efgh", "i"]), (1, 1)));
        assert_eq!(written(4, 2, 3, "abcd\nx"), (rows(&["", "x"]), (1, 1)), "the cursor was on the next row already");
        assert_eq!(written(4, 2, 1, "abcdefg"), (rows(&["abcg", ""]), (3, 0)));
        assert_eq!(written(4, 2, 1 | 2 | 4 | 8, "abcd"), (rows(&["abcd", ""]), (3, 0)), "the wrap is put off");
    }

    #[test]
    fn wide_characters_take_two_cells_and_are_not_cut() {
        let mut screen = screen(5, 2);
        screen.write(&units("a漢😀b"));
        assert_eq!((text(&screen), screen.cursor.y), (rows(&["a漢漢😀", "b"]), 1));
        let flags = |x| screen.grid.get(Coord { x, y: 0 }).attributes >> 8 & 3;
        assert_eq!([0, 1, 2, 3, 4].map(flags), [0, 1, 2, 1, 2]);
        screen.move_to(Coord { x: 2, y: 0 });
        screen.write(&units("x"));
        assert_eq!(text(&screen)[0], "a x😀");
    }

    #[test]
    fn half_a_character_waits_for_the_rest() {
        let mut screen = screen(5, 1);
        let both = units("😀");
        screen.write(&both[..1]);
        screen.write(&both[1..]);
        assert_eq!(text(&screen), ["😀"]);
    }

    #[test]
    fn the_window_follows_the_cursor_in_a_larger_buffer() {
        let mut screen = screen(10, 3);
        assert_eq!(screen.set_size(Coord { x: 10, y: 2 }), Err(Win32Error::INVALID_PARAMETER));
        assert_eq!(screen.set_size(Coord { x: 10, y: 6 }), Ok(()));
        screen.write(&units("1\n2\n3\n4"));
        assert_eq!((screen.window.top, screen.window.bottom), (1, 3));
        let largest = Coord { x: 10, y: 3 };
        let all = SmallRect { left: 0, top: 0, right: 9, bottom: 5 };
        assert_eq!(screen.set_window(true, all, largest), Err(Win32Error::INVALID_PARAMETER));
        let up = SmallRect { left: 0, top: -1, right: 0, bottom: -1 };
        assert_eq!((screen.set_window(false, up, largest), screen.window.top), (Ok(()), 0));
    }
}
