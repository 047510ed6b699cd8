//! What is asked of the screen buffers of a console (contract 09 §5).

use super::cells::{clip, is_empty};
use super::display::Display;
use super::screen::{LEADING, Screen, TRAILING};
use super::{Console, Entry, State};
use crate::codepage::CodePage;
use overlapped_abi::{CharInfo, ConsoleCursorInfo, ConsoleScreenBufferInfo, Coord, SmallRect, Win32Error};

/// The largest window of a private console: a large screen's.
const PRIVATE_LARGEST: Coord = Coord { x: 240, y: 67 };

/// One of the screen buffers of a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenId(pub(super) u32);

/// How large a window can be, in columns and rows.
pub type Largest = Coord;

/// Text into a buffer, and to the terminal if it shows that one.
pub(super) fn show(screen: &mut Screen, display: &mut Display, terminal: bool, text: &[u16]) {
    if !terminal {
        return screen.write(text);
    }
    if display.passes(screen) {
        return display.pass(screen, text);
    }
    screen.write(text);
    display.paint(screen);
}

impl Console {
    /// The buffer that is shown.
    #[must_use]
    pub fn active(&self) -> ScreenId {
        ScreenId(self.state.lock().active)
    }

    /// Does something with a buffer, and shows what has changed if that is the active one.
    fn screen<R>(
        &self,
        id: ScreenId,
        act: impl FnOnce(&mut Screen, Coord) -> Result<R, Win32Error>,
    ) -> Result<R, Win32Error> {
        self.with(|state| {
            let largest = self.largest_of(state);
            let State { screens, active, display, .. } = state;
            let entry = screens.get_mut(&id.0).ok_or(Win32Error::INVALID_HANDLE)?;
            let done = act(&mut entry.screen, largest);
            if self.terminal.is_some() && *active == id.0 && entry.screen.grid.has_changes() {
                display.paint(&mut entry.screen);
            }
            done
        })
    }

    fn largest_of(&self, state: &State) -> Coord {
        if self.is_private() { PRIVATE_LARGEST } else { state.size }
    }

    /// CreateConsoleScreenBuffer: as large as the window of the active one, with its colours.
    pub fn new_screen(&self) -> Result<ScreenId, Win32Error> {
        self.with(|state| {
            let shown = state.screens.get(&state.active).ok_or(Win32Error::INVALID_HANDLE)?;
            let screen = shown.screen.sibling();
            let id = state.next;
            state.next += 1;
            state.screens.insert(id, Entry { screen, opens: 0 });
            Ok(ScreenId(id))
        })
    }

    /// SetConsoleActiveScreenBuffer.
    pub fn activate(&self, id: ScreenId) -> Result<(), Win32Error> {
        self.with(|state| activate(state, id.0, self.terminal.is_some()))
    }

    /// One more open instance of a buffer.
    pub(super) fn opened(&self, id: ScreenId) {
        if let Some(entry) = self.state.lock().screens.get_mut(&id.0) {
            entry.opens += 1;
        }
    }

    /// One less: the last one takes the buffer along, and another is shown.
    pub(super) fn closed(&self, id: ScreenId) {
        let _ = self.with(|state| {
            let Some(entry) = state.screens.get_mut(&id.0) else { return Ok(()) };
            entry.opens = entry.opens.saturating_sub(1);
            if entry.opens > 0 || id.0 == 0 {
                return Ok(());
            }
            if state.active == id.0 {
                let other = state.screens.range(..id.0).next_back().map_or(0, |(other, _)| *other);
                activate(state, other, self.terminal.is_some())?;
            }
            state.screens.remove(&id.0);
            Ok(())
        });
    }

    /// WriteConsole: text at the cursor, in the colours of the buffer.
    pub fn write(&self, id: ScreenId, text: &[u16]) -> Result<(), Win32Error> {
        self.write_text(id, |_| text.to_vec())
    }

    /// WriteFile, and WriteConsoleA: text of the output code page. The beginning of a character waits for the rest.
    pub fn write_bytes(&self, id: ScreenId, bytes: &[u8]) -> Result<(), Win32Error> {
        let page = self.code_page(true)?;
        self.write_text(id, |screen| screen.decode(bytes, page))
    }

