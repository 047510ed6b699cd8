//! The configuration file (`devices.toml`) that sets entries of the table.
//!
//! The file is read by hand over the parsed document, not into derived types: every error can then name the key,
//! the line and what to write instead. A file with an error changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::device::{self, Device, DiskName, DriveLetter};
use super::entries::{Disk, Drive, EntryError, NullModem, Origin, Serial, Server, absolute};
use super::fold::ObjectName;
use super::table::{Namespace, put_port};

/// What is wrong with a configuration file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {}{problem}", file.display(), prefix(key))]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// The key, with the tables it is in: `drives.D.directory`. Empty if the file is no TOML at all.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

fn prefix(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("{key}: ") }
}

impl Namespace {
    /// Sets what a configuration file says; `file` is its path, for errors and [`Origin`]. All of it or, after an
    /// error, nothing. Where an entry takes a table, what is left out has its default; a plain string is short for
    /// the `directory` of a drive and the `path` of a disk; `false` takes an entry out.
    ///
    /// ```toml
    /// [drives]                 # a directory, or a table; `false` takes an entry out
    /// D = { directory = "/srv/data", device = "/dev/sdb1", writable = false }
    /// E = "/mnt/stick"
    /// [serial]
    /// COM7 = "/dev/ttyUSB3"
    /// COM8 = { null_modem = "COM9", paced = false, lossy = false }   # both ends of it
    /// [parallel]
    /// LPT1 = "/dev/usb/lp0"
    /// [disks]                  # a path, or a table
    /// PHYSICALDRIVE0 = { path = "/var/lib/x.img", writable = true }
    /// [servers]                # for \\server\share and \\server\mailslot\name
    /// fileserver = { shares = { public = "/srv/public" } }
    /// plant = { mailslots = ["10.0.0.7:4242", "10.0.0.8:4242"] }
    /// OLDNAME = { local = true }
    /// ```
    ///
    /// # Errors
    /// Text that is not TOML, or an entry that is unknown, of the wrong type, given twice, or refused by the table.
    pub fn apply_toml(&mut self, text: &str, file: &Path) -> Result<(), ConfigError> {
        let mut reader = Reader { text, file, table: self.clone(), seen: BTreeSet::new() };
        reader.document()?;
        *self = reader.table;
        Ok(())
    }
}

/// A file being read into a copy of the table.
struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
    table: Namespace,
    /// The entries this file has set, to find one that is there under two spellings.
    seen: BTreeSet<String>,
}

/// A key and its value.
struct Item<'a> {
    /// The last part of the key.
    name: &'a str,
    /// All of it.
    key: String,
    line: usize,
    value: &'a DeValue<'a>,
}

type Result<T, E = ConfigError> = std::result::Result<T, E>;

