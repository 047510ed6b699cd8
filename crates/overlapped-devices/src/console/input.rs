//! The input of a console (contract 09 §4): records that wait, who waits for them, and what reads make of them.
//!
//! Two ways lead here. As long as a program only reads lines, its terminal edits them, and they arrive whole. From the first call that
//! is about records on (or without line mode, or without a terminal), keys arrive one by one and lines are made of records here, so that
//! what WriteConsoleInput adds is read like what is typed. Reads are requests; whoever brings input answers those that it is enough for.

use super::held::Held;
use super::keymap;
use super::keys::Decoder;
use super::line::{Line, Typed};
use super::text::Text;
use crate::codepage::CodePage;
use overlapped_abi::constants::console as c;
use overlapped_abi::{InputEvent, InputRecord, KeyEventRecord, Status};
use overlapped_kernel::request::{Completion, RequestRef};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// So many records may wait; then the terminal keeps the rest.
const MOST_RECORDS: usize = 1 << 16;

/// The mode at first, apart from what the terminal says.
pub(super) const DEFAULT_MODE: u32 = c::ENABLE_MOUSE_INPUT
    | c::ENABLE_INSERT_MODE
    | c::ENABLE_QUICK_EDIT_MODE
    | c::ENABLE_EXTENDED_FLAGS
    | c::ENABLE_AUTO_POSITION;

/// What a ReadConsole wants besides ReadFile: the details of its request.
#[derive(Debug, Default)]
pub struct TextRead {
    /// Units of 16 bits, not bytes of the code page.
    pub wide: bool,
    /// What the line begins with, shown already (nInitialChars).
    pub initial: Vec<u16>,
    /// Bit c ends the read at control character c (dwCtrlWakeupMask).
    pub wakes: u32,
    /// The modifiers of that character (dwControlKeyState).
    pub state: Arc<AtomicU32>,
}

/// The details of the request of a ReadConsoleInput: its buffer takes whole records.
#[derive(Debug)]
pub struct RecordRead;

/// See the module page.
pub(super) struct Input {
    pub mode: u32,
    /// What bytes are that are read.
    pub page: CodePage,
    /// Keys arrive one by one, whatever the line mode.
    pub keys: bool,
    /// Somebody waits, or has waited, for records.
    pub waited: bool,
    /// The terminal has gone.
    pub gone: bool,
    pub records: VecDeque<InputRecord>,
    pub decoder: Decoder,
    /// When the terminal was last heard.
    heard: Option<Instant>,
    /// Which keys are down.
    pub held: Held,
    pub text: Text,
    pub asks: VecDeque<RequestRef>,
    pub line: Line,
    /// What is shown of the line.
    shown: Vec<u16>,
}

/// What a read has come to.
pub(super) struct Answer {
    bytes: Vec<u8>,
    interrupted: bool,
}

/// What a read wants to be shown, or known.
pub(super) trait Stage {
    /// Shows text at the cursor.
    fn echo(&mut self, text: &[u16]);
    /// The cursor goes so many cells further, or back.
    fn step(&mut self, by: i32);
    /// Ctrl+C came as a record.
    fn interrupt(&mut self);
}

impl Input {
    pub fn new(mode: u32) -> Self {
        Self {
            mode,
            page: CodePage::Utf8,
            keys: false,
            waited: false,
            gone: false,
            records: VecDeque::new(),
            decoder: Decoder::new(),
            heard: None,
            held: Held::default(),
            text: Text::default(),
            asks: VecDeque::new(),
            line: Line::new(),
            shown: Vec::new(),
        }
    }

    pub fn has(&self, mode: u32) -> bool {
        self.mode & mode != 0
    }

    /// Does the terminal edit lines?
    pub fn by_lines(&self) -> bool {
        self.has(c::ENABLE_LINE_INPUT) && !self.keys
    }

    /// Is somebody interested in what the terminal has to say?
    pub fn is_wanted(&self) -> bool {
        let room = self.records.len() < MOST_RECORDS;
        !self.gone && (!self.asks.is_empty() || self.waited && self.keys && room)
    }

    /// Does the mouse make records?
    pub fn wants_mouse(&self) -> bool {
        self.keys && self.has(c::ENABLE_MOUSE_INPUT) && !self.has(c::ENABLE_QUICK_EDIT_MODE)
    }

    /// The terminal has sent this; nothing is the end.
    pub fn arrived(&mut self, bytes: &[u8]) {
        if self.by_lines() {
            return self.text.push_line(bytes);
        }
        if bytes.is_empty() {
            self.gone = true;
            return;
        }
        let mut records = Vec::new();
        self.heard = Some(Instant::now());
        self.decoder.set_raw(self.has(c::ENABLE_VIRTUAL_TERMINAL_INPUT));
        self.decoder.feed(bytes, &mut records);
        self.add(records);
    }

