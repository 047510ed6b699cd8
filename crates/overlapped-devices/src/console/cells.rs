//! The cells of a screen buffer (contract 09 §5): a grid of UTF-16 units with attributes. No cursor, no window, no meaning of text.

use overlapped_abi::{CharInfo, Coord, SmallRect};

/// See the module page.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    size: Coord,
    cells: Vec<CharInfo>,
    /// Rows that changed since somebody asked, with the first and the last column that did.
    changed: Vec<Option<(i16, i16)>>,
}

impl Grid {
    pub fn new(size: Coord, fill: CharInfo) -> Self {
        let (columns, rows) = (size.x.max(1), size.y.max(1));
        let size = Coord { x: columns, y: rows };
        let count = columns as usize * rows as usize;
        Self { size, cells: vec![fill; count], changed: vec![None; rows as usize] }
    }

    pub fn size(&self) -> Coord {
        self.size
    }

    pub fn holds(&self, at: Coord) -> bool {
        (0..self.size.x).contains(&at.x) && (0..self.size.y).contains(&at.y)
    }

    /// All of it, as a rectangle.
    pub fn whole(&self) -> SmallRect {
        SmallRect { left: 0, top: 0, right: self.size.x - 1, bottom: self.size.y - 1 }
    }

    fn index(&self, at: Coord) -> usize {
        at.y as usize * self.size.x as usize + at.x as usize
    }

    /// A cell; a blank one outside.
    pub fn get(&self, at: Coord) -> CharInfo {
        if self.holds(at) { self.cells[self.index(at)] } else { CharInfo { char: u16::from(b' '), attributes: 0 } }
    }

    /// Changes a cell, if it is inside.
    pub fn set(&mut self, at: Coord, cell: CharInfo) {
        self.change(at, |old| *old = cell);
    }

    pub fn change(&mut self, at: Coord, change: impl FnOnce(&mut CharInfo)) {
        if self.holds(at) {
            let index = self.index(at);
            change(&mut self.cells[index]);
            self.mark(at.y, at.x, at.x);
        }
    }

    fn mark(&mut self, row: i16, left: i16, right: i16) {
        let changed = &mut self.changed[row as usize];
        let (a, b) = changed.unwrap_or((left, right));
        *changed = Some((a.min(left), b.max(right)));
    }

    /// Everything is to be shown again.
    pub fn mark_all(&mut self) {
        let last = self.size.x - 1;
        self.changed.fill(Some((0, last)));
    }

    /// The changed part of each row, which counts as shown from now on.
    pub fn take_changes(&mut self) -> Vec<(i16, i16, i16)> {
        let rows = self.changed.iter_mut().enumerate();
        rows.filter_map(|(row, part)| part.take().map(|(left, right)| (row as i16, left, right))).collect()
    }

    pub fn has_changes(&self) -> bool {
        self.changed.iter().any(Option::is_some)
    }

    /// The cells from here on, row after row to the end of the buffer: how many there are, up to `most`; none from outside.
    pub fn run(&self, from: Coord, most: usize) -> usize {
        if self.holds(from) { most.min(self.cells.len() - self.index(from)) } else { 0 }
    }

    /// Cell number `n` of [`Grid::run`].
    pub fn place(&self, from: Coord, n: usize) -> Coord {
        let (index, columns) = (self.index(from) + n, self.size.x as usize);
        Coord { x: (index % columns) as i16, y: (index / columns) as i16 }
    }

    pub fn fill(&mut self, area: SmallRect, cell: CharInfo) {
        let area = clip(area, self.whole());
        for y in area.top..=area.bottom {
            for x in area.left..=area.right {
                self.set(Coord { x, y }, cell);
            }
        }
    }

    /// Moves a rectangle so that its upper left corner comes to `to`; what it leaves behind is filled. Nothing outside `clip_to` changes.
    pub fn scroll(&mut self, from: SmallRect, to: Coord, clip_to: SmallRect, fill: CharInfo) {
        let (source, bounds) = (clip(from, self.whole()), clip(clip_to, self.whole()));
        if is_empty(source) || is_empty(bounds) {
            return;
        }
        let columns = i32::from(source.right - source.left) + 1;
        let cells: Vec<CharInfo> = (source.top..=source.bottom)
            .flat_map(|y| (source.left..=source.right).map(move |x| Coord { x, y }))
            .map(|at| self.get(at))
            .collect();
        self.fill(intersect(source, bounds), fill);
        // Where the clipped source begins, seen from what was asked for.
        let (dx, dy) = (i32::from(to.x) - i32::from(from.left), i32::from(to.y) - i32::from(from.top));
        for (n, cell) in (0..).zip(cells) {
            let x = i32::from(source.left) + n % columns + dx;
            let y = i32::from(source.top) + n / columns + dy;
            if let (Ok(x), Ok(y)) = (i16::try_from(x), i16::try_from(y))
                && inside(bounds, Coord { x, y })
            {
                self.set(Coord { x, y }, cell);
            }
        }
    }

