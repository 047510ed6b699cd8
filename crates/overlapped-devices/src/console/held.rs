//! Which keys are down (GetAsyncKeyState), as far as a terminal tells: it sends a key when it is pressed and again while it is held, and
//! nothing when it is let go. So a key of a terminal counts as down for [`HELD`] after it was last sent: long enough to bridge the gaps
//! of a key that repeats, short enough for a game not to take one press for two. Drawback: a key that is held counts as up between
//! its first press and the first repetition. Keys that WriteConsoleInput presses are down until it lets them go.

use overlapped_abi::constants::console as c;
use overlapped_abi::{InputEvent, InputRecord, KeyEventRecord};
use std::time::{Duration, Instant};

/// How long a key of a terminal stays down.
pub(super) const HELD: Duration = Duration::from_millis(100);

const SHIFT: u8 = 0x10;
const CONTROL: u8 = 0x11;
const MENU: u8 = 0x12;
/// The keys of the bits of a mouse: left, right, middle.
const BUTTONS: [u8; 3] = [0x01, 0x02, 0x04];

/// What is known of a key.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct KeyState {
    /// It is down.
    pub down: bool,
    /// It was pressed since somebody last asked.
    pub pressed: bool,
    /// It was pressed an odd number of times.
    pub toggled: bool,
}

#[derive(Debug, Default, Clone, Copy)]
enum Until {
    #[default]
    Up,
    LetGo,
    Time(Instant),
}

#[derive(Debug, Default, Clone, Copy)]
struct Key {
    until: Until,
    pressed: bool,
    toggled: bool,
}

/// All keys; the place is the virtual key code.
#[derive(Debug)]
pub(super) struct Held([Key; 256]);

impl Default for Held {
    fn default() -> Self {
        Self([Key::default(); 256])
    }
}

impl Held {
    /// A record has come: from the terminal now, or written.
    pub fn note(&mut self, record: &InputRecord, terminal: Option<Instant>) {
        match record.event() {
            Some(InputEvent::Key(key)) => self.key(&key, terminal),
            Some(InputEvent::Mouse(mouse)) => {
                for (bit, key) in BUTTONS.into_iter().enumerate() {
                    // A mouse tells when a button is let go.
                    self.set(key, mouse.button_state >> bit & 1 != 0, None);
                }
            }
            _ => {}
        }
    }

    fn key(&mut self, key: &KeyEventRecord, terminal: Option<Instant>) {
        let down = key.key_down != 0;
        // From a terminal a key is up at once, which says nothing.
        if !down && terminal.is_some() {
            return;
        }
        let modifiers = [
            (SHIFT, 0xA0, c::SHIFT_PRESSED),
            (CONTROL, 0xA2, c::LEFT_CTRL_PRESSED | c::RIGHT_CTRL_PRESSED),
            (MENU, 0xA4, c::LEFT_ALT_PRESSED | c::RIGHT_ALT_PRESSED),
        ];
        for (general, left, bits) in modifiers {
            if key.control_key_state & bits != 0 && terminal.is_some() {
                self.set(general, true, terminal);
                self.set(left, true, terminal);
            }
        }
        if let Ok(code @ 1..) = u8::try_from(key.virtual_key_code) {
            self.set(code, down, terminal);
        }
    }

    fn set(&mut self, code: u8, down: bool, terminal: Option<Instant>) {
        let key = &mut self.0[usize::from(code)];
        if !down {
            key.until = Until::Up;
            return;
        }
        let was_down = is_down(key.until, terminal.unwrap_or_else(Instant::now));
        key.until = terminal.map_or(Until::LetGo, |now| Until::Time(now + HELD));
        key.pressed = true;
        key.toggled ^= !was_down;
    }

    /// What is known of a key now; `forget` that it was pressed.
    pub fn state(&mut self, code: u8, now: Instant, forget: bool) -> KeyState {
        let key = &mut self.0[usize::from(code)];
        let state = KeyState { down: is_down(key.until, now), pressed: key.pressed, toggled: key.toggled };
        key.pressed &= !forget;
        state
    }
}

fn is_down(until: Until, now: Instant) -> bool {
    match until {
        Until::Up => false,
        Until::LetGo => true,
        Until::Time(end) => now < end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: u16, down: bool, state: u32) -> InputRecord {
        InputRecord::new(InputEvent::Key(KeyEventRecord {
            key_down: down.into(),
            repeat_count: 1,
            virtual_key_code: code,
            control_key_state: state,
            ..KeyEventRecord::default()
        }))
    }

    fn state(down: bool, pressed: bool, toggled: bool) -> KeyState {
        KeyState { down, pressed, toggled }
    }

    #[test]
    fn a_terminals_key_is_down_for_a_moment_and_longer_while_it_repeats() {
        let (mut held, start) = (Held::default(), Instant::now());
        held.note(&key(0x25, true, c::SHIFT_PRESSED), Some(start));
        held.note(&key(0x25, false, c::SHIFT_PRESSED), Some(start));
        assert_eq!(held.state(0x25, start, false), state(true, true, true));
        assert_eq!(held.state(SHIFT, start, true), state(true, true, true));
        held.note(&key(0x25, true, 0), Some(start + HELD / 2));
        assert_eq!(held.state(0x25, start + HELD, true), state(true, true, true), "one press that repeats");
        assert_eq!(held.state(0x25, start + 2 * HELD, false), state(false, false, true));
        held.note(&key(0x25, true, 0), Some(start + 3 * HELD));
        assert_eq!(held.state(0x25, start + 3 * HELD, false), state(true, true, false), "another press");
    }

    #[test]
    fn written_keys_are_down_until_they_are_let_go() {
        let (mut held, now) = (Held::default(), Instant::now());
        held.note(&key(0x41, true, 0), None);
        assert_eq!(held.state(0x41, now + 100 * HELD, true), state(true, true, true));
        held.note(&key(0x41, false, 0), None);
        assert_eq!(held.state(0x41, now, false), state(false, false, true));
        // Text that no key types, and codes beyond the keyboard, are nobody's.
        held.note(&key(0, true, 0), None);
        held.note(&key(0x1FF, true, 0), None);
        assert_eq!(held.state(0, now, false), KeyState::default());
    }
}
