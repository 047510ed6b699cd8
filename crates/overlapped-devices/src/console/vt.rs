//! Escape sequences in text for a screen buffer (contract 09 §5: VT processing): colours, the cursor, erasing, inserting and deleting, the
//! scroll region, the alternate screen, the title, and the questions that a terminal answers.
//!
//! Rows and columns of sequences count from 1 in the window. What is not known is swallowed whole, as terminals do.

use super::attributes;
use super::screen::{DEFAULT_ATTRIBUTES, Screen};
use overlapped_abi::{CharInfo, Coord, SmallRect};

/// Longer parameters and titles than this are cut.
const LONGEST: usize = 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Escape,
    /// Behind ESC and one of `()*+#%`: one character more.
    Charset(char),
    Csi,
    Osc,
    /// A string that means nothing here, up to its terminator.
    Ignored,
    /// ESC within a string.
    StringEscape(bool),
}

/// How far a sequence has come, and what earlier ones have set.
#[derive(Debug, Default)]
pub(super) struct Parser {
    state: State,
    text: String,
    /// The scroll region, in rows of the buffer.
    region: Option<(i16, i16)>,
    saved: Option<(Coord, u16)>,
    /// Line drawing characters instead of small letters.
    drawing: bool,
    /// The screen under the alternate one.
    under: Option<Box<Under>>,
    /// What the terminal answers.
    pub replies: String,
    /// A title that was set.
    pub title: Option<String>,
}

#[derive(Debug)]
struct Under {
    grid: super::cells::Grid,
    cursor: Coord,
}

impl Parser {
    /// First and last row that scroll.
    pub fn margins(&self, screen: &Screen) -> (i16, i16) {
        self.region.unwrap_or((0, screen.grid.size().y - 1))
    }

    pub fn forget_margins(&mut self) {
        self.region = None;
    }

    /// Is a sequence under way?
    pub fn is_busy(&self) -> bool {
        self.state != State::Ground
    }
}

const DRAWING: &str = "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";

/// Takes a character if it belongs to a sequence.
pub(super) fn take(screen: &mut Screen, c: char) -> bool {
    match screen.vt.state {
        State::Ground if c == '\x1b' => screen.vt.state = State::Escape,
        State::Ground => {
            let drawn = ('`'..='~').contains(&c) && screen.vt.drawing;
            if drawn && let Some(line) = DRAWING.chars().nth(c as usize - '`' as usize) {
                screen.put(line);
                return true;
            }
            return false;
        }
        // These end any sequence.
        _ if matches!(c, '\x18' | '\x1a') => screen.vt.state = State::Ground,
        State::Escape => escape(screen, c),
        State::Charset(which) => {
            screen.vt.state = State::Ground;
            if which == '(' {
                screen.vt.drawing = c == '0';
            }
        }
        State::Csi => return csi_character(screen, c),
        State::Osc | State::Ignored => string_character(screen, c),
        State::StringEscape(counts) => {
            screen.vt.state = State::Ground;
            if counts {
                operating_system_command(screen);
            }
            if c != '\\' {
                escape(screen, c);
            }
        }
    }
    true
}

fn escape(screen: &mut Screen, c: char) {
    screen.vt.text.clear();
    screen.vt.state = match c {
        '[' => State::Csi,
        ']' => State::Osc,
        'P' | 'X' | '^' | '_' => State::Ignored,
        '(' | ')' | '*' | '+' | '#' | '%' | ' ' => State::Charset(c),
        '\x1b' => State::Escape,
        _ => State::Ground,
    };
    match c {
        '7' => screen.vt.saved = Some((screen.cursor, screen.attributes)),
        '8' => restore(screen),
        'D' => screen.feed(),
        'E' => {
            screen.move_to(Coord { x: 0, y: screen.cursor.y });
            screen.feed();
        }
        'M' => reverse_feed(screen),
        'c' => reset(screen),
        _ => {}
    }
}

fn restore(screen: &mut Screen) {
    let (at, attributes) = screen.vt.saved.unwrap_or((home(screen), DEFAULT_ATTRIBUTES));
    screen.attributes = attributes;
    screen.move_to(at);
}

fn home(screen: &Screen) -> Coord {
    Coord { x: screen.window.left, y: screen.window.top }
}

fn reverse_feed(screen: &mut Screen) {
    let (top, bottom) = screen.vt.margins(screen);
    if screen.cursor.y == top {
        screen.scroll_rows(top, bottom, -1);
    } else {
        screen.move_to(Coord { y: screen.cursor.y - 1, ..screen.cursor });
    }
}

fn reset(screen: &mut Screen) {
    leave_alternate(screen);
    screen.vt = Parser { replies: std::mem::take(&mut screen.vt.replies), ..Parser::default() };
    screen.attributes = DEFAULT_ATTRIBUTES;
    screen.shape.visible = 1;
    let (all, blank) = (screen.grid.whole(), screen.blank());
    screen.grid.fill(all, blank);
    screen.move_to(Coord { x: 0, y: 0 });
}

