//! Calls on files and folders, and what is to be found there.

use airs::Result;
use wasip2::filesystem::preopens;
use wasip2::filesystem::types::{
    Advice, Descriptor, DescriptorFlags, DescriptorType, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};
use wasip2::io::streams::InputStream;

use crate::chance::Chance;
use crate::laid_out::{FILES, byte};
use crate::values::bytes;
use crate::{ensure, number, text};

const NAMES: [&str; 6] = ["a", "b", "empty", "out", "c", "d"];
/// Handles of each kind that are open at once.
const OPEN_MAX: usize = 20;

/// Whether these are the bytes of a file of this length, from there on.
fn is_content(bytes: &[u8], length: u64, from: u64) -> bool {
    // The bytes come first: behind the last one there may be no number any more.
    let mut places = bytes.iter().zip(from..);
    places.all(|(there, at)| at < length && *there == byte(length, at))
}

/// What is open: files with their lengths, folders without.
pub struct Storm {
    root: Descriptor,
    open: Vec<(Descriptor, Option<u64>)>,
    /// Streams, the lengths of their files, and where they are in them.
    streams: Vec<(InputStream, u64, u64)>,
}

impl Storm {
    pub fn new() -> Self {
        let mut given = preopens::get_directories();
        Self {
            root: given.swap_remove(0).0,
            open: Vec::new(),
            streams: Vec::new(),
        }
    }

    /// Makes one call; answers whether it was answered well.
    pub fn call(&mut self, chance: &mut Chance) -> Result<bool> {
        self.open.truncate(OPEN_MAX);
        self.streams.truncate(OPEN_MAX);
        if self.open.is_empty() || chance.one_in(5) {
            return self.open_at(chance);
        }
        let index = chance.below(self.open.len());
        let (open, length) = &self.open[index];
        match chance.below(10) {
            0 | 1 => read(chance, open, *length),
            2 => {
                let from = number(chance);
                let stream = open.read_via_stream(from);
                ensure(
                    stream.is_ok() == length.is_some(),
                    "files: streams are read of files",
                )?;
                self.streams.extend(
                    stream
                        .ok()
                        .zip(*length)
                        .map(|(stream, length)| (stream, length, from)),
                );
                Ok(length.is_some())
            }
            3 | 4 => self.read_on(chance),
            5 => look(open, *length),
            6 => self.look_at(chance),
            7 => list(open, *length),
            8 => self.change(chance, open),
            _ => {
                let same = open.is_same_object(open);
                drop(self.open.swap_remove(index));
                ensure(same, "files: what is open is itself")?;
                Ok(same)
            }
        }
    }

    /// A folder that is open, or a file that is none.
    fn some(&self, chance: &mut Chance) -> &Descriptor {
        match self.open.get(chance.below(2 * self.open.len() + 1)) {
            Some((open, _)) => open,
            None => &self.root,
        }
    }

    fn open_at(&mut self, chance: &mut Chance) -> Result<bool> {
        let (follow, flags) = (
            PathFlags::from_bits_truncate(chance.draw() as u8),
            chance.draw() as u8,
        );
        if chance.one_in(2) {
            let (path, length) = chance.pick(&FILES);
            let opened = self
                .root
                .open_at(follow, path, OpenFlags::empty(), DescriptorFlags::READ);
            ensure(opened.is_ok(), "files: what is there is opened")?;
            self.open.extend(opened.ok().map(|open| (open, Some(length))));
            return Ok(true);
        }
        let how = if chance.one_in(2) {
            OpenFlags::empty()
        } else {
            OpenFlags::from_bits_truncate(flags)
        };
        let wanted = if chance.one_in(2) {
            DescriptorFlags::READ
        } else {
            DescriptorFlags::from_bits_truncate(flags >> 2)
        };
        let Ok(open) = self.some(chance).open_at(follow, &text(chance), how, wanted) else {
            return Ok(false);
        };
        let changes = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::TRUNCATE;
        ensure(
            !how.intersects(changes) && !wanted.contains(DescriptorFlags::WRITE),
            "files: nothing is opened to be changed",
        )?;
        let length = known(&open)?;
        ensure(
            length.is_none() || !how.contains(OpenFlags::DIRECTORY),
            "files: a file is no folder",
        )?;
        self.open.push((open, length));
        Ok(true)
    }

    fn read_on(&mut self, chance: &mut Chance) -> Result<bool> {
        if self.streams.is_empty() {
            return Ok(false);
        }
        let index = chance.below(self.streams.len());
        let (stream, length, at) = &mut self.streams[index];
        let (count, is_skipped) = (number(chance), chance.one_in(3));
        let (gone, content) = match (is_skipped, chance.one_in(2)) {
            (false, false) => (stream.read(count).map(|bytes| (bytes.len() as u64, bytes)), true),
            (false, true) => (
                stream
                    .blocking_read(count)
                    .map(|bytes| (bytes.len() as u64, bytes)),
                true,
            ),
            (true, false) => (stream.skip(count).map(|count| (count, Vec::new())), false),
            (true, true) => (
                stream.blocking_skip(count).map(|count| (count, Vec::new())),
                false,
            ),
        };
        let left = length.saturating_sub(*at);
        let Ok((gone, bytes)) = gone else {
            ensure(left == 0, "files: a stream ends with its file")?;
            drop(self.streams.swap_remove(index));
            return Ok(false);
        };
        ensure(
            left > 0 && gone <= count.min(left) && (gone > 0 || count == 0),
            "files: a stream gives what is left, and no more than is asked for",
        )?;
        ensure(
            !content || is_content(&bytes, *length, *at),
            "files: a stream gives what is there",
        )?;
        *at += gone;
        Ok(true)
    }

