//! A driver that looks at files as it is told, with nothing but the standard library.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::net::TcpStream;

use airs::{Call, Error, Json, Receipt, Result, Rights, Value};
use serde::Serialize;

struct Reader;

#[airs::driver]
impl airs::Driver for Reader {
    type Asset = ();

    fn intend(_call: &Call, _account: (), _rights: Rights) -> Result<()> {
        Ok(())
    }

    fn view(_asset: &()) -> Result<Value> {
        Err(Error::unsupported("there is nothing to see"))
    }

    fn transfer(_from: &(), _to: &(), _value: Value) -> Result<Receipt> {
        Err(Error::unsupported("there is nothing to move"))
    }

    fn control(_asset: &(), operation: &str, input: &Json) -> Result<Json> {
        match operation {
            "read" => Json::of(&looked(fs::read_to_string(path(input)?))),
            // Who is connected to, without asking the host for http.
            "connect" => Json::of(&looked(TcpStream::connect(path(input)?).map(drop))),
            // What each of so many readers finds, and how many find it.
            "often" => {
                let (path, times): (String, usize) = input.parse()?;
                let mut seen = BTreeMap::<String, usize>::new();
                for _ in 0..times {
                    let read = fs::read_to_string(&path).unwrap_or_else(|error| error.to_string());
                    *seen.entry(read).or_default() += 1;
                }
                Json::of(&seen)
            }
            "size" => Json::of(&looked(fs::metadata(path(input)?).map(|found| found.len()))),
            "list" => Json::of(&looked(listed(&path(input)?))),
            // How many files can be open at once, of so many, and what the next one meets.
            "hold" => {
                let (path, times): (String, usize) = input.parse()?;
                let mut held = Vec::new();
                let refused = (0..times).find_map(|_| match fs::File::open(&path) {
                    Ok(file) => {
                        held.push(file);
                        None
                    }
                    Err(error) => Some(error.to_string()),
                });
                Json::of(&(held.len(), refused))
            }
            // How a file is changed, its path, and another one.
            "change" => {
                let (how, path, other): (String, String, String) = input.parse()?;
                Json::of(&looked(changed(&how, &path, &other)))
            }
            _ => Err(Error::unsupported(format!("no operation {operation:?}"))),
        }
    }
}

fn path(input: &Json) -> Result<String> {
    input.parse()
}

/// What is there, or what the standard library says instead.
fn looked<T: Serialize>(found: io::Result<T>) -> Looked<T> {
    match found {
        Ok(found) => Looked::Found(found),
        Err(error) => Looked::Refused(error.to_string()),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Looked<T> {
    Found(T),
    Refused(String),
}

fn listed(path: &str) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(path)?.map(|entry| {
        let entry = entry?;
        let end = if entry.file_type()?.is_dir() { "/" } else { "" };
        Ok(format!("{}{end}", entry.file_name().to_string_lossy()))
    });
    entries.collect()
}

fn changed(how: &str, path: &str, other: &str) -> io::Result<()> {
    match how {
        "write" => fs::write(path, "changed"),
        "append" => fs::OpenOptions::new().append(true).open(path).map(drop),
        "create" => fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(other)
            .map(drop),
        "truncate" => fs::File::open(path)?.set_len(0),
        "remove" => fs::remove_file(path),
        "rename" => fs::rename(path, other),
        "link" => fs::hard_link(path, other),
        "make" => fs::create_dir(other),
        "drop" => fs::remove_dir(other),
        // It can be read from anywhere on.
        "seek" => {
            let mut file = fs::File::open(path)?;
            let mut rest = String::new();
            file.seek(SeekFrom::Start(2))?;
            file.read_to_string(&mut rest)?;
            file.seek(SeekFrom::End(-1))?;
            file.read_to_string(&mut rest)?;
            Err(io::Error::other(rest))
        }
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}
