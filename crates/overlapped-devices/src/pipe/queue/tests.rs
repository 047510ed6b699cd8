//! The queue against the sentences of contract 07 §1.6 and §1.7, and against a model that keeps every write apart.

use super::*;
use proptest::prelude::*;

/// Who waits in these tests.
#[derive(Debug, Default, PartialEq, Eq)]
struct Party {
    id: usize,
    room: usize,
    got: Vec<u8>,
}

impl Sink for Party {
    fn room(&self) -> usize {
        self.room - self.got.len()
    }

    fn put(&mut self, bytes: &[u8]) {
        assert!(bytes.len() <= self.room());
        self.got.extend_from_slice(bytes);
    }
}

/// Who has ended: number, status, count, and what a reader has got.
type Ended = (usize, Status, usize, Vec<u8>);

fn told(tally: &mut Tally<Party>) -> Vec<Ended> {
    tally.drain().map(|(who, how)| (who.id, how.status, how.bytes, who.got)).collect()
}

/// A queue with the calls as the tests like them.
struct Pipe {
    queue: Queue<Party>,
    reading: Reading,
    tally: Tally<Party>,
}

impl Pipe {
    fn new(of_messages: bool, quota: usize, reading: Reading) -> Self {
        Self { queue: Queue::new(of_messages, quota), reading, tally: Tally::new() }
    }

    fn write(&mut self, id: usize, data: &[u8]) -> Vec<Ended> {
        let who = || Party { id, ..Party::default() };
        if self.queue.write_or_wait(data, self.reading, who, &mut self.tally) {
            self.tally.push(who(), Completion::success(data.len()));
        }
        told(&mut self.tally)
    }

    fn read(&mut self, id: usize, room: usize) -> Vec<Ended> {
        let mut who = Party { id, room, got: Vec::new() };
        match self.queue.read(&mut who, self.reading, &mut self.tally) {
            Some(how) => self.tally.push(who, how),
            None => self.queue.wait_to_read(who),
        }
        told(&mut self.tally)
    }

    fn flush(&mut self, id: usize) -> Vec<Ended> {
        let who = || Party { id, ..Party::default() };
        if self.queue.flush_or_wait(who) {
            self.tally.push(who(), Completion::success(0));
        }
        told(&mut self.tally)
    }

    fn cancel(&mut self, id: usize) -> Vec<Ended> {
        if let Some(who) = self.queue.take_out(|who| who.id == id, &mut self.tally) {
            self.tally.push(who, Completion::failure(Status::CANCELLED));
        }
        told(&mut self.tally)
    }

    fn now(&mut self, data: &[u8]) -> usize {
        self.queue.write_now(data, self.reading, &mut self.tally)
    }
}

fn ids(ended: &[Ended]) -> Vec<usize> {
    ended.iter().map(|(id, ..)| *id).collect()
}

const BYTES: Reading = Reading::Bytes;
const MESSAGES: Reading = Reading::Messages;

#[test]
fn a_write_completes_when_everything_up_to_it_fits_the_quota() {
    let mut pipe = Pipe::new(false, 5000, BYTES);
    assert_eq!(ids(&pipe.write(1, &[1; 3000])), [1]);
    assert_eq!(ids(&pipe.write(2, &[2; 5000])), [0; 0]);
    assert_eq!(pipe.queue.len(), 8000, "visible at once");
    assert_eq!(ids(&pipe.read(3, 2999)), [3]);
    assert_eq!(ids(&pipe.read(4, 1)), [2, 4]);
    // A write of quota + 2000 completes after 2000 of it were read.
    let mut pipe = Pipe::new(false, 5000, BYTES);
    assert_eq!(ids(&pipe.write(1, &[1; 7000])), [0; 0]);
    assert_eq!(ids(&pipe.read(2, 1999)), [2]);
    assert_eq!(pipe.read(3, 1), [(1, Status::SUCCESS, 7000, vec![]), (3, Status::SUCCESS, 1, vec![1])]);
}