fn string_character(screen: &mut Screen, c: char) {
    let counts = screen.vt.state == State::Osc;
    match c {
        '\x07' | '\u{9c}' => {
            screen.vt.state = State::Ground;
            if counts {
                operating_system_command(screen);
            }
        }
        '\x1b' => screen.vt.state = State::StringEscape(counts),
        _ if screen.vt.text.len() < LONGEST => screen.vt.text.push(c),
        _ => {}
    }
}

fn operating_system_command(screen: &mut Screen) {
    let text = std::mem::take(&mut screen.vt.text);
    match text.split_once(';') {
        Some(("0" | "1" | "2", title)) => screen.vt.title = Some(title.to_owned()),
        Some(("4", colour)) => set_colour(screen, colour),
        _ => {}
    }
}

/// `n;rgb:RR/GG/BB`.
fn set_colour(screen: &mut Screen, text: &str) {
    let parsed = || {
        let (index, colour) = text.split_once(";rgb:")?;
        let index = attributes::swap(index.parse::<u16>().ok().filter(|index| *index < 16)?);
        let mut parts = colour.split('/').map(|part| u32::from_str_radix(part.get(..2)?, 16).ok());
        let (red, green, blue) = (parts.next()??, parts.next()??, parts.next()??);
        Some((usize::from(index), blue << 16 | green << 8 | red))
    };
    if let Some((index, colour)) = parsed() {
        screen.colours[index] = colour;
    }
}

/// Control characters act within a sequence as outside.
fn csi_character(screen: &mut Screen, c: char) -> bool {
    match c {
        '\x1b' => screen.vt.state = State::Escape,
        '\0'..='\x1f' => return false,
        '@'..='~' => {
            screen.vt.state = State::Ground;
            let text = std::mem::take(&mut screen.vt.text);
            sequence(screen, &text, c);
        }
        _ if screen.vt.text.len() < LONGEST => screen.vt.text.push(c),
        _ => {}
    }
    true
}

/// The parameters, of which missing ones are 0.
struct Parameters<'a> {
    text: &'a str,
}

impl Parameters<'_> {
    fn all(&self) -> impl Iterator<Item = u16> + '_ {
        self.text.split([';', ':']).map(|part| if part.is_empty() { 0 } else { part.parse().unwrap_or(u16::MAX) })
    }

    fn get(&self, n: usize) -> u16 {
        self.all().nth(n).unwrap_or(0)
    }

    /// A count or a place: at least 1.
    fn count(&self, n: usize) -> i16 {
        i16::try_from(self.get(n).max(1)).unwrap_or(i16::MAX)
    }
}

fn sequence(screen: &mut Screen, text: &str, end: char) {
    if let Some(private) = text.strip_prefix('?') {
        return private_mode(screen, private, end);
    }
    let body = text.trim_end_matches(|c: char| (' '..='/').contains(&c));
    let (p, intermediate) = (Parameters { text: body }, &text[body.len()..]);
    let (n, at) = (p.count(0), screen.cursor);
    match (intermediate, end) {
        ("", 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | '`' | 'H' | 'f' | 'd' | 'a' | 'e') => motion(screen, &p, end),
        ("", 'J') => erase(screen, p.get(0)),
        ("", 'K') => erase_row(screen, p.get(0)),
        ("", 'L' | 'M') => {
            let (top, bottom) = screen.vt.margins(screen);
            if (top..=bottom).contains(&at.y) {
                screen.scroll_rows(at.y, bottom, if end == 'M' { n } else { n.saturating_neg() });
                screen.move_to(Coord { x: 0, y: at.y });
            }
        }
        ("", '@' | 'P') => shift_row(screen, if end == '@' { n } else { -n }),
        ("", 'X') => {
            let right = at.x.saturating_add(n - 1);
            fill(screen, SmallRect { left: at.x, top: at.y, right, bottom: at.y });
        }
        ("", 'S' | 'T') => {
            let (top, bottom) = screen.vt.margins(screen);
            screen.scroll_rows(top, bottom, if end == 'S' { n } else { -n });
        }
        ("", 'm') => {
            screen.attributes = attributes::select(screen.attributes, DEFAULT_ATTRIBUTES, p.all());
        }
        ("", 'r') => set_region(screen, &p),
        ("", 's') => screen.vt.saved = Some((at, screen.attributes)),
        ("", 'u') => restore(screen),
        ("", 'n') => report(screen, p.get(0)),
        ("", 'c') if p.get(0) == 0 => screen.vt.replies.push_str("\x1b[?1;0c"),
        ("!", 'p') => {
            (screen.vt.region, screen.vt.saved, screen.vt.drawing) = (None, None, false);
            (screen.attributes, screen.shape.visible) = (DEFAULT_ATTRIBUTES, 1);
        }
        _ => {}
    }
}