    /// Another size; what fits of the cells stays where it is.
    pub fn resize(&mut self, size: Coord, fill: CharInfo) {
        let mut new = Self::new(size, fill);
        for y in 0..self.size.y.min(new.size.y) {
            for x in 0..self.size.x.min(new.size.x) {
                let index = new.index(Coord { x, y });
                new.cells[index] = self.get(Coord { x, y });
            }
        }
        new.mark_all();
        *self = new;
    }
}

pub(super) fn is_empty(area: SmallRect) -> bool {
    area.right < area.left || area.bottom < area.top
}

pub(super) fn inside(area: SmallRect, at: Coord) -> bool {
    (area.left..=area.right).contains(&at.x) && (area.top..=area.bottom).contains(&at.y)
}

pub(super) fn intersect(a: SmallRect, b: SmallRect) -> SmallRect {
    SmallRect {
        left: a.left.max(b.left),
        top: a.top.max(b.top),
        right: a.right.min(b.right),
        bottom: a.bottom.min(b.bottom),
    }
}

/// The part of `area` inside `bounds`; empty if there is none.
pub(super) fn clip(area: SmallRect, bounds: SmallRect) -> SmallRect {
    intersect(area, bounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(letter: u8) -> CharInfo {
        CharInfo { char: letter.into(), attributes: 7 }
    }

    /// The rows as text.
    fn text(grid: &Grid) -> Vec<String> {
        let row = |y| (0..grid.size().x).map(move |x| grid.get(Coord { x, y }).char as u8 as char).collect();
        (0..grid.size().y).map(row).collect()
    }

    fn lettered() -> Grid {
        let mut grid = Grid::new(Coord { x: 4, y: 3 }, cell(b'.'));
        for (n, letter) in (b'a'..=b'l').enumerate() {
            grid.set(grid.place(Coord { x: 0, y: 0 }, n), cell(letter));
        }
        grid
    }

    #[test]
    fn a_rectangle_moves_and_leaves_the_filling_behind() {
        let mut grid = lettered();
        let whole = grid.whole();
        grid.scroll(SmallRect { left: 0, top: 1, right: 1, bottom: 2 }, Coord { x: 1, y: 0 }, whole, cell(b'-'));
        assert_eq!(text(&grid), ["aefd", "-ijh", "--kl"]);
    }

    #[test]
    fn what_moves_out_of_the_buffer_or_the_clip_is_lost() {
        let mut grid = lettered();
        let whole = grid.whole();
        grid.scroll(whole, Coord { x: 2, y: -1 }, whole, cell(b'-'));
        assert_eq!(text(&grid), ["--ef", "--ij", "----"]);
        let mut grid = lettered();
        let clip = SmallRect { left: 0, top: 0, right: 3, bottom: 1 };
        grid.scroll(whole, Coord { x: 0, y: 1 }, clip, cell(b'-'));
        assert_eq!(text(&grid), ["----", "abcd", "ijkl"]);
    }

    #[test]
    fn a_new_size_keeps_what_fits() {
        let mut grid = lettered();
        grid.resize(Coord { x: 2, y: 4 }, cell(b'*'));
        assert_eq!(text(&grid), ["ab", "ef", "ij", "**"]);
        assert_eq!((grid.run(Coord { x: 1, y: 3 }, 9), grid.run(Coord { x: 2, y: 0 }, 9)), (1, 0));
    }

    #[test]
    fn changes_are_told_once() {
        let mut grid = lettered();
        assert!(grid.has_changes());
        grid.take_changes();
        grid.set(Coord { x: 3, y: 1 }, cell(b'x'));
        grid.set(Coord { x: 1, y: 1 }, cell(b'x'));
        assert_eq!((grid.take_changes(), grid.take_changes()), (vec![(1, 1, 3)], vec![]));
    }
}