#[test]
fn without_a_quota_every_write_waits_for_a_reader() {
    let mut pipe = Pipe::new(true, 0, MESSAGES);
    assert_eq!(ids(&pipe.write(1, b"a")), [0; 0]);
    assert_eq!(ids(&pipe.write(2, b"")), [2], "an empty one never waits");
    assert_eq!(ids(&pipe.read(3, 9)), [1, 3]);
    assert_eq!(pipe.read(4, 9), [(4, Status::SUCCESS, 0, vec![])]);
    assert_eq!(ids(&pipe.read(5, 9)), [0; 0]);
    assert_eq!(ids(&pipe.write(6, b"b")), [5, 6]);
}

#[test]
fn a_message_is_read_whole_or_in_parts_that_say_so() {
    let mut pipe = Pipe::new(true, 100, MESSAGES);
    pipe.write(1, b"hello");
    pipe.write(2, b"you");
    assert_eq!(pipe.read(3, 2), [(3, Status::BUFFER_OVERFLOW, 2, b"he".to_vec())]);
    assert_eq!(pipe.read(4, 0), [(4, Status::BUFFER_OVERFLOW, 0, vec![])]);
    assert_eq!(pipe.read(5, 9), [(5, Status::SUCCESS, 3, b"llo".to_vec())]);
    pipe.reading = BYTES;
    pipe.write(6, b"");
    pipe.write(7, b"too");
    assert_eq!(pipe.read(8, 9), [(8, Status::SUCCESS, 6, b"youtoo".to_vec())], "bytes join messages");
}

#[test]
fn a_read_of_nothing_waits_for_data_and_takes_none() {
    for (reading, status) in [(MESSAGES, Status::BUFFER_OVERFLOW), (BYTES, Status::SUCCESS)] {
        let mut pipe = Pipe::new(true, 100, reading);
        assert_eq!(ids(&pipe.read(1, 0)), [0; 0]);
        let ended = pipe.write(2, b"abc");
        assert_eq!(ended[0], (1, status, 0, vec![]));
        assert_eq!(pipe.queue.len(), 3);
        pipe.read(3, 9);
        pipe.read(4, 0);
        assert_eq!(pipe.write(5, b"")[0], (4, Status::SUCCESS, 0, vec![]), "an empty message is taken");
        assert!(pipe.queue.is_empty());
    }
}

#[test]
fn a_write_that_never_waits_takes_what_readers_and_quota_hold() {
    for of_messages in [false, true] {
        let reading = BYTES;
        let fresh = || Pipe::new(of_messages, 512, reading);
        assert_eq!(fresh().now(&[0; 512]), 512);
        assert_eq!(fresh().now(&[0; 513]), 0);
        let mut pipe = fresh();
        pipe.read(1, 1);
        assert_eq!(pipe.now(&[0; 513]), 513);
        let mut pipe = fresh();
        pipe.read(1, 1);
        assert_eq!(pipe.now(&[0; 514]), usize::from(!of_messages));
        assert_eq!(ids(&told(&mut pipe.tally)), if of_messages { vec![] } else { vec![1] });
    }
}

#[test]
fn a_cancelled_write_takes_its_unread_rest_back_and_others_stay() {
    for of_messages in [false, true] {
        let mut pipe = Pipe::new(of_messages, 2, BYTES);
        for (id, data) in [(1, "ab"), (2, "cdef"), (3, "gh"), (4, "ij")] {
            pipe.write(id, data.as_bytes());
        }
        assert_eq!(pipe.read(5, 3)[0].3, b"abc");
        assert_eq!(ids(&pipe.cancel(2)), [3, 2], "the next one fits now");
        assert_eq!(pipe.read(6, 9), [(4, Status::SUCCESS, 2, vec![]), (6, Status::SUCCESS, 4, b"ghij".to_vec())]);
    }
}

#[test]
fn a_flush_waits_for_what_was_there_and_for_pending_writes_too() {
    let mut pipe = Pipe::new(false, 1, BYTES);
    assert_eq!(ids(&pipe.flush(1)), [1], "nothing is there");
    pipe.write(2, b"abc");
    assert_eq!(ids(&pipe.flush(3)), [0; 0]);
    pipe.write(4, b"def");
    assert_eq!(ids(&pipe.read(5, 3)), [2, 3, 5]);
    assert_eq!(ids(&pipe.flush(6)), [0; 0]);
    assert_eq!(ids(&pipe.cancel(4)), [6, 4], "the last data is gone");
}

