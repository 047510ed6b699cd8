//! What a terminal is sent so that it shows a screen buffer (contract 09 §7).
//!
//! Text that a program prints into the first buffer goes through as it is, so that it stays plain text in the terminal's scroll-back. What
//! changes cells in another way is painted: moves, colours, characters. Other buffers are painted on the terminal's alternate screen.
//!
//! A program begins anywhere on the terminal, and nobody says where. So as long as it has only printed, rows are counted from there and
//! the cursor moves relative to where it is, within what was printed. That ends when the two must agree: the buffer has scrolled, the
//! cursor was placed before anything was printed, or cells elsewhere were changed; then the buffer's window is the terminal's, which is
//! cleared if something was printed before. The drawback: what a program prints by other ways than the console's is not seen here.

use super::attributes::rendition;
use super::cells::inside;
use super::screen::{DEFAULT_ATTRIBUTES, LEADING, Screen, TRAILING, glyph};
use overlapped_abi::constants::console as c;
use overlapped_abi::{CharInfo, Coord};

/// A column that the cursor is never in: where it is, is not known.
const NOWHERE: i16 = -1;

/// See the module page.
pub(super) struct Display {
    out: Vec<u8>,
    /// The window's first row is the terminal's.
    agrees: bool,
    /// The lowest row that was printed to; −1 if none was.
    lowest: i16,
    /// Where the terminal's cursor is, in the window.
    at: Coord,
    /// The terminal's cursor is still in the last column of the row above.
    hangs: bool,
    colours: u16,
    alternate: bool,
    /// Rows that had left the buffer when it was last looked at.
    scrolls: u64,
    /// Of the first buffer, while another is shown.
    left_at: (Coord, bool),
    hidden: bool,
    reports: bool,
}

impl Display {
    pub fn new() -> Self {
        let zero = Coord { x: 0, y: 0 };
        Self {
            out: Vec::new(),
            agrees: false,
            lowest: -1,
            at: zero,
            hangs: false,
            colours: DEFAULT_ATTRIBUTES,
            alternate: false,
            scrolls: 0,
            left_at: (zero, false),
            hidden: false,
            reports: false,
        }
    }

    /// What is to be sent.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn say(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Can text go through as it is?
    pub fn passes(&self, screen: &Screen) -> bool {
        let usual = c::ENABLE_PROCESSED_OUTPUT | c::ENABLE_WRAP_AT_EOL_OUTPUT;
        !self.alternate && screen.mode & usual == usual && !screen.grid.has_changes()
    }

    /// Text into the buffer that is shown, and through to the terminal.
    pub fn pass(&mut self, screen: &mut Screen, text: &[u16]) {
        if self.hangs && !screen.wrapped || self.at != in_window(screen, screen.cursor) {
            self.go(in_window(screen, screen.cursor));
        }
        let acts = screen.has(c::ENABLE_VIRTUAL_TERMINAL_PROCESSING);
        let mut moved = false;
        screen.each(text, |screen, c| {
            let busy = acts && screen.vt.is_busy();
            let sequence = busy || acts && c == '\x1b';
            if screen.wrapped && (sequence && !busy || matches!(c, '\r' | '\n' | '\t' | '\x08')) {
                // The terminal's cursor hangs in the last column; the buffer's is on the next row.
                self.say("\r\n");
            }
            let row = screen.cursor.y;
            screen.take(c);
            moved |= sequence;
            match c {
                _ if sequence => self.say(c.encode_utf8(&mut [0; 4])),
                '\n' if screen.has(c::DISABLE_NEWLINE_AUTO_RETURN) => self.say("\x1bD"),
                '\x08' if screen.cursor.y != row => self.say("\x1b[A\x1b[999C"),
                '\x07' | '\x08' | '\t' | '\r' | '\n' => self.say(c.encode_utf8(&mut [0; 4])),
                _ => self.say(glyph(c).encode_utf8(&mut [0; 4])),
            }
        });
        if moved {
            self.colours = screen.attributes;
            self.hidden = screen.shape.visible == 0;
        }
        self.hangs = screen.wrapped;
        self.at = in_window(screen, screen.cursor);
        self.lowest = self.lowest.max(self.at.y);
        self.agrees |=
            moved || screen.scrolls != self.scrolls || screen.window.top > 0 || self.at.y + 1 >= screen.rows();
        self.scrolls = screen.scrolls;
        screen.grid.take_changes();
    }