    /// Nothing more came.
    pub fn settle(&mut self) {
        let mut records = Vec::new();
        self.decoder.settle(&mut records);
        self.add(records);
    }

    /// As [`settle`](Self::settle), if the terminal has said nothing for so long: for programs that look again and again and never wait, so
    /// that nobody else listens.
    pub fn settle_after(&mut self, rest: Duration) {
        if self.decoder.is_waiting() && self.heard.is_none_or(|heard| heard.elapsed() >= rest) {
            self.settle();
        }
    }

    fn add(&mut self, records: Vec<InputRecord>) {
        let (mouse, now) = (self.wants_mouse(), Instant::now());
        records.iter().for_each(|record| self.held.note(record, Some(now)));
        self.records.extend(records.into_iter().filter(|record| record.event_type != c::MOUSE_EVENT || mouse));
    }

    /// WriteConsoleInput has put these behind the others.
    pub fn write(&mut self, records: &[InputRecord]) {
        records.iter().for_each(|record| self.held.note(record, None));
        self.records.extend(records);
    }

    /// What the terminal answers to a question, as keys.
    pub fn answer_with(&mut self, text: &str) {
        let key = |unit| KeyEventRecord { key_down: 1, repeat_count: 1, char: unit, ..Default::default() };
        self.records.extend(text.encode_utf16().map(|unit| InputRecord::new(InputEvent::Key(key(unit)))));
    }

    pub fn forget(&mut self) {
        self.records.clear();
        self.text.clear();
        self.decoder = Decoder::new();
    }

    /// The answers to those that wait and need wait no longer, oldest first.
    pub fn answers(&mut self, stage: &mut dyn Stage) -> Vec<(RequestRef, Completion)> {
        let mut answered = Vec::new();
        while let Some(request) = self.asks.front().cloned() {
            let Some(answer) = self.answer(&request, stage) else { break };
            self.asks.pop_front();
            answered.push((Arc::clone(&request), answer.give(&request)));
        }
        answered
    }

    fn answer(&mut self, request: &RequestRef, stage: &mut dyn Stage) -> Option<Answer> {
        let room = request.buffer().len;
        let details = request.details();
        if details.is_some_and(|details| details.is::<RecordRead>()) {
            return self.records_for(room / size_of::<InputRecord>());
        }
        match details.and_then(|details| details.downcast_ref::<TextRead>()) {
            Some(read) => self.text_for(room, Some(read), stage),
            None => self.text_for(room, None, stage),
        }
    }

    fn records_for(&mut self, most: usize) -> Option<Answer> {
        if self.records.is_empty() && !self.gone {
            return None;
        }
        let count = most.min(self.records.len());
        let bytes = self.records.drain(..count).flat_map(|record| bytes_of(&record)).collect();
        Some(Answer { bytes, interrupted: false })
    }

    /// `read`: of a ReadConsole; else it is a ReadFile.
    fn text_for(&mut self, room: usize, read: Option<&TextRead>, stage: &mut dyn Stage) -> Option<Answer> {
        let wide = read.is_some_and(|read| read.wide);
        let interrupted = match self.has(c::ENABLE_LINE_INPUT) {
            true => self.text.is_empty() && self.make_line(read, stage),
            false => self.make_text(if wide { room / 2 } else { room }, stage),
        };
        let ends = interrupted
            || self.text.take_end()
            || self.text.is_empty() && self.gone
            || read.is_none()
                && self.has(c::ENABLE_LINE_INPUT)
                && self.has(c::ENABLE_PROCESSED_INPUT)
                && self.text.take_ctrl_z();
        if ends {
            return Some(Answer { bytes: Vec::new(), interrupted });
        }
        if self.text.is_empty() {
            return None;
        }
        let bytes = if wide {
            self.text.take(room / 2).into_iter().flat_map(u16::to_ne_bytes).collect()
        } else {
            self.text.take_bytes(room, self.page)
        };
        Some(Answer { bytes, interrupted: false })
    }

    /// Without line mode: what the keys have typed, until there are `most` units. True if Ctrl+C was among them.
    fn make_text(&mut self, most: usize, stage: &mut dyn Stage) -> bool {
        while self.text.len() < most {
            let Some(record) = self.records.pop_front() else { break };
            let Some(key) = typed(&record) else { continue };
            if self.is_ctrl_c(&key) {
                stage.interrupt();
                return true;
            }
            self.text.push(std::iter::repeat_n(key.char, usize::from(key.repeat_count.max(1))));
        }
        false
    }