/// What a test does with the queue.
#[derive(Clone, Debug)]
enum Step {
    Write(usize),
    Now(usize),
    Read(usize),
    Flush,
    Cancel(usize),
    Switch,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_usize..12).prop_map(Step::Write),
        1 => (0_usize..12).prop_map(Step::Now),
        4 => (0_usize..12).prop_map(Step::Read),
        1 => Just(Step::Flush),
        2 => (0_usize..60).prop_map(Step::Cancel),
        1 => Just(Step::Switch),
    ];
    prop::collection::vec(step, 0..60)
}

/// One write of the model, with what of it is unread.
struct Piece {
    id: usize,
    len: usize,
    unread: Vec<u8>,
    pending: bool,
    flush: bool,
}

/// The same rules over a list of writes: each sum is made anew each time.
struct Model {
    of_messages: bool,
    quota: usize,
    pieces: Vec<Piece>,
    readers: Vec<(usize, usize)>,
    ended: Vec<Ended>,
}

impl Model {
    fn data(&self) -> Vec<usize> {
        (0..self.pieces.len()).filter(|at| !self.pieces[*at].flush).collect()
    }

    fn has_data(&self) -> bool {
        !self.data().is_empty()
    }

    fn read(&mut self, id: usize, room: usize, reading: Reading) -> bool {
        let data = self.data();
        let Some(first) = data.first().copied() else { return false };
        let (mut got, mut status) = (Vec::new(), Status::SUCCESS);
        if reading == MESSAGES && self.of_messages {
            let unread = &mut self.pieces[first].unread;
            if unread.len() > room {
                status = Status::BUFFER_OVERFLOW;
            }
            got.extend(unread.drain(..room.min(unread.len())));
            if status == Status::SUCCESS {
                self.finish(first);
            }
        } else if room == 0 || data.iter().all(|at| self.pieces[*at].unread.is_empty()) {
            if self.pieces[first].unread.is_empty() {
                self.finish(first);
            }
        } else {
            while got.len() < room && self.has_data() {
                let all_empty = self.data().iter().all(|at| self.pieces[*at].unread.is_empty());
                if all_empty {
                    break;
                }
                let at = self.data()[0];
                let unread = &mut self.pieces[at].unread;
                got.extend(unread.drain(..(room - got.len()).min(unread.len())));
                if unread.is_empty() {
                    self.finish(at);
                }
            }
        }
        self.ended.push((id, status, got.len(), got));
        true
    }

    /// A piece is read to its end.
    fn finish(&mut self, at: usize) {
        let piece = self.pieces.remove(at);
        if piece.pending {
            self.ended.push((piece.id, Status::SUCCESS, piece.len, vec![]));
        }
    }

    fn settle(&mut self, reading: Reading) {
        while !self.readers.is_empty() && self.has_data() {
            let (id, room) = self.readers.remove(0);
            self.read(id, room, reading);
        }
        let mut sum = 0;
        for piece in &mut self.pieces {
            sum += piece.unread.len();
            if piece.pending && !piece.flush && sum <= self.quota {
                piece.pending = false;
                self.ended.push((piece.id, Status::SUCCESS, piece.len, vec![]));
            }
        }
        while self.pieces.first().is_some_and(|piece| piece.flush) {
            let flush = self.pieces.remove(0);
            self.ended.push((flush.id, Status::SUCCESS, 0, vec![]));
        }
    }

    fn write(&mut self, id: usize, data: &[u8], pending: bool) {
        if data.is_empty() && !self.of_messages {
            if pending {
                self.ended.push((id, Status::SUCCESS, 0, vec![]));
            }
            return;
        }
        // An empty one is complete at once, but stands in its place.
        if data.is_empty() && pending {
            self.ended.push((id, Status::SUCCESS, 0, vec![]));
        }
        let pending = pending && !data.is_empty();
        self.pieces.push(Piece { id, len: data.len(), unread: data.to_vec(), pending, flush: false });
    }