    fn write_text(&self, id: ScreenId, text: impl FnOnce(&mut Screen) -> Vec<u16>) -> Result<(), Win32Error> {
        self.with(|state| {
            let State { screens, active, display, title, input, .. } = state;
            let Entry { screen, .. } = screens.get_mut(&id.0).ok_or(Win32Error::INVALID_HANDLE)?;
            let text = text(screen);
            let terminal = self.terminal.is_some() && *active == id.0;
            let passes = terminal && display.passes(screen);
            show(screen, display, terminal, &text);
            if let Some(new) = screen.vt.title.take() {
                if terminal && !passes {
                    display.title(&new);
                }
                *title = Some(new);
            }
            let replies = std::mem::take(&mut screen.vt.replies);
            if !passes && !replies.is_empty() {
                // Else the terminal answers by itself.
                input.answer_with(&replies);
            }
            Ok(())
        })
    }

    /// GetConsoleMode of an output handle.
    pub fn output_mode(&self, id: ScreenId) -> Result<u32, Win32Error> {
        self.screen(id, |screen, _| Ok(screen.mode))
    }

    /// SetConsoleMode of an output handle: 87 for unknown bits.
    pub fn set_output_mode(&self, id: ScreenId, mode: u32) -> Result<(), Win32Error> {
        self.screen(id, |screen, _| screen.set_mode(mode))
    }

    /// GetConsoleScreenBufferInfo.
    pub fn info(&self, id: ScreenId) -> Result<ConsoleScreenBufferInfo, Win32Error> {
        self.screen(id, |screen, largest| Ok(screen.info(largest)))
    }

    /// What GetConsoleScreenBufferInfoEx tells besides: the attributes of pop-ups and the colour table.
    pub fn palette(&self, id: ScreenId) -> Result<(u16, [u32; 16]), Win32Error> {
        self.screen(id, |screen, _| Ok((screen.popup, screen.colours)))
    }

    /// The part of SetConsoleScreenBufferInfoEx that is kept and not shown by a terminal.
    pub fn set_palette(&self, id: ScreenId, popup: u16, colours: [u32; 16]) -> Result<(), Win32Error> {
        self.screen(id, |screen, _| {
            (screen.popup, screen.colours) = (popup, colours);
            Ok(())
        })
    }

    /// GetLargestConsoleWindowSize.
    pub fn largest(&self) -> Result<Coord, Win32Error> {
        self.with(|state| Ok(self.largest_of(state)))
    }

    /// SetConsoleTextAttribute.
    pub fn set_attributes(&self, id: ScreenId, attributes: u16) -> Result<(), Win32Error> {
        self.with(|state| {
            let entry = state.screens.get_mut(&id.0).ok_or(Win32Error::INVALID_HANDLE)?;
            entry.screen.attributes = attributes & !(LEADING | TRAILING);
            if self.terminal.is_some() && state.active == id.0 {
                state.display.select(attributes);
            }
            Ok(())
        })
    }

    /// SetConsoleCursorPosition: 87 outside the buffer; the window follows.
    pub fn move_to(&self, id: ScreenId, to: Coord) -> Result<(), Win32Error> {
        self.with(|state| {
            let State { screens, active, display, .. } = state;
            let Entry { screen, .. } = screens.get_mut(&id.0).ok_or(Win32Error::INVALID_HANDLE)?;
            let window = screen.window;
            screen.place_cursor(to)?;
            if self.terminal.is_none() || *active != id.0 {
                return Ok(());
            }
            if screen.window != window {
                screen.grid.mark_all();
                display.paint(screen);
            }
            display.move_cursor(screen);
            Ok(())
        })
    }

    /// The terminal was cleared by other means: so is the buffer that it shows, and the cursor is at the beginning.
    pub fn was_cleared(&self) -> Result<(), Win32Error> {
        self.with(|state| {
            let State { screens, active, display, .. } = state;
            if let Some(Entry { screen, .. }) = screens.get_mut(active) {
                let (all, blank) = (screen.grid.whole(), screen.blank());
                screen.grid.fill(all, blank);
                screen.grid.take_changes();
                screen.move_to(Coord { x: 0, y: 0 });
                display.was_cleared();
            }
            Ok(())
        })
    }