    fn look_at(&self, chance: &mut Chance) -> Result<bool> {
        let (folder, path) = (self.some(chance), text(chance));
        if chance.one_in(4) {
            let (from, count) = (number(chance), number(chance));
            let advised = folder.advise(from, count, Advice::WillNeed).is_ok();
            return Ok(folder.readlink_at(&path).is_ok() || advised);
        }
        let follow = PathFlags::from_bits_truncate(chance.draw() as u8);
        if chance.one_in(2) {
            return Ok(folder.metadata_hash_at(follow, &path).is_ok());
        }
        match folder.stat_at(follow, &path) {
            Ok(stat) => known_as(stat.type_, stat.size).map(|_| true),
            Err(_) => Ok(false),
        }
    }

    /// Nothing is changed.
    fn change(&self, chance: &mut Chance, open: &Descriptor) -> Result<bool> {
        let (path, other, number) = (text(chance), text(chance), number(chance));
        let (follow, to) = (PathFlags::empty(), self.some(chance));
        let (now, same) = (NewTimestamp::Now, NewTimestamp::NoChange);
        let refused = match chance.below(12) {
            0 => open.append_via_stream().err(),
            1 => open.create_directory_at(&path).err(),
            2 => open.link_at(follow, &path, to, &other).err(),
            3 => open.remove_directory_at(&path).err(),
            4 => open.rename_at(&path, to, &other).err(),
            5 => open.set_size(number).err(),
            6 => open.set_times(now, same).err(),
            7 => open.set_times_at(follow, &path, same, now).err(),
            8 => open.symlink_at(&path, &other).err(),
            9 => open.unlink_file_at(&path).err(),
            10 => open.write(&bytes(chance), number).err(),
            _ => open.write_via_stream(number).err(),
        };
        ensure(refused == Some(ErrorCode::ReadOnly), "files: nothing is changed")?;
        Ok(false)
    }
}

fn read(chance: &mut Chance, open: &Descriptor, length: Option<u64>) -> Result<bool> {
    let (count, from) = (number(chance), number(chance));
    let read = open.read(count, from);
    let Some(length) = length else {
        ensure(read.is_err(), "files: a folder has no content")?;
        return Ok(false);
    };
    let Ok((bytes, is_end)) = read else {
        return ensure(false, "files: a file that is open is read").map(|()| false);
    };
    let (got, left) = (bytes.len() as u64, length.saturating_sub(from));
    ensure(is_content(&bytes, length, from), "files: what is there is read")?;
    ensure(
        got <= count && (got > 0 || count == 0 || left == 0) && is_end == (got == left),
        "files: as much is read as there is, and the end is known",
    )?;
    Ok(true)
}

fn look(open: &Descriptor, length: Option<u64>) -> Result<bool> {
    ensure(known(open)? == length, "files: what is open stays what it is")?;
    let kind = open.get_type().ok();
    let is_file = kind == Some(DescriptorType::RegularFile);
    ensure(
        is_file == length.is_some(),
        "files: what is open is a file or a folder",
    )?;
    let flags = open.get_flags().ok();
    ensure(
        flags == Some(DescriptorFlags::READ),
        "files: what is open is read",
    )?;
    Ok(open.metadata_hash().is_ok() && open.sync().is_ok() && open.sync_data().is_ok())
}

fn list(open: &Descriptor, length: Option<u64>) -> Result<bool> {
    let listing = open.read_directory();
    ensure(listing.is_ok() == length.is_none(), "files: folders are listed")?;
    let Ok(listing) = listing else {
        return Ok(false);
    };
    while let Ok(Some(entry)) = listing.read_directory_entry() {
        ensure(NAMES.contains(&&*entry.name), "files: what is there is listed")?;
    }
    Ok(true)
}

/// What is open is one of what is there.
fn known(open: &Descriptor) -> Result<Option<u64>> {
    match open.stat() {
        Ok(stat) => known_as(stat.type_, stat.size),
        Err(_) => ensure(false, "files: what is open is there").map(|()| None),
    }
}

fn known_as(kind: DescriptorType, length: u64) -> Result<Option<u64>> {
    let is_file = kind == DescriptorType::RegularFile;
    let is_known = !is_file || FILES.iter().any(|(_, known)| *known == length);
    ensure(is_known, "files: nothing is opened that is not in the folder")?;
    Ok(is_file.then_some(length))
}
