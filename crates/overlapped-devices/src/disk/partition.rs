//! Partition tables: MBR with its chain of extended partitions, and GPT (contract 01 §4.4, §6).
//!
//! Pure: it asks for sectors and believes none of them. A table that is not one, or whose parts point outside the disk, is no table. What
//! is not checked are GPT's checksums: a table that its tools would repair is still shown as it stands.

/// What a sector table is not longer than: GPT's usual 128 entries, and as many logical partitions.
const MOST: usize = 128;
/// The smallest and the largest entry of a GPT that is believed.
const ENTRY: std::ops::RangeInclusive<usize> = 128..=4096;

/// What stands on a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Which kind of table it is.
    pub style: Style,
    /// Its partitions, in the order of the table.
    pub partitions: Vec<Partition>,
}

/// Kinds of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// None: the disk is one run of sectors.
    #[default]
    Raw,
    /// A master boot record.
    Mbr {
        /// The disk's signature.
        signature: u32,
    },
    /// A GUID partition table.
    Gpt {
        /// The disk's GUID, as it stands there.
        disk: [u8; 16],
        /// Where partitions may begin, in bytes.
        usable: u64,
        /// Room for them from there on, in bytes.
        length: u64,
        /// Partitions that the table has room for.
        most: u32,
    },
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its number, from 1, as Linux counts too.
    pub number: u32,
    /// Where it begins, in bytes.
    pub start: u64,
    /// Its length in bytes.
    pub length: u64,
    /// What the table says of it.
    pub kind: PartitionKind,
}

/// What a table says of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartitionKind {
    /// In a master boot record.
    Mbr {
        /// Its type.
        id: u8,
        /// Is it the one to boot from?
        active: bool,
    },
    /// In a GUID partition table; GUIDs as they stand there.
    Gpt {
        /// Its type.
        id: [u8; 16],
        /// Itself.
        unique: [u8; 16],
        /// Attributes.
        attributes: u64,
        /// Its name, in UTF-16.
        name: [u16; 36],
    },
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let mut wide = [0; 8];
    wide[..N].copy_from_slice(bytes.get(at..at + N)?);
    Some(u64::from_le_bytes(wide))
}

fn dword(bytes: &[u8], at: usize) -> Option<u32> {
    number::<4>(bytes, at).and_then(|value| value.try_into().ok())
}

fn guid(bytes: &[u8], at: usize) -> Option<[u8; 16]> {
    bytes.get(at..at + 16)?.try_into().ok()
}

/// A disk while its table is read.
struct Disk<R> {
    /// Fills the buffer from an offset; false if that fails.
    read: R,
    sector: u64,
    size: u64,
}

impl<R: FnMut(u64, &mut [u8]) -> bool> Disk<R> {
    /// From sector `at` on, rounded up to whole sectors.
    fn sectors(&mut self, at: u64, bytes: usize) -> Option<Vec<u8>> {
        let sector = usize::try_from(self.sector).ok()?;
        let mut buffer = vec![0; bytes.next_multiple_of(sector)];
        let start = at.checked_mul(self.sector)?;
        let inside = start.checked_add(buffer.len() as u64)? <= self.size;
        (inside && (self.read)(start, &mut buffer)).then_some(buffer)
    }

    /// A run of sectors inside the disk, in bytes.
    fn run(&self, first: u64, count: u64) -> Option<(u64, u64)> {
        let (start, length) = (first.checked_mul(self.sector)?, count.checked_mul(self.sector)?);
        (length > 0 && start.checked_add(length)? <= self.size).then_some((start, length))
    }

    fn gpt(&mut self) -> Option<Layout> {
        let header = self.sectors(1, 512)?;
        if !header.starts_with(b"EFI PART") {
            return None;
        }
        let (first, last) = (number::<8>(&header, 40)?, number::<8>(&header, 48)?);
        let (table, count, size) = (number::<8>(&header, 72)?, dword(&header, 80)?, dword(&header, 84)? as usize);
        let (usable, length) = self.run(first, last.checked_sub(first)?.checked_add(1)?)?;
        if !ENTRY.contains(&size) || !size.is_multiple_of(8) {
            return None;
        }
        let read = MOST.min(count as usize);
        let entries = self.sectors(table, read * size)?;
        let entries = entries.chunks_exact(size).take(read).zip(1..);
        let partitions = entries.filter_map(|(entry, number)| self.gpt_entry(entry, number)).collect();
        let style = Style::Gpt { disk: guid(&header, 56)?, usable, length, most: count };
        Some(Layout { style, partitions })
    }