    /// GetConsoleCursorInfo.
    pub fn cursor(&self, id: ScreenId) -> Result<ConsoleCursorInfo, Win32Error> {
        self.screen(id, |screen, _| Ok(screen.shape))
    }

    /// SetConsoleCursorInfo: 87 for a size that is not 1 to 100.
    pub fn set_cursor(&self, id: ScreenId, cursor: ConsoleCursorInfo) -> Result<(), Win32Error> {
        if !(1..=100).contains(&cursor.size) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.with(|state| {
            let entry = state.screens.get_mut(&id.0).ok_or(Win32Error::INVALID_HANDLE)?;
            let visible = cursor.visible != 0;
            entry.screen.shape = ConsoleCursorInfo { visible: visible.into(), ..cursor };
            if self.terminal.is_some() && state.active == id.0 {
                state.display.show_cursor(visible);
            }
            Ok(())
        })
    }

    /// SetConsoleScreenBufferSize: 87 if it is smaller than the window.
    pub fn set_size(&self, id: ScreenId, size: Coord) -> Result<(), Win32Error> {
        self.screen(id, |screen, _| screen.set_size(size))
    }

    /// SetConsoleWindowInfo: 87 unless it lies in the buffer.
    pub fn set_window(&self, id: ScreenId, absolute: bool, window: SmallRect) -> Result<(), Win32Error> {
        self.screen(id, |screen, largest| screen.set_window(absolute, window, largest))
    }

    /// FillConsoleOutputCharacter: how many cells there were.
    pub fn fill_character(&self, id: ScreenId, unit: u16, most: usize, from: Coord) -> Result<usize, Win32Error> {
        let fill = move |_: usize, cell: &mut CharInfo| {
            *cell = CharInfo { char: unit, attributes: cell.attributes & !(LEADING | TRAILING) };
        };
        self.screen(id, |screen, _| Ok(screen.change_run(from, most, fill)))
    }

    /// FillConsoleOutputAttribute: how many cells there were.
    pub fn fill_attribute(&self, id: ScreenId, attributes: u16, most: usize, from: Coord) -> Result<usize, Win32Error> {
        let kept = LEADING | TRAILING;
        let fill = move |_: usize, cell: &mut CharInfo| cell.attributes = attributes & !kept | cell.attributes & kept;
        self.screen(id, |screen, _| Ok(screen.change_run(from, most, fill)))
    }

    /// WriteConsoleOutputCharacter: how many cells there were.
    pub fn write_characters(&self, id: ScreenId, units: &[u16], from: Coord) -> Result<usize, Win32Error> {
        let write = |n: usize, cell: &mut CharInfo| {
            *cell = CharInfo { char: units[n], attributes: cell.attributes & !(LEADING | TRAILING) };
        };
        self.screen(id, |screen, _| Ok(screen.change_run(from, units.len(), write)))
    }

    /// WriteConsoleOutputAttribute: how many cells there were.
    pub fn write_attributes(&self, id: ScreenId, attributes: &[u16], from: Coord) -> Result<usize, Win32Error> {
        let write = |n: usize, cell: &mut CharInfo| cell.attributes = attributes[n];
        self.screen(id, |screen, _| Ok(screen.change_run(from, attributes.len(), write)))
    }

    /// ReadConsoleOutputCharacter and ReadConsoleOutputAttribute: up to `most` cells.
    pub fn read_cells(&self, id: ScreenId, most: usize, from: Coord) -> Result<Vec<CharInfo>, Win32Error> {
        self.screen(id, |screen, _| Ok(screen.read_run(from, most)))
    }

    /// WriteConsoleOutput: `cells` is a rectangle of `size`, of which the part from `at` on goes to `area`. The part of the buffer that was
    /// written; an empty one if there was none.
    pub fn write_area(
        &self,
        id: ScreenId,
        cells: &[CharInfo],
        size: Coord,
        at: Coord,
        area: SmallRect,
    ) -> Result<SmallRect, Win32Error> {
        self.screen(id, |screen, _| {
            let part = part(area, size, at, screen.grid.whole());
            each(part, area, size, at, |place, index| {
                if let Some(cell) = cells.get(index) {
                    screen.grid.set(place, *cell);
                }
            });
            Ok(part)
        })
    }