    /// Line mode: goes on with the line until it is complete. True if Ctrl+C ended it.
    fn make_line(&mut self, read: Option<&TextRead>, stage: &mut dyn Stage) -> bool {
        if let Some(read) = read.filter(|read| !read.initial.is_empty())
            && self.line.text().is_empty()
        {
            self.line.begin_with(&read.initial);
            self.shown = read.initial.clone();
        }
        let processed = self.has(c::ENABLE_PROCESSED_INPUT);
        let wakes = read.map_or(0, |read| read.wakes);
        while let Some(record) = self.records.pop_front() {
            let Some(InputEvent::Key(key)) = record.event() else { continue };
            let composed = typed(&record).is_some();
            if key.key_down == 0 && !composed {
                continue;
            }
            if self.is_ctrl_c(&key) && wakes & 1 << 3 == 0 {
                self.abandon_line();
                stage.interrupt();
                return true;
            }
            match self.line.key(&key, wakes, processed) {
                Typed::Nothing => {}
                Typed::Changed { from, to, was } => self.show_line(from, to, was, stage),
                Typed::Entered => {
                    self.finish_line(processed, stage);
                    return false;
                }
                Typed::Woken => {
                    if let Some(read) = read {
                        read.state.store(key.control_key_state, Ordering::Release);
                    }
                    self.text.push(self.line.finish());
                    self.shown.clear();
                    return false;
                }
            }
        }
        false
    }

    fn is_ctrl_c(&self, key: &KeyEventRecord) -> bool {
        self.has(c::ENABLE_PROCESSED_INPUT) && key.key_down != 0 && key.char == 3
    }

    /// Ctrl+C: what was typed of a line is gone.
    pub fn abandon_line(&mut self) {
        self.line.finish();
        self.shown.clear();
    }

    fn finish_line(&mut self, processed: bool, stage: &mut dyn Stage) {
        let behind = cells(&self.shown) - cells(&self.shown[..self.line.at().min(self.shown.len())]);
        self.text.push(self.line.finish());
        // Line feeds are for processed input.
        self.text.push(if processed { &[13, 10][..] } else { &[13] }.iter().copied());
        self.shown.clear();
        if self.has(c::ENABLE_ECHO_INPUT) {
            stage.step(behind);
            stage.echo(&[13, 10]);
        }
    }

    fn show_line(&mut self, from: usize, to: usize, was: usize, stage: &mut dyn Stage) {
        let text = self.line.text();
        if self.has(c::ENABLE_ECHO_INPUT) {
            if from == was && text.len() > was && text[..was] == self.shown[..] {
                stage.echo(&picture(&text[was..]));
            } else {
                let (before, after) = (cells(&self.shown), cells(text));
                stage.step(-cells(&self.shown[..from.min(self.shown.len())]));
                stage.echo(&picture(text));
                let blanks = (before - after).max(0);
                stage.echo(&vec![u16::from(b' '); blanks as usize]);
                stage.step(cells(&text[..to]) - after - blanks);
            }
        }
        self.shown = text.to_vec();
    }
}

impl Answer {
    /// Puts it into the request's buffer.
    fn give(self, request: &RequestRef) -> Completion {
        let (buffer, bytes) = (request.buffer(), self.bytes.len().min(request.buffer().len));
        // SAFETY: the buffer is the request's until it is complete, which is after this, and has that length.
        unsafe { std::ptr::copy_nonoverlapping(self.bytes.as_ptr(), buffer.start, bytes) };
        let status = if self.interrupted { Status::ALERTED } else { Status::SUCCESS };
        Completion { status, bytes }
    }
}

/// The key of a record that types something: a key that goes down, or Alt that comes up after digits of the number pad.
pub(super) fn typed(record: &InputRecord) -> Option<KeyEventRecord> {
    const MENU: u16 = 0x12;
    match record.event() {
        Some(InputEvent::Key(key)) if key.char != 0 && (key.key_down != 0 || key.virtual_key_code == MENU) => Some(key),
        // Ctrl+@ types the character 0.
        Some(InputEvent::Key(key))
            if key.key_down != 0
                && key.virtual_key_code == 0x32
                && key.control_key_state & c::LEFT_CTRL_PRESSED != 0 =>
        {
            Some(key)
        }
        _ => None,
    }
}

/// A record as it lies in memory.
pub(super) fn bytes_of(record: &InputRecord) -> Vec<u8> {
    let head = [record.event_type, record.padding].into_iter().flat_map(u16::to_ne_bytes);
    head.chain(record.words.into_iter().flat_map(u32::to_ne_bytes)).collect()
}

/// How units are shown while a line is typed: control characters with a caret.
fn picture(text: &[u16]) -> Vec<u16> {
    let shown = |unit: u16| match unit {
        keymap::TAB => vec![u16::from(b' ')],
        0..32 => vec![u16::from(b'^'), unit + 64],
        _ => vec![unit],
    };
    text.iter().flat_map(|unit| shown(*unit)).collect()
}

/// How many cells that takes.
fn cells(text: &[u16]) -> i32 {
    let picture = picture(text);
    char::decode_utf16(picture).map(|c| i32::from(super::width::width(c.unwrap_or(char::REPLACEMENT_CHARACTER)))).sum()
}