/// The document and its sections.
impl Reader<'_> {
    fn document(&mut self) -> Result<()> {
        let text = self.text;
        let document = DeTable::parse(text).map_err(|error| ConfigError {
            file: self.file.to_path_buf(),
            line: self.line_of(error.span().map_or(0, |span| span.start)),
            key: String::new(),
            problem: error.message().to_owned(),
        })?;
        for section in self.items("", document.get_ref()) {
            self.section(&section)?;
        }
        Ok(())
    }

    fn section(&mut self, section: &Item<'_>) -> Result<()> {
        let read = match section.name {
            "drives" => Self::drive,
            "serial" => Self::serial,
            "parallel" => Self::parallel,
            "disks" => Self::disk,
            "servers" => Self::server,
            _ => {
                let known = "there is no such section: write [drives], [serial], [parallel], [disks] or [servers]";
                return Err(self.error(section, known));
            }
        };
        for item in self.items(section.name, self.fields(section, "a table")?) {
            read(self, &item)?;
        }
        Ok(())
    }

    fn drive(&mut self, item: &Item<'_>) -> Result<()> {
        let letter = match item.name.as_bytes() {
            [letter] | [letter, b':'] => DriveLetter::new(char::from(*letter)),
            _ => None,
        };
        let letter = letter.ok_or_else(|| self.error(item, "a drive is one letter, A to Z"))?;
        self.once(item, letter.to_string())?;
        let drive = match item.value {
            DeValue::Boolean(false) => {
                self.table.remove_drive(letter);
                return Ok(());
            }
            DeValue::String(directory) => Drive::new(directory.as_ref()),
            _ => self.drive_table(item)?,
        };
        let put = self.table.put_drive(letter, drive, self.origin(item));
        self.accept(item, put)
    }

    fn drive_table(&self, item: &Item<'_>) -> Result<Drive> {
        let mut drive = Drive::default();
        for field in self.items(&item.key, self.fields(item, "a directory in quotes, a table, or false")?) {
            match field.name {
                "directory" => drive.directory = Some(self.path(&field)?),
                "device" => drive.device = Some(self.path(&field)?),
                "writable" => drive.writable = self.boolean(&field)?,
                _ => {
                    return Err(self.error(&field, "a drive has `directory`, `device` and `writable`"));
                }
            }
        }
        Ok(drive)
    }

    fn serial(&mut self, item: &Item<'_>) -> Result<()> {
        match device::named(item.name.as_bytes()) {
            Some(Device::Serial(port)) => self.serial_port(item, port),
            _ => Err(self.error(item, "a serial port is called COM1, COM2 and so on")),
        }
    }

    fn serial_port(&mut self, item: &Item<'_>, port: u32) -> Result<()> {
        if let DeValue::Table(_) = item.value {
            return self.null_modem(item, port);
        }
        self.once(item, format!("COM{port}"))?;
        if matches!(item.value, DeValue::Boolean(false)) {
            self.table.serial.remove(&port);
            return Ok(());
        }
        let (value, origin) = (Serial::Tty(self.path(item)?), self.origin(item));
        let put = put_port(&mut self.table.serial, port, value, origin);
        self.accept(item, put)
    }

    /// Both ends, which may be written twice if they agree.
    fn null_modem(&mut self, item: &Item<'_>, port: u32) -> Result<()> {
        let mut line = None;
        let (mut paced, mut lossy) = (false, false);
        for field in self.items(&item.key, self.fields(item, "a path in quotes, a table, or false")?) {
            match (field.name, field.value) {
                ("null_modem", DeValue::String(name)) => match device::named(name.as_bytes()) {
                    Some(Device::Serial(other)) => line = Some(other),
                    _ => return Err(self.error(&field, "the other end is a serial port: \"COM9\", say")),
                },
                ("null_modem", _) => return Err(self.wrong_type(&field, "the other end's name in quotes")),
                ("paced", _) => paced = self.boolean(&field)?,
                ("lossy", _) => lossy = self.boolean(&field)?,
                _ => return Err(self.error(&field, "a null modem has `null_modem`, `paced` and `lossy`")),
            }
        }
        let Some(other) = line else {
            return Err(self.error(item, format!("COM{port} leads nowhere: give it a `null_modem`")));
        };
        let line = NullModem { other, paced, lossy };
        if other == port {
            return self.accept(item, Err(EntryError::OneEnd(port)));
        }
        let ends = [port, other].map(|end| format!("COM{end}"));
        let again = ends.iter().all(|end| self.seen.contains(end))
            && self.table.serial.get(&port).is_some_and(|entry| entry.value == Serial::NullModem(line));
        if again {
            return Ok(());
        }
        for end in ends {
            self.once(item, end)?;
        }
        let put = self.table.put_null_modem(port, line, self.origin(item));
        self.accept(item, put)
    }

    fn parallel(&mut self, item: &Item<'_>) -> Result<()> {
        match device::named(item.name.as_bytes()) {
            Some(Device::Parallel(port)) => self.parallel_port(item, port),
            _ => Err(self.error(item, "a parallel port is called LPT1, LPT2 and so on")),
        }
    }

    fn parallel_port(&mut self, item: &Item<'_>, port: u32) -> Result<()> {
        self.once(item, format!("LPT{port}"))?;
        if matches!(item.value, DeValue::Boolean(false)) {
            self.table.parallel.remove(&port);
            return Ok(());
        }
        let (path, origin) = (self.path(item)?, self.origin(item));
        let put = put_port(&mut self.table.parallel, port, path, origin);
        self.accept(item, put)
    }

    fn disk(&mut self, item: &Item<'_>) -> Result<()> {
        let Some(Device::Disk(name)) = device::named(item.name.as_bytes()) else {
            return Err(self.error(item, "a disk is called PHYSICALDRIVE0, CDROM0 and so on"));
        };
        self.once(item, name.to_string())?;
        let disk = match item.value {
            DeValue::Boolean(false) => {
                self.table.remove_disk(name);
                return Ok(());
            }
            DeValue::String(path) => Disk::new(path.as_ref()),
            _ => self.disk_table(item, name)?,
        };
        let put = self.table.put_disk(name, disk, self.origin(item));
        self.accept(item, put)
    }

    fn disk_table(&self, item: &Item<'_>, name: DiskName) -> Result<Disk> {
        let mut path = None;
        let mut writable = false;
        for field in self.items(&item.key, self.fields(item, "a path in quotes, a table, or false")?) {
            match field.name {
                "path" => path = Some(self.path(&field)?),
                "writable" => writable = self.boolean(&field)?,
                _ => return Err(self.error(&field, "a disk has `path` and `writable`")),
            }
        }
        match path {
            Some(path) => Ok(Disk { path, writable }),
            None => Err(self.error(item, format!("{name} leads nowhere: give it a `path`"))),
        }
    }

    fn server(&mut self, item: &Item<'_>) -> Result<()> {
        let name = ObjectName::from(item.name);
        if item.name.is_empty() || item.name.contains(['\\', '/', '\0']) {
            return Err(self.error(item, r"write the computer's name without \\ and share"));
        }
        self.once(item, format!(r"\\{}", name.folded().display()))?;
        if matches!(item.value, DeValue::Boolean(false)) {
            self.table.servers.remove(&name);
            return Ok(());
        }
        let mut server = Server::default();
        for field in self.items(&item.key, self.fields(item, "a table, or false")?) {
            match field.name {
                "shares" => server.shares = self.shares(&field)?,
                "mailslots" => server.mailslots = self.addresses(&field)?,
                "local" => server.local = self.boolean(&field)?,
                _ => {
                    return Err(self.error(&field, "a computer has `shares`, `mailslots` and `local`"));
                }
            }
        }
        let put = self.table.put_server(name, server, self.origin(item));
        self.accept(item, put)
    }

    fn shares(&self, field: &Item<'_>) -> Result<BTreeMap<ObjectName, PathBuf>> {
        let mut shares = BTreeMap::new();
        for share in self.items(&field.key, self.fields(field, "a table of share = \"/directory\"")?) {
            if shares.insert(ObjectName::from(share.name), self.path(&share)?).is_some() {
                return Err(self.error(&share, "this share is given twice: the case of a name does not count"));
            }
        }
        Ok(shares)
    }
}