    /// Brings the terminal's cursor to a place in the window.
    fn go(&mut self, to: Coord) {
        if self.hangs {
            self.say("\r\n");
            self.hangs = false;
        }
        if self.agrees || self.alternate {
            self.say(&format!("\x1b[{};{}H", to.y + 1, to.x + 1));
        } else {
            let down = to.y - self.at.y;
            match down {
                ..0 => self.say(&format!("\x1b[{}A", -down)),
                0 => {}
                // Line feeds, since the terminal may have to scroll.
                _ => self.say(&"\n".repeat(down as usize)),
            }
            self.say(&format!("\x1b[{}G", to.x + 1));
            self.lowest = self.lowest.max(to.y);
        }
        self.at = to;
    }

    /// The cursor was placed.
    pub fn move_cursor(&mut self, screen: &Screen) {
        self.agrees |= self.lowest < 0;
        self.go(in_window(screen, screen.cursor));
    }

    /// Other colours from now on.
    pub fn select(&mut self, attributes: u16) {
        let text = rendition(attributes);
        self.say(&text);
        self.colours = attributes;
    }

    fn want(&mut self, attributes: u16) {
        let attributes = attributes & !(LEADING | TRAILING);
        if attributes != self.colours {
            self.select(attributes);
        }
    }

    /// The cursor is to be seen, or not.
    pub fn show_cursor(&mut self, visible: bool) {
        self.hidden = !visible;
        self.say(if visible { "\x1b[?25h" } else { "\x1b[?25l" });
    }

    /// The title of the terminal's window.
    pub fn title(&mut self, title: &str) {
        let shown: String = title.chars().filter(|c| !c.is_control()).collect();
        self.say(&format!("\x1b]0;{shown}\x07"));
    }

    /// Has the terminal tell of the mouse and the focus, or not.
    pub fn report(&mut self, on: bool) {
        if on != self.reports {
            self.reports = on;
            self.say(if on { "\x1b[?1003;1006;1004h" } else { "\x1b[?1003;1006;1004l" });
        }
    }

    /// Paints what has changed in the buffer that is shown.
    pub fn paint(&mut self, screen: &mut Screen) {
        if !screen.grid.has_changes() {
            return self.rest(screen);
        }
        let window = screen.window;
        let shown = |y: i16| (window.top..=window.bottom).contains(&y);
        if !self.agrees && !self.alternate {
            let changes = screen.grid.take_changes();
            let within = changes.iter().all(|(y, ..)| !shown(*y) || y - window.top <= self.lowest);
            if !within {
                self.agree(screen);
            } else {
                return self.paint_rows(screen, changes, false);
            }
        }
        let changes = screen.grid.take_changes();
        self.paint_rows(screen, changes, false);
    }

    /// The buffer's window is the terminal's from now on.
    fn agree(&mut self, screen: &mut Screen) {
        self.agrees = true;
        self.clear(screen);
    }

    /// Clears the terminal and paints everything.
    fn clear(&mut self, screen: &mut Screen) {
        self.hangs = false;
        self.colours = NOWHERE as u16;
        self.want(DEFAULT_ATTRIBUTES);
        self.say("\x1b[H\x1b[2J");
        self.at = Coord { x: 0, y: 0 };
        screen.grid.mark_all();
        let changes = screen.grid.take_changes();
        self.paint_rows(screen, changes, true);
    }