    /// ReadConsoleOutput: the reverse. `give` is called with the index in the caller's rectangle.
    pub fn read_area(
        &self,
        id: ScreenId,
        size: Coord,
        at: Coord,
        area: SmallRect,
        mut give: impl FnMut(usize, CharInfo),
    ) -> Result<SmallRect, Win32Error> {
        self.screen(id, |screen, _| {
            let part = part(area, size, at, screen.grid.whole());
            each(part, area, size, at, |place, index| give(index, screen.grid.get(place)));
            Ok(part)
        })
    }

    /// ScrollConsoleScreenBuffer: a rectangle moves, within `clip_to` if there is one, and leaves `fill` behind.
    pub fn scroll(
        &self,
        id: ScreenId,
        from: SmallRect,
        clip_to: Option<SmallRect>,
        to: Coord,
        fill: CharInfo,
    ) -> Result<(), Win32Error> {
        self.screen(id, |screen, _| {
            let clip_to = clip_to.unwrap_or(screen.grid.whole());
            screen.grid.scroll(from, to, clip_to, fill);
            Ok(())
        })
    }

    /// GetConsoleTitle: what was set.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        self.state.lock().title.clone()
    }

    /// SetConsoleTitle.
    pub fn set_title(&self, title: &str) -> Result<(), Win32Error> {
        self.with(|state| {
            state.title = Some(title.to_owned());
            if self.terminal.is_some() {
                state.display.title(title);
            }
            Ok(())
        })
    }

    /// GetConsoleCP and GetConsoleOutputCP.
    pub fn page(&self, output: bool) -> Result<u32, Win32Error> {
        self.with(|state| Ok(state.pages[usize::from(output)]))
    }

    /// What the bytes of the input, or of the output, are.
    pub fn code_page(&self, output: bool) -> Result<CodePage, Win32Error> {
        self.page(output).map(|page| CodePage::new(page).unwrap_or(CodePage::Utf8))
    }

    /// SetConsoleCP and SetConsoleOutputCP: 87 for a code page that there is not.
    pub fn set_page(&self, output: bool, page: u32) -> Result<(), Win32Error> {
        let known = CodePage::new(page).filter(|_| page > 3).ok_or(Win32Error::INVALID_PARAMETER)?;
        self.with(|state| {
            state.pages[usize::from(output)] = page;
            if !output {
                state.input.page = known;
            }
            Ok(())
        })
    }
}

fn activate(state: &mut State, id: u32, terminal: bool) -> Result<(), Win32Error> {
    let entry = state.screens.get_mut(&id).ok_or(Win32Error::INVALID_HANDLE)?;
    if state.active != id {
        state.active = id;
        if terminal {
            state.display.switch(&mut entry.screen, id == 0);
        }
    }
    Ok(())
}

/// The part of `area` that both the buffer and the caller's rectangle of `size` have, which begins at `at`.
fn part(area: SmallRect, size: Coord, at: Coord, buffer: SmallRect) -> SmallRect {
    let empty = SmallRect {
        left: area.left,
        top: area.top,
        right: area.left.saturating_sub(1),
        bottom: area.top.saturating_sub(1),
    };
    if at.x < 0 || at.y < 0 || at.x >= size.x || at.y >= size.y {
        return empty;
    }
    let reach = SmallRect {
        left: area.left,
        top: area.top,
        right: area.left.saturating_add(size.x - at.x - 1),
        bottom: area.top.saturating_add(size.y - at.y - 1),
    };
    let part = clip(clip(area, reach), buffer);
    if is_empty(part) { empty } else { part }
}

/// Each cell of `part`, with its index in the caller's rectangle.
fn each(part: SmallRect, area: SmallRect, size: Coord, at: Coord, mut act: impl FnMut(Coord, usize)) {
    for y in part.top..=part.bottom {
        for x in part.left..=part.right {
            let (row, column) = (
                i32::from(at.y) + i32::from(y) - i32::from(area.top),
                i32::from(at.x) + i32::from(x) - i32::from(area.left),
            );
            act(Coord { x, y }, (row * i32::from(size.x) + column) as usize);
        }
    }
}