    /// None for an entry that is free, or not believed.
    fn gpt_entry(&self, entry: &[u8], number_of_it: u32) -> Option<Partition> {
        let id = guid(entry, 0)?;
        if id == [0; 16] {
            return None;
        }
        let (first, last) = (number::<8>(entry, 32)?, number::<8>(entry, 40)?);
        let (start, length) = self.run(first, last.checked_sub(first)?.checked_add(1)?)?;
        let mut name = [0; 36];
        for (unit, bytes) in name.iter_mut().zip(entry.get(56..128)?.chunks_exact(2)) {
            *unit = u16::from_le_bytes([bytes[0], bytes[1]]);
        }
        let kind = PartitionKind::Gpt { id, unique: guid(entry, 16)?, attributes: number::<8>(entry, 48)?, name };
        Some(Partition { number: number_of_it, start, length, kind })
    }

    fn mbr(&mut self, record: &[u8]) -> Option<Layout> {
        let mut partitions = Vec::new();
        let mut extended = None;
        for (index, entry) in Entry::all(record)?.into_iter().enumerate() {
            if !matches!(entry.flag, 0 | 0x80) {
                // A file system's boot sector, which has the same mark.
                return None;
            }
            if entry.count == 0 || entry.id == 0 {
                continue;
            }
            let (start, length) = self.run(entry.first.into(), entry.count.into())?;
            if entry.is_extended() {
                extended.get_or_insert(u64::from(entry.first));
            }
            partitions.push(entry.partition(index as u32 + 1, start, length));
        }
        if let Some(first) = extended {
            self.logical(first, &mut partitions);
        }
        // A record without partitions and without a signature is a boot sector, too.
        let signature = dword(record, 440)?;
        (signature != 0 || !partitions.is_empty()).then_some(Layout { style: Style::Mbr { signature }, partitions })
    }

    /// The chain in an extended partition: each link has one partition, and where the next link is.
    fn logical(&mut self, extended: u64, partitions: &mut Vec<Partition>) {
        let mut link = extended;
        for number in 5..5 + MOST as u32 {
            let Some([own, next, ..]) = self.sectors(link, 512).and_then(|record| Entry::all(&record)) else { return };
            if own.count != 0
                && let Some((start, length)) = self.run(link.saturating_add(own.first.into()), own.count.into())
            {
                partitions.push(own.partition(number, start, length));
            }
            if !next.is_extended() || next.count == 0 {
                return;
            }
            link = extended.saturating_add(next.first.into());
        }
    }
}

/// An entry of a master boot record.
struct Entry {
    flag: u8,
    id: u8,
    first: u32,
    count: u32,
}

impl Entry {
    fn all(record: &[u8]) -> Option<[Self; 4]> {
        if record.get(510..512)? != [0x55, 0xAA] {
            return None;
        }
        let one = |index: usize| {
            let entry = record.get(446 + index * 16..)?;
            Some(Self { flag: entry[0], id: entry[4], first: dword(entry, 8)?, count: dword(entry, 12)? })
        };
        Some([one(0)?, one(1)?, one(2)?, one(3)?])
    }

    fn is_extended(&self) -> bool {
        matches!(self.id, 0x05 | 0x0F | 0x85)
    }

    fn partition(&self, number: u32, start: u64, length: u64) -> Partition {
        let kind = PartitionKind::Mbr { id: self.id, active: self.flag == 0x80 };
        Partition { number, start, length, kind }
    }
}