    /// `cleared`: what is blank is so already.
    fn paint_rows(&mut self, screen: &mut Screen, changes: Vec<(i16, i16, i16)>, cleared: bool) {
        let window = screen.window;
        for (y, left, right) in changes {
            let (mut left, mut right) = (left.max(window.left), right.min(window.right));
            if screen.grid.get(Coord { x: left, y }).attributes & TRAILING != 0 && left > window.left {
                left -= 1;
            }
            let blank = |cell: CharInfo| cell.char == u16::from(b' ') && cell.attributes == DEFAULT_ATTRIBUTES;
            while cleared && right >= left && blank(screen.grid.get(Coord { x: right, y })) {
                right -= 1;
            }
            while cleared && left < right && blank(screen.grid.get(Coord { x: left, y })) {
                left += 1;
            }
            if left <= right && inside(window, Coord { x: left, y }) {
                self.paint_row(screen, y, left, right);
            }
        }
        self.rest(screen);
    }

    fn paint_row(&mut self, screen: &Screen, y: i16, left: i16, right: i16) {
        self.go(in_window(screen, Coord { x: left, y }));
        let mut x = left;
        while x <= right {
            let cell = screen.grid.get(Coord { x, y });
            let wide = cell.attributes & LEADING != 0 && x < screen.window.right;
            let mut units = vec![cell.char];
            if wide && (0xD800..0xDC00).contains(&cell.char) {
                units.push(screen.grid.get(Coord { x: x + 1, y }).char);
            }
            self.want(cell.attributes);
            let c = char::decode_utf16(units).next().and_then(Result::ok).unwrap_or(' ');
            self.say(glyph(c).encode_utf8(&mut [0; 4]));
            x += if wide { 2 } else { 1 };
        }
        self.at = in_window(screen, Coord { x: x.min(screen.window.right), y });
    }

    /// After painting: the cursor and the colours are those of the buffer.
    fn rest(&mut self, screen: &Screen) {
        self.want(screen.attributes);
        let cursor = in_window(screen, screen.cursor);
        let last = self.at.x + 1 >= screen.columns();
        if self.at != cursor || last || self.hangs {
            self.go(cursor);
        }
    }

    /// Shows another buffer. `first`: it is the one that text goes through to.
    pub fn switch(&mut self, screen: &mut Screen, first: bool) {
        match (self.alternate, first) {
            (false, false) => {
                self.left_at = (self.at, self.hangs);
                self.say("\x1b[?1049h");
                self.alternate = true;
                self.clear(screen);
            }
            (true, true) => {
                self.say("\x1b[?1049l");
                self.alternate = false;
                (self.at, self.hangs) = self.left_at;
                self.colours = NOWHERE as u16;
                self.paint(screen);
            }
            (true, false) => self.clear(screen),
            (false, true) => {}
        }
        if self.hidden != (screen.shape.visible == 0) {
            self.show_cursor(screen.shape.visible != 0);
        }
    }

    /// It was cleared by other means, and its cursor is at the beginning.
    pub fn was_cleared(&mut self) {
        (self.agrees, self.hangs, self.at) = (true, false, Coord { x: 0, y: 0 });
    }

    /// Somebody else has written to the terminal, or its size is another: everything is to be shown again, if anything was painted.
    pub fn again(&mut self, screen: &mut Screen) {
        if self.alternate {
            self.say("\x1b[?1049h");
            self.clear(screen);
        }
        if std::mem::take(&mut self.reports) {
            self.report(true);
        }
        if self.hidden {
            self.show_cursor(false);
        }
    }

    /// Brings the terminal back to how it was found, apart from its settings.
    pub fn leave(&self) -> String {
        let parts = [
            (self.reports, "\x1b[?1003;1006;1004l"),
            (self.alternate, "\x1b[?1049l"),
            (self.hidden, "\x1b[?25h"),
            (self.colours != DEFAULT_ATTRIBUTES, "\x1b[0m"),
        ];
        parts.iter().filter(|(needed, _)| *needed).map(|(_, text)| *text).collect()
    }
}

