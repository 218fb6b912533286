//! A folder to work in, and a transcript of what happens there, compared with the one on file.
//!
//! `AIRS_BLESS=1 cargo test -p cargo-airs` accepts what happens now.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// What a person may have set, and would make a difference.
const SURROUNDINGS: [&str; 7] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_TARGET_DIR",
    "CARGO_TERM_COLOR",
    "CLICOLOR_FORCE",
    "NO_COLOR",
    "RUSTFLAGS",
];

/// A temporary folder, and what was done in it.
pub(crate) struct Scene {
    name: &'static str,
    folder: TempDir,
    /// For sockets: the person's own loops are not asked, and none of these tests is found by them.
    runtime: TempDir,
    /// Where the next command runs, below the folder.
    at: PathBuf,
    environment: Vec<(&'static str, String)>,
    transcript: String,
}

impl Scene {
    pub(crate) fn new(name: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            name,
            at: PathBuf::new(),
            folder,
            runtime: private_folder(),
            environment: Vec::new(),
            transcript: String::new(),
        }
    }

    /// Another view of a scene that is there.
    pub(crate) fn of(folder: PathBuf) -> Self {
        Self {
            at: folder,
            ..Self::new("view")
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(&self.at)
    }

    pub(crate) fn enter(&mut self, at: &str) -> &mut Self {
        self.at = at.into();
        self
    }

    pub(crate) fn set(&mut self, variable: &'static str, value: impl Into<String>) -> &mut Self {
        self.environment.push((variable, value.into()));
        self
    }

    pub(crate) fn write(&mut self, file: &str, text: impl AsRef<[u8]>) -> &mut Self {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// Replaces a part of a file that must be there.
    pub(crate) fn edit(&mut self, file: &str, from: &str, to: &str) -> &mut Self {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no {from:?}:\n{text}");
        self.write(file, text.replace(from, to))
    }

    /// Does not share the build folder with other scenes: in it Cargo cannot tell two crates of one name apart that lie
    /// at the same place of their workspaces.
    pub(crate) fn build_alone(&mut self) -> &mut Self {
        let folder = self.path().join("target");
        self.set("CARGO_BUILD_BUILD_DIR", folder.to_string_lossy())
    }

    /// A command that is not run yet. Its words are separated by spaces; quotes keep words together.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-airs"));
        command.arg("airs").args(words(line)).current_dir(self.path());
        self.surround(&mut command);
        command
    }

    /// Cargo itself.
    pub(crate) fn cargo(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO"));
        command.args(words(line)).current_dir(self.path());
        self.surround(&mut command);
        command.output().unwrap()
    }

    pub(crate) fn surround(&self, command: &mut Command) {
        for variable in SURROUNDINGS {
            command.env_remove(variable);
        }
        command
            .env("CARGO", env!("CARGO"))
            // Not the person's own.
            .env("AIRS_CACHE_DIR", "")
            .env("XDG_RUNTIME_DIR", self.runtime.path())
            .env("CARGO_BUILD_BUILD_DIR", made());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
    }

    /// Runs `cargo airs …`, puts it into the transcript, and answers with what it did.
    pub(crate) fn run(&mut self, line: &str) -> Output {
        let output = self.command(line).output().unwrap();
        self.note(line, &output);
        output
    }

    /// The same, with something on standard input.
    pub(crate) fn run_with(&mut self, line: &str, input: &str) -> Output {
        let mut command = self.command(line);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        // It may refuse before it has read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        self.note(line, &output);
        output
    }

    /// Puts what a command did into the transcript.
    pub(crate) fn note(&mut self, line: &str, output: &Output) {
        as_published(line, &output.stdout);
        let _ = writeln!(self.transcript, "$ cargo airs {line}");
        for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let text = self.plain(&String::from_utf8_lossy(bytes));
            if !text.is_empty() {
                let _ = writeln!(self.transcript, "[{stream}]\n{text}");
            }
        }
        let _ = writeln!(self.transcript, "[exit {}]\n", output.status.code().unwrap_or(-1));
    }

    /// Puts a file into the transcript.
    pub(crate) fn show(&mut self, file: &str) -> &mut Self {
        let text = self.plain(&self.read(file));
        let _ = writeln!(self.transcript, "[{file}]\n{text}\n");
        self
    }