/// Reads the table of a disk of `size` bytes. `read` fills a buffer of whole sectors from an offset of whole sectors, or says that
/// it cannot.
pub fn layout(sector: u32, size: u64, read: impl FnMut(u64, &mut [u8]) -> bool) -> Layout {
    let mut disk = Disk { read, sector: u64::from(sector.max(512)), size };
    let Some(record) = disk.sectors(0, 512) else { return Layout::default() };
    // GPT's record protects it from programs that know only the other kind: one partition over everything.
    let protective = Entry::all(&record).is_some_and(|entries| entries.iter().any(|entry| entry.id == 0xEE));
    let gpt = if protective { disk.gpt() } else { None };
    gpt.or_else(|| disk.mbr(&record)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTORS: usize = 4096;

    fn read(image: &[u8]) -> Layout {
        layout(512, image.len() as u64, |at, buffer| {
            let at = at as usize;
            buffer.copy_from_slice(&image[at..at + buffer.len()]);
            true
        })
    }

    fn record(image: &mut [u8], sector: usize, entries: &[(u8, u8, u32, u32)]) {
        let record = &mut image[sector * 512..][..512];
        record[510..].copy_from_slice(&[0x55, 0xAA]);
        for (entry, &(flag, id, first, count)) in record[446..].chunks_exact_mut(16).zip(entries) {
            (entry[0], entry[4]) = (flag, id);
            entry[8..12].copy_from_slice(&first.to_le_bytes());
            entry[12..16].copy_from_slice(&count.to_le_bytes());
        }
    }

    #[test]
    fn a_disk_without_a_table_is_raw() {
        assert_eq!(read(&vec![0; SECTORS * 512]), Layout::default());
        assert_eq!(layout(512, 100, |_, _| panic!("there is no sector")), Layout::default());
        assert_eq!(layout(512, 1 << 20, |_, _| false), Layout::default());
        // The boot sector of a file system ends with the same two bytes.
        let mut boot = vec![0x41; SECTORS * 512];
        record(&mut boot, 0, &[(0x41, 0x41, 7, 7)]);
        assert_eq!(read(&boot).style, Style::Raw);
    }

    #[test]
    fn primary_and_logical_partitions_are_found() {
        let mut image = vec![0; SECTORS * 512];
        image[440..444].copy_from_slice(&0xDEAD_BEEF_u32.to_le_bytes());
        record(&mut image, 0, &[(0x80, 0x83, 8, 100), (0, 0x05, 200, 1000), (0, 0, 0, 0), (0, 0x07, 2000, 96)]);
        record(&mut image, 200, &[(0, 0x83, 8, 50), (0, 0x05, 300, 100)]);
        record(&mut image, 500, &[(0, 0x82, 8, 60)]);
        let seen = read(&image);
        assert_eq!(seen.style, Style::Mbr { signature: 0xDEAD_BEEF });
        let places: Vec<_> = seen.partitions.iter().map(|p| (p.number, p.start / 512, p.length / 512)).collect();
        assert_eq!(places, [(1, 8, 100), (2, 200, 1000), (4, 2000, 96), (5, 208, 50), (6, 508, 60)]);
        assert_eq!(seen.partitions[0].kind, PartitionKind::Mbr { id: 0x83, active: true });
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        let mut image = vec![0; SECTORS * 512];
        record(&mut image, 0, &[(0, 0x05, 200, 1000)]);
        record(&mut image, 200, &[(0, 0x83, 8, 50), (0, 0x05, 0, 100)]);
        assert_eq!(read(&image).partitions.len(), 1 + MOST);
    }

    fn gpt(image: &mut [u8]) {
        record(image, 0, &[(0, 0xEE, 1, u32::MAX)]);
        let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
        put(512, b"EFI PART");
        put(512 + 40, &34_u64.to_le_bytes());
        put(512 + 48, &4000_u64.to_le_bytes());
        put(512 + 56, &[7; 16]);
        put(512 + 72, &2_u64.to_le_bytes());
        put(512 + 80, &128_u32.to_le_bytes());
        put(512 + 84, &128_u32.to_le_bytes());
        put(1024 + 128, &[1; 16]);
        put(1024 + 128 + 16, &[2; 16]);
        put(1024 + 128 + 32, &40_u64.to_le_bytes());
        put(1024 + 128 + 40, &139_u64.to_le_bytes());
        put(1024 + 128 + 56, &[b'E', 0, b'S', 0]);
    }

    #[test]
    fn a_gpt_is_found_behind_its_protection() {
        let mut image = vec![0; SECTORS * 512];
        gpt(&mut image);
        let seen = read(&image);
        assert_eq!(seen.style, Style::Gpt { disk: [7; 16], usable: 34 * 512, length: 3967 * 512, most: 128 });
        let [partition] = &seen.partitions[..] else { panic!("{seen:?}") };
        assert_eq!((partition.number, partition.start, partition.length), (2, 40 * 512, 100 * 512));
        let PartitionKind::Gpt { id, unique, name, .. } = &partition.kind else { panic!("{seen:?}") };
        assert_eq!((*id, *unique, name[0], name[1], name[2]), ([1; 16], [2; 16], u16::from(b'E'), u16::from(b'S'), 0));
    }

    #[test]
    fn what_points_outside_the_disk_is_not_believed() {
        let mut image = vec![0; SECTORS * 512];
        gpt(&mut image);
        image[1024 + 128 + 40..][..8].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(read(&image).partitions.is_empty());
        image[512 + 72..][..8].copy_from_slice(&u64::MAX.to_le_bytes());
        // What is left is the record before it, whose partition is too long.
        assert_eq!(read(&image).style, Style::Raw);
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_stands_there_breaks_it(
            sector in 0_u32..=8192,
            changes in proptest::collection::vec((0..80 * 512_usize, proptest::num::u8::ANY), 0..200),
        ) {
            let mut image = vec![0; SECTORS * 512];
            gpt(&mut image);
            for (at, byte) in changes {
                image[at] = byte;
            }
            let size = image.len() as u64;
            let seen = layout(sector, size, |at, buffer| {
                let found = image.get(at as usize..at as usize + buffer.len());
                found.map(|found| buffer.copy_from_slice(found)).is_some()
            });
            for partition in seen.partitions {
                proptest::prop_assert!(partition.start + partition.length <= size);
            }
        }
    }
}