fn motion(screen: &mut Screen, p: &Parameters<'_>, end: char) {
    let (at, n, zero) = (screen.cursor, p.count(0), home(screen));
    let (up, down) = (at.y.saturating_sub(n), at.y.saturating_add(n));
    let (x, y) = match end {
        'A' => (at.x, up),
        'B' | 'e' => (at.x, down),
        'C' | 'a' => (at.x.saturating_add(n), at.y),
        'D' => (at.x.saturating_sub(n), at.y),
        'E' => (0, down),
        'F' => (0, up),
        'G' | '`' => (zero.x.saturating_add(n - 1), at.y),
        'd' => (at.x, zero.y.saturating_add(n - 1)),
        _ => (zero.x.saturating_add(p.count(1) - 1), zero.y.saturating_add(n - 1)),
    };
    let window = screen.window;
    screen.move_to(Coord { x: x.clamp(0, window.right), y: y.clamp(window.top, window.bottom) });
}

fn fill(screen: &mut Screen, area: SmallRect) {
    let blank = screen.blank();
    screen.grid.fill(area, blank);
}

fn erase(screen: &mut Screen, what: u16) {
    let (at, window, last) = (screen.cursor, screen.window, screen.grid.size().x - 1);
    let rows = |top, bottom| SmallRect { left: 0, top, right: last, bottom };
    match what {
        0 => {
            erase_row(screen, 0);
            fill(screen, rows(at.y + 1, window.bottom));
        }
        1 => {
            erase_row(screen, 1);
            fill(screen, rows(window.top, at.y - 1));
        }
        2 => fill(screen, rows(window.top, window.bottom)),
        3 => fill(screen, rows(0, window.top - 1)),
        _ => {}
    }
}

fn erase_row(screen: &mut Screen, what: u16) {
    let (at, last) = (screen.cursor, screen.grid.size().x - 1);
    let (left, right) = match what {
        0 => (at.x, last),
        1 => (0, at.x),
        2 => (0, last),
        _ => return,
    };
    fill(screen, SmallRect { left, top: at.y, right, bottom: at.y });
}

/// Cells from the cursor on go to the right, or to the left.
fn shift_row(screen: &mut Screen, by: i16) {
    let (at, last) = (screen.cursor, screen.grid.size().x - 1);
    let row = SmallRect { left: at.x, top: at.y, right: last, bottom: at.y };
    let blank = screen.blank();
    screen.grid.scroll(row, Coord { x: at.x.saturating_add(by), y: at.y }, row, blank);
}

fn set_region(screen: &mut Screen, p: &Parameters<'_>) {
    let (window, rows) = (screen.window, screen.rows());
    let bottom = if p.get(1) == 0 { rows } else { p.count(1).min(rows) };
    let top = p.count(0);
    if top < bottom {
        let whole = top == 1 && bottom == rows;
        screen.vt.region = (!whole).then_some((window.top + top - 1, window.top + bottom - 1));
        screen.move_to(home(screen));
    }
}

fn report(screen: &mut Screen, what: u16) {
    let (at, zero) = (screen.cursor, home(screen));
    match what {
        5 => screen.vt.replies.push_str("\x1b[0n"),
        6 => screen.vt.replies.push_str(&format!("\x1b[{};{}R", at.y - zero.y + 1, at.x - zero.x + 1)),
        _ => {}
    }
}

fn private_mode(screen: &mut Screen, text: &str, end: char) {
    let on = match end {
        'h' => true,
        'l' => false,
        _ => return,
    };
    let modes: Vec<u16> = Parameters { text }.all().collect();
    for mode in modes {
        match (mode, on) {
            (25, _) => screen.shape.visible = on.into(),
            (47 | 1047 | 1049, true) => enter_alternate(screen),
            (47 | 1047 | 1049, false) => leave_alternate(screen),
            _ => {}
        }
    }
}

fn enter_alternate(screen: &mut Screen) {
    if screen.vt.under.is_none() {
        let under = Under { grid: screen.grid.clone(), cursor: screen.cursor };
        screen.vt.under = Some(Box::new(under));
        let (all, fill) = (screen.grid.whole(), CharInfo { ..screen.blank() });
        screen.grid.fill(all, fill);
    }
}