    fn now(&self, len: usize) -> usize {
        let wanted: usize = self.readers.iter().map(|(_, room)| room).sum();
        let unread: usize = self.pieces.iter().map(|piece| piece.unread.len()).sum();
        if len == 0 || len.saturating_sub(wanted) + unread <= self.quota {
            len
        } else if self.of_messages {
            usize::MAX
        } else {
            wanted.min(len)
        }
    }

    fn cancel(&mut self, id: usize) {
        if let Some(at) = self.readers.iter().position(|(reader, _)| *reader == id) {
            let (id, _) = self.readers.remove(at);
            self.ended.push((id, Status::CANCELLED, 0, vec![]));
        } else if let Some(at) = self.pieces.iter().position(|piece| piece.id == id && (piece.pending || piece.flush)) {
            let piece = self.pieces.remove(at);
            self.ended.push((piece.id, Status::CANCELLED, 0, vec![]));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn the_queue_does_what_a_list_of_writes_does(of_messages: bool, quota in 0_usize..20, mut messages: bool, steps in steps()) {
        let mut pipe = Pipe::new(of_messages, quota, BYTES);
        let mut model = Model { of_messages, quota, pieces: vec![], readers: vec![], ended: vec![] };
        let mut next = 0_u8;
        for (id, step) in steps.into_iter().enumerate() {
            pipe.reading = if messages && of_messages { MESSAGES } else { BYTES };
            let mut fresh = |len: usize| {
                (0..len).map(|_| { next = next.wrapping_add(1); next }).collect::<Vec<u8>>()
            };
            let mut ended = match step {
                Step::Write(len) => {
                    let data = fresh(len);
                    model.write(id, &data, true);
                    pipe.write(id, &data)
                }
                Step::Now(len) => {
                    let data = fresh(len);
                    let part = model.now(len);
                    if part <= len {
                        model.write(id, &data[..part], false);
                    }
                    prop_assert_eq!(pipe.now(&data), part.min(len) * usize::from(part <= len));
                    told(&mut pipe.tally)
                }
                Step::Read(room) => {
                    if !model.read(id, room, pipe.reading) {
                        model.readers.push((id, room));
                    }
                    pipe.read(id, room)
                }
                Step::Flush => {
                    model.pieces.push(Piece { id, len: 0, unread: vec![], pending: false, flush: true });
                    pipe.flush(id)
                }
                Step::Cancel(id) => {
                    model.cancel(id);
                    pipe.cancel(id)
                }
                Step::Switch => {
                    messages = !messages;
                    vec![]
                }
            };
            model.settle(pipe.reading);
            let mut expected = std::mem::take(&mut model.ended);
            expected.sort();
            ended.sort();
            prop_assert_eq!(ended, expected);
            let unread: Vec<u8> = model.pieces.iter().flat_map(|piece| piece.unread.clone()).collect();
            prop_assert_eq!(pipe.queue.bytes.iter().copied().collect::<Vec<u8>>(), unread);
            prop_assert_eq!(pipe.queue.is_empty(), !model.has_data());
            let flushes = model.pieces.iter().filter(|piece| piece.flush).count();
            let writers = model.pieces.iter().filter(|piece| piece.pending).count();
            prop_assert_eq!(pipe.queue.waiting(), (model.readers.len(), writers, flushes));
        }
    }
}

#[test]
fn thousands_are_taken_back_from_either_end_without_a_look_at_all_of_them() {
    const MANY: usize = 2000;
    for backwards in [false, true] {
        let mut pipe = Pipe::new(false, 0, Reading::Bytes);
        (0..MANY).for_each(|id| drop(pipe.read(id, 1)));
        let looks = std::cell::Cell::new(0);
        for n in 0..MANY {
            let id = if backwards { MANY - 1 - n } else { n };
            let is_it = |who: &Party| {
                looks.set(looks.get() + 1);
                who.id == id
            };
            assert_eq!(pipe.queue.take_out(is_it, &mut pipe.tally).map(|who| who.id), Some(id));
        }
        assert!(looks.get() <= 2 * MANY, "{} looks", looks.get());
        assert_eq!(pipe.queue.waiting(), (0, 0, 0));
    }
}