    /// The files below the folder, but for those of git.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect(&self.path(), &self.path(), &mut files);
        files.sort();
        files
    }

    /// Compares the transcript with the one on file.
    pub(crate) fn check(&self) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/cli/transcripts")
            .join(self.name)
            .with_extension("txt");
        let actual = format!("{}\n", self.transcript.trim_end());
        if blesses() {
            fs::write(&path, &actual).unwrap();
            return;
        }
        let expected = fs::read_to_string(&path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert!(
            actual == expected,
            "the transcript differs from {}; AIRS_BLESS=1 accepts it\n--- expected\n{expected}\n--- actual\n{actual}",
            path.display()
        );
    }

    /// Without what differs from machine to machine and from time to time.
    fn plain(&self, text: &str) -> String {
        let root = self.folder.path().canonicalize().unwrap();
        let text = text
            .replace(&root.display().to_string(), "[DIR]")
            .replace(&checkout().display().to_string(), "[AIRS]")
            .replace('\u{1b}', "\\e");
        let lines = text
            .trim_end()
            .lines()
            .take_while(|line| *line != "size by section");
        let lines = lines
            .filter(|line| !of_cargo(line))
            .map(|line| match line.starts_with('{') {
                true => members(line),
                false => measures(line.trim_end()),
            });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A folder that nobody else can enter, as one for sockets has to be; otherwise it is passed over.
fn private_folder() -> TempDir {
    let mut folder = tempfile::Builder::new();
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder.tempdir().unwrap()
}

/// What a command says for programs is as it is published.
pub(crate) fn as_published(line: &str, stdout: &[u8]) {
    let is_json = ["--message-format json", "--message-format=json"];
    if is_json.iter().any(|flag| line.contains(flag)) {
        String::from_utf8_lossy(stdout)
            .lines()
            .for_each(|line| drop(crate::schema::message(line)));
    }
}

/// Whether a person wants what happens now to be right.
pub(crate) fn blesses() -> bool {
    std::env::var_os("AIRS_BLESS").is_some()
}

/// The checkout that is tested.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Where Cargo keeps what it makes on the way to a component: what all of them depend on is compiled once. Other guests
/// have the names that these have, and are kept elsewhere.
fn made() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("scenes")
}

/// What Cargo says of its progress depends on what was compiled before.
fn of_cargo(line: &str) -> bool {
    let verbs = [
        "Checking",
        "Compiling",
        "Finished",
        "Blocking",
        "Updating",
        "Locking",
        "Adding",
        "Downloading",
        "Downloaded",
    ];
    line.starts_with(' ') && verbs.contains(&line.split_whitespace().next().unwrap_or_default())
}

/// Replaces sizes, times and digests.
fn measures(line: &str) -> String {
    let number = |word: &str| word.parse::<f64>().is_ok();
    let words: Vec<&str> = line.split(' ').collect();
    let mut shown: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let bare = word
            .trim_start_matches(['(', '+', '-'])
            .trim_end_matches([',', ')']);
        let next = words
            .get(at + 1)
            .map_or("", |next| next.trim_end_matches([',', ')']));
        let digest = bare.trim_start_matches("sha256:");
        let id = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        let replaced = if bare.trim_end_matches(':').len() == 26 && bare.trim_end_matches(':').chars().all(id)
        {
            word.replace(bare.trim_end_matches(':'), "[RUN]")
        } else if digest.len() >= 12 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            word.replace(digest, "[DIGEST]")
        } else if number(bare) && ["B", "KiB", "MiB", "s", "ms"].contains(&next) {
            word.replace(bare, "[N]")
        } else {
            (*word).to_owned()
        };
        // A size may change its unit.
        let unit = ["KiB", "MiB"].contains(&bare)
            && at > 0
            && number(words[at - 1].trim_start_matches(['(', '+', '-']));
        shown.push(if unit {
            replaced.replace("KiB", "B").replace("MiB", "B")
        } else {
            replaced
        });
    }
    shown.join(" ")
}

/// The same in an object, which may not be taken apart: its members are to stay in their order.
fn members(object: &str) -> String {
    let mut object = object.to_owned();
    for name in [
        "digest",
        "size_bytes",
        "size_bytes_before",
        "duration_ms",
        "run",
        "time_ms",
    ] {
        let begin = format!("\"{name}\":");
        let mut parts = object.split(&begin);
        let mut replaced = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find([',', '}']).unwrap_or(part.len());
            replaced.push_str(&format!("{begin}[N]{}", &part[end..]));
        }
        object = replaced;
    }
    object
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with(".git") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files);
        }
        files.push(path.strip_prefix(root).unwrap().display().to_string());
    }
}