/// Values of one type, and what errors and origins are made of.
impl<'a> Reader<'a> {
    /// The items of a table in the order of the file.
    fn items<'t>(&self, path: &str, table: &'t DeTable<'t>) -> Vec<Item<'t>> {
        let mut items: Vec<(&Spanned<DeString<'_>>, _)> = table.iter().collect();
        items.sort_by_key(|(key, _)| key.span().start);
        let item = |(key, value): (&'t Spanned<DeString<'t>>, &'t Spanned<DeValue<'t>>)| {
            let name = key.get_ref().as_ref();
            let dot = if path.is_empty() { "" } else { "." };
            Item {
                name,
                key: format!("{path}{dot}{name}"),
                line: self.line_of(key.span().start),
                value: value.get_ref(),
            }
        };
        items.into_iter().map(item).collect()
    }

    fn fields<'t>(&self, item: &Item<'t>, expected: &str) -> Result<&'t DeTable<'t>> {
        match item.value {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.wrong_type(item, expected)),
        }
    }

    /// A path, absolute: the place where the line of the path itself is still known.
    fn path(&self, item: &Item<'_>) -> Result<PathBuf> {
        let DeValue::String(path) = item.value else {
            return Err(self.wrong_type(item, "an absolute path in quotes"));
        };
        let path = absolute(PathBuf::from(path.as_ref()));
        path.map_err(|refused| self.error(item, refused.to_string()))
    }

    fn boolean(&self, item: &Item<'_>) -> Result<bool> {
        let DeValue::Boolean(value) = item.value else {
            return Err(self.wrong_type(item, "true or false"));
        };
        Ok(*value)
    }

    fn addresses(&self, item: &Item<'_>) -> Result<Vec<SocketAddr>> {
        const EXPECTED: &str = "a list such as [\"10.0.0.7:4242\"]";
        let DeValue::Array(list) = item.value else {
            return Err(self.wrong_type(item, EXPECTED));
        };
        let address = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
            DeValue::String(text) => text
                .parse()
                .map_err(|_| self.error(item, format!("{text:?} is not an IP address and port: write {EXPECTED}"))),
            _ => Err(self.wrong_type(item, EXPECTED)),
        };
        list.iter().map(address).collect()
    }

    /// Refuses an entry that the file has under another spelling already.
    fn once(&mut self, item: &Item<'_>, name: String) -> Result<()> {
        if self.seen.contains(&name) {
            return Err(self.error(item, format!("{name} is given twice: keep one of them")));
        }
        self.seen.insert(name);
        Ok(())
    }

    fn accept(&self, item: &Item<'_>, put: Result<(), EntryError>) -> Result<()> {
        put.map_err(|refused| self.error(item, refused.to_string()))
    }

    fn origin(&self, item: &Item<'_>) -> Origin {
        Origin::File { path: self.file.to_path_buf(), line: item.line }
    }

    fn wrong_type(&self, item: &Item<'_>, expected: &str) -> ConfigError {
        let found = item.value.type_str();
        self.error(item, format!("write {expected}; this is of type {found}"))
    }

    fn error(&self, item: &Item<'_>, problem: impl Into<String>) -> ConfigError {
        ConfigError { file: self.file.to_path_buf(), line: item.line, key: item.key.clone(), problem: problem.into() }
    }

    /// The line of a byte of the text.
    fn line_of(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        1 + before.filter(|&&byte| byte == b'\n').count()
    }
}