/// A place in the window, as near as it can be shown.
fn in_window(screen: &Screen, at: Coord) -> Coord {
    let window = screen.window;
    Coord { x: (at.x - window.left).clamp(0, screen.columns() - 1), y: (at.y - window.top).clamp(0, screen.rows() - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin() -> (Display, Screen) {
        let mut screen = Screen::new(Coord { x: 8, y: 4 }, DEFAULT_ATTRIBUTES);
        screen.grid.take_changes();
        (Display::new(), screen)
    }

    fn pass(display: &mut Display, screen: &mut Screen, text: &str) -> String {
        assert!(display.passes(screen));
        display.pass(screen, &text.encode_utf16().collect::<Vec<u16>>());
        sent(display)
    }

    fn sent(display: &mut Display) -> String {
        String::from_utf8(display.take()).expect("UTF-8")
    }

    #[test]
    fn printed_text_stays_plain() {
        let (mut display, mut screen) = begin();
        assert_eq!(pass(&mut display, &mut screen, "one\n\ttwo\r\n\x07grüß"), "one\n\ttwo\r\n\x07grüß");
        assert_eq!(pass(&mut display, &mut screen, "\x1b[m"), "←[m", "escape sequences do not act");
        screen.mode |= c::ENABLE_VIRTUAL_TERMINAL_PROCESSING;
        assert_eq!(pass(&mut display, &mut screen, "\x1b[1mx"), "\x1b[1mx");
    }

    #[test]
    fn a_full_row_is_followed_by_the_next_one_on_both() {
        let (mut display, mut screen) = begin();
        assert_eq!(pass(&mut display, &mut screen, "12345678"), "12345678");
        assert_eq!(pass(&mut display, &mut screen, "\nx"), "\r\n\nx");
        assert_eq!(pass(&mut display, &mut screen, "2345678abc"), "2345678abc");
    }

    #[test]
    fn within_what_was_printed_the_cursor_moves_from_where_it_is() {
        let (mut display, mut screen) = begin();
        pass(&mut display, &mut screen, "one\ntwo\n");
        screen.move_to(Coord { x: 1, y: 0 });
        display.move_cursor(&screen);
        assert_eq!(sent(&mut display), "\x1b[2A\x1b[2G");
        screen.move_to(Coord { x: 0, y: 2 });
        display.move_cursor(&screen);
        assert_eq!(sent(&mut display), "\n\n\x1b[1G");
    }

    #[test]
    fn placed_first_the_cursor_is_where_the_terminal_counts_it() {
        let (mut display, mut screen) = begin();
        screen.move_to(Coord { x: 4, y: 2 });
        display.move_cursor(&screen);
        assert_eq!(sent(&mut display), "\x1b[3;5H");
    }

    #[test]
    fn cells_are_painted_with_their_colours() {
        let (mut display, mut screen) = begin();
        pass(&mut display, &mut screen, "abc");
        let cell = CharInfo { char: u16::from(b'X'), attributes: 0x0C };
        screen.grid.set(Coord { x: 1, y: 0 }, cell);
        display.paint(&mut screen);
        assert_eq!(sent(&mut display), "\x1b[2G\x1b[0;91mX\x1b[0m\x1b[4G");
        screen.grid.set(Coord { x: 7, y: 3 }, cell);
        display.paint(&mut screen);
        let all = "\x1b[0m\x1b[H\x1b[2J\x1b[1;1Ha\x1b[0;91mX\x1b[0mc\x1b[4;8H\x1b[0;91mX\x1b[0m\x1b[1;4H";
        assert_eq!(sent(&mut display), all, "elsewhere, the terminal is cleared first");
    }

    #[test]
    fn another_buffer_is_on_the_alternate_screen() {
        let (mut display, mut screen) = begin();
        pass(&mut display, &mut screen, "abc");
        let mut other = screen.sibling();
        other.write(&[0x68, 0x69]);
        display.switch(&mut other, false);
        assert_eq!(sent(&mut display), "\x1b[?1049h\x1b[0m\x1b[H\x1b[2J\x1b[1;1Hhi");
        assert_eq!(display.leave(), "\x1b[?1049l");
        display.switch(&mut screen, true);
        assert_eq!(sent(&mut display), "\x1b[?1049l\x1b[0m");
        assert_eq!(pass(&mut display, &mut screen, "d"), "d");
    }
}
