//! Structures of the console (contract 09).

use super::Bool;

structs! {
    /// `COORD`: a cell, counted from 0.
    #[derive(Hash)]
    pub struct Coord: 4 {
        /// `X`: the column.
        pub x: i16,
        /// `Y`: the row.
        pub y: i16,
    }

    /// `SMALL_RECT`: corners of a rectangle of cells, all inclusive.
    pub struct SmallRect: 8 {
        /// `Left`.
        pub left: i16,
        /// `Top`.
        pub top: i16,
        /// `Right`.
        pub right: i16,
        /// `Bottom`.
        pub bottom: i16,
    }

    /// `CHAR_INFO`: a cell of a screen buffer.
    pub struct CharInfo: 4 {
        /// `UnicodeChar`; its low byte is `AsciiChar`.
        pub char: u16,
        /// `Attributes`: colours.
        pub attributes: u16,
    }

    /// `CONSOLE_SCREEN_BUFFER_INFO` (contract 09 §5).
    pub struct ConsoleScreenBufferInfo: 22 {
        /// `dwSize`.
        pub size: Coord,
        /// `dwCursorPosition`.
        pub cursor_position: Coord,
        /// `wAttributes`.
        pub attributes: u16,
        /// `srWindow`: the part that is shown.
        pub window: SmallRect,
        /// `dwMaximumWindowSize`.
        pub maximum_window_size: Coord,
    }

    /// `CONSOLE_CURSOR_INFO` (contract 09 §5).
    pub struct ConsoleCursorInfo: 8 {
        /// `dwSize`: filled part of the cell, 1 to 100.
        pub size: u32,
        /// `bVisible`.
        pub visible: Bool,
    }

    /// `CONSOLE_READCONSOLE_CONTROL` (contract 09 §4).
    pub struct ConsoleReadConsoleControl: 16 {
        /// `nLength`: 16.
        pub length: u32,
        /// `nInitialChars`: characters that the buffer already holds.
        pub initial_chars: u32,
        /// `dwCtrlWakeupMask`: bit c ends the read at control character c.
        pub ctrl_wakeup_mask: u32,
        /// `dwControlKeyState`.
        pub control_key_state: u32,
    }

    /// `KEY_EVENT_RECORD` (contract 09 §4).
    pub struct KeyEventRecord: 16 {
        /// `bKeyDown`.
        pub key_down: Bool,
        /// `wRepeatCount`.
        pub repeat_count: u16,
        /// `wVirtualKeyCode`.
        pub virtual_key_code: u16,
        /// `wVirtualScanCode`.
        pub virtual_scan_code: u16,
        /// `UnicodeChar`; its low byte is `AsciiChar`.
        pub char: u16,
        /// `dwControlKeyState`.
        pub control_key_state: u32,
    }

    /// `MOUSE_EVENT_RECORD` (contract 09 §4).
    pub struct MouseEventRecord: 16 {
        /// `dwMousePosition`.
        pub mouse_position: Coord,
        /// `dwButtonState`.
        pub button_state: u32,
        /// `dwControlKeyState`.
        pub control_key_state: u32,
        /// `dwEventFlags`.
        pub event_flags: u32,
    }

    /// `INPUT_RECORD` (contract 09 §4). The union is four words; [`InputRecord::event`] and
    /// [`InputRecord::new`] turn them into an [`InputEvent`] and back.
    pub struct InputRecord: 20 {
        /// `EventType`: `KEY_EVENT` and so on.
        pub event_type: u16,
        /// Rounds up to the union's alignment.
        pub padding: u16,
        /// `Event`: the union.
        pub words: [u32; 4],
    }
}

/// What an [`InputRecord`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputEvent {
    /// A key went down or up.
    Key(KeyEventRecord),
    /// The mouse moved or a button changed.
    Mouse(MouseEventRecord),
    /// The screen buffer has a new size.
    WindowBufferSize(Coord),
    /// A menu command, for the system's own use.
    Menu(u32),
    /// The window gained or lost the focus.
    Focus(bool),
}

impl InputRecord {
    /// The record of an event.
    #[must_use]
    pub const fn new(event: InputEvent) -> Self {
        use crate::constants::console as c;
        let (event_type, words) = match event {
            InputEvent::Key(key) => (
                c::KEY_EVENT,
                [
                    key.key_down as u32,
                    pair(key.repeat_count, key.virtual_key_code),
                    pair(key.virtual_scan_code, key.char),
                    key.control_key_state,
                ],
            ),
            InputEvent::Mouse(mouse) => (
                c::MOUSE_EVENT,
                [mouse.mouse_position.to_word(), mouse.button_state, mouse.control_key_state, mouse.event_flags],
            ),
            InputEvent::WindowBufferSize(size) => (c::WINDOW_BUFFER_SIZE_EVENT, [size.to_word(), 0, 0, 0]),
            InputEvent::Menu(command) => (c::MENU_EVENT, [command, 0, 0, 0]),
            InputEvent::Focus(set) => (c::FOCUS_EVENT, [set as u32, 0, 0, 0]),
        };
        InputRecord { event_type, padding: 0, words }
    }

    /// The event of this record; `None` if its type is unknown.
    #[must_use]
    pub const fn event(&self) -> Option<InputEvent> {
        use crate::constants::console as c;
        let [w0, w1, w2, w3] = self.words;
        Some(match self.event_type {
            c::KEY_EVENT => InputEvent::Key(KeyEventRecord {
                key_down: w0 as Bool,
                repeat_count: first(w1),
                virtual_key_code: second(w1),
                virtual_scan_code: first(w2),
                char: second(w2),
                control_key_state: w3,
            }),
            c::MOUSE_EVENT => InputEvent::Mouse(MouseEventRecord {
                mouse_position: Coord::from_word(w0),
                button_state: w1,
                control_key_state: w2,
                event_flags: w3,
            }),
            c::WINDOW_BUFFER_SIZE_EVENT => InputEvent::WindowBufferSize(Coord::from_word(w0)),
            c::MENU_EVENT => InputEvent::Menu(w0),
            c::FOCUS_EVENT => InputEvent::Focus(w0 != 0),
            _ => return None,
        })
    }
}

impl Coord {
    const fn to_word(self) -> u32 {
        pair(self.x as u16, self.y as u16)
    }

    const fn from_word(word: u32) -> Self {
        Coord { x: first(word) as i16, y: second(word) as i16 }
    }
}

// Two 16-bit fields that follow one another in memory, as one word of the union, and back.
const fn pair(first: u16, second: u16) -> u32 {
    let ([a, b], [c, d]) = (first.to_ne_bytes(), second.to_ne_bytes());
    u32::from_ne_bytes([a, b, c, d])
}

const fn first(word: u32) -> u16 {
    let [a, b, _, _] = word.to_ne_bytes();
    u16::from_ne_bytes([a, b])
}

const fn second(word: u32) -> u16 {
    let [_, _, c, d] = word.to_ne_bytes();
    u16::from_ne_bytes([c, d])
}