fn leave_alternate(screen: &mut Screen) {
    if let Some(under) = screen.vt.under.take() {
        let size = screen.grid.size();
        let blank = screen.blank();
        screen.grid = under.grid;
        screen.grid.resize(size, blank);
        screen.move_to(under.cursor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use overlapped_abi::constants::console as c;

    fn after(said: &str) -> Screen {
        let mut screen = Screen::new(Coord { x: 6, y: 4 }, DEFAULT_ATTRIBUTES);
        screen.mode |= c::ENABLE_VIRTUAL_TERMINAL_PROCESSING;
        screen.write(&said.encode_utf16().collect::<Vec<u16>>());
        screen
    }

    fn rows(said: &str) -> Vec<String> {
        let screen = after(said);
        let row = |y| (0..6).map(|x| screen.grid.get(Coord { x, y }).char).collect::<Vec<u16>>();
        (0..4).map(|y| String::from_utf16_lossy(&row(y)).trim_end().to_owned()).collect()
    }

    const FULL: &str = "abcdef\x1b[2;1Hghijkl\x1b[3;1Hmnopqr\x1b[4;1Hstuvw";

    #[test]
    fn sequences_move_the_cursor() {
        let at = |said: &str| (after(said).cursor.x, after(said).cursor.y);
        let places =
            ["\x1b[3;5H", "\x1b[9;9f", "\x1b[2B\x1b[C\x1b[A", "ab\x1b[D", "\x1b[3d\x1b[4G", "\x1b7xy\x1b8", "\x1b[2Ex"];
        assert_eq!(places.map(at), [(4, 2), (5, 3), (1, 1), (1, 0), (3, 2), (0, 0), (1, 2)]);
    }

    #[test]
    fn sequences_erase_insert_and_delete() {
        assert_eq!(rows(&format!("{FULL}\x1b[2;3H\x1b[J")), ["abcdef", "gh", "", ""]);
        assert_eq!(rows(&format!("{FULL}\x1b[2;3H\x1b[1J")), ["", "   jkl", "mnopqr", "stuvw"]);
        assert_eq!(rows(&format!("{FULL}\x1b[2;3H\x1b[K\x1b[1;2H\x1b[2X")), ["a  def", "gh", "mnopqr", "stuvw"]);
        assert_eq!(rows(&format!("{FULL}\x1b[2;3H\x1b[2@\x1b[3;1H\x1b[3P")), ["abcdef", "gh  ij", "pqr", "stuvw"]);
        assert_eq!(rows(&format!("{FULL}\x1b[2;1H\x1b[L\x1b[4;1H\x1b[M")), ["abcdef", "", "ghijkl", ""]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_brings_the_cursor_out_of_the_buffer(
            said in "([ -~é漢\n\t\r]|\x1b\\[[0-9]{0,3};?[0-9]{0,5}[@A-HJ-MPSTXdfmrsu]|\x1b[78DEMc]|\x1b\\[\\?1049[hl]){0,60}",
            mode in 0u32..0x10,
        ) {
            let mut screen = Screen::new(Coord { x: 6, y: 4 }, DEFAULT_ATTRIBUTES);
            screen.mode = mode;
            screen.write(&said.encode_utf16().collect::<Vec<u16>>());
            proptest::prop_assert!(screen.grid.holds(screen.cursor), "{:?}", screen.cursor);
            proptest::prop_assert_eq!((screen.window.left, screen.window.top, screen.window.right, screen.window.bottom), (0, 0, 5, 3));
        }
    }

    #[test]
    fn a_region_scrolls_alone() {
        assert_eq!(rows(&format!("{FULL}\x1b[2;3r\x1b[3;1H\nX")), ["abcdef", "mnopqr", "X", "stuvw"]);
        assert_eq!(rows(&format!("{FULL}\x1b[2;3r\x1b[2;1H\x1bMX")), ["abcdef", "X", "ghijkl", "stuvw"]);
        assert_eq!(rows(&format!("{FULL}\x1b[S\x1b[2T")), ["", "", "ghijkl", "mnopqr"]);
    }

    #[test]
    fn the_alternate_screen_hides_the_other() {
        assert_eq!(rows(&format!("{FULL}\x1b[?1049h\x1b[Hnew")), ["new", "", "", ""]);
        assert_eq!(rows(&format!("{FULL}\x1b[?1049h\x1b[Hnew\x1b[?1049l")), ["abcdef", "ghijkl", "mnopqr", "stuvw"]);
    }

    #[test]
    fn colours_titles_answers_and_the_rest() {
        let screen = after(
            "\x1b[1;31;44mx\x1b]0;a title\x07\x1b[6n\x1b[c\x1b[?25l\x1bPnothing\x1b\\\x1b(0q\x1b(B\x1b[99;99;99z",
        );
        assert_eq!((screen.attributes, screen.vt.title.as_deref()), (0x1C, Some("a title")));
        assert_eq!((screen.vt.replies.as_str(), screen.shape.visible), ("\x1b[1;2R\x1b[?1;0c", 0));
        assert_eq!(screen.grid.get(Coord { x: 1, y: 0 }).char, '─' as u16);
        assert!(!screen.vt.is_busy());
    }
}
