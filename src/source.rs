//! The bytes of the input, and where things stand in them.
//!
//! A [`Span`] is twelve bytes and is carried by every value of the model.
//! Lines and columns exist only for findings: [`Sources::position`] builds the
//! line index of a file the first time it is asked.

mod excerpt;
mod secret_name;
mod secrets;

use std::fmt;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{LazyLock, OnceLock};

use elsa::sync::FrozenVec;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

pub use excerpt::Excerpts;
pub use excerpt::harmless;
pub use secret_name::is_secret_name;
use secrets::Secrets;

/// The largest file that is read, in bytes. Spans are 32 bits wide.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// A file of the input: an index into [`Sources`], in reading order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes of one file. Its order is the order of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte, counted from the start of the file.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span of `start..end` in `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }

    /// How many bytes it covers.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The byte offset in the file, from 0.
    pub offset: usize,
}

/// Why a file has no text that can be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The operating system refused; holds its words.
    Io(String),
    /// Larger than [`MAX_FILE_BYTES`]; holds its size in bytes.
    TooLarge(u64),
    /// Not UTF-8; holds the offset of the first wrong byte.
    NotUtf8(usize),
    /// UTF-16, as some shells write when output is redirected.
    Utf16,
}

impl Unreadable {
    /// Whether it is a text, in another encoding.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::NotUtf8(_) | Self::Utf16)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(words) => write!(f, "the file cannot be read: {words}"),
            Self::TooLarge(size) => write!(f, "the file has {size} bytes, and the limit is {MAX_FILE_BYTES}"),
            Self::NotUtf8(offset) => write!(f, "the file is not UTF-8: byte {offset} is wrong"),
            Self::Utf16 => f.write_str("the file is UTF-16, and only UTF-8 is read"),
        }
    }
}

/// One file of the input.
#[derive(Debug, Default)]
struct SourceFile {
    path: PathBuf,
    text: String,
    index: OnceLock<Index>,
    secrets: Secrets,
}

/// All files of a run. It only grows, so files can be added while texts of
/// others are borrowed: the evaluation of Terraform reads files.
#[derive(Debug, Default)]
pub struct Sources {
    files: FrozenVec<Box<SourceFile>>,
    /// The folders of the projects, canonical: see [`Sources::identity`].
    homes: Vec<PathBuf>,
}

impl Sources {
    /// Reads `path` and gives it an id.
    ///
    /// A file that cannot be read has an id too, so that a finding can point
    /// at it: its text is what could be decoded.
    pub fn read(&self, path: &Path) -> (FileId, Option<Unreadable>) {
        match read_bytes(path) {
            Ok(bytes) => {
                let (text, problem) = decode(bytes);
                (self.add(path, text), problem)
            }
            Err(problem) => (self.add(path, String::new()), Some(problem)),
        }
    }

    /// Reads several files at once; ids are in the order of the paths.
    pub fn read_all(&self, paths: &[PathBuf]) -> Vec<(FileId, Option<Unreadable>)> {
        let read: Vec<_> = paths
            .par_iter()
            .map(|path| match read_bytes(path) {
                Ok(bytes) => decode(bytes),
                Err(problem) => (String::new(), Some(problem)),
            })
            .collect();
        paths.iter().zip(read).map(|(path, (text, problem))| (self.add(path, text), problem)).collect()
    }

    /// Adds a file whose bytes came from elsewhere, such as standard input.
    pub fn read_from(&self, path: &Path, reader: impl io::Read) -> (FileId, Option<Unreadable>) {
        let mut bytes = Vec::new();
        match reader.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes) {
            Err(error) => (self.add(path, String::new()), Some(Unreadable::Io(error.to_string()))),
            Ok(size) if size as u64 > MAX_FILE_BYTES => {
                (self.add(path, String::new()), Some(Unreadable::TooLarge(size as u64)))
            }
            Ok(_) => {
                let (text, problem) = decode(bytes);
                (self.add(path, text), problem)
            }
        }
    }

    /// Adds a file by its text.
    pub fn add(&self, path: &Path, text: String) -> FileId {
        let file = SourceFile { path: path.to_path_buf(), text, ..SourceFile::default() };
        FileId(u32::try_from(self.files.push_get_index(Box::new(file))).unwrap_or(u32::MAX))
    }

    /// One file. An id is only made by adding one.
    fn file(&self, file: FileId) -> &SourceFile {
        static NONE: LazyLock<SourceFile> = LazyLock::new(SourceFile::default);
        self.files.get(file.0 as usize).unwrap_or(&NONE)
    }

    /// The text of a file, byte order mark included.
    pub fn text(&self, file: FileId) -> &str {
        &self.file(file).text
    }

    /// Where a parser starts: 3 after a byte order mark, else 0.
    pub fn start(&self, file: FileId) -> usize {
        if self.text(file).starts_with('\u{feff}') { 3 } else { 0 }
    }

    /// The path as it was given.
    pub fn path(&self, file: FileId) -> &Path {
        &self.file(file).path
    }

    /// The path for a report: forward slashes, no leading `./`.
    pub fn display(&self, file: FileId) -> String {
        let path = shortest(self.path(file)).to_string_lossy().replace('\\', "/");
        path.strip_prefix("./").map_or(path.clone(), str::to_owned)
    }

    /// Declares the folder of a project.
    pub fn add_home(&mut self, folder: &Path) {
        self.homes.extend(here_or(folder).canonicalize());
    }

    /// The path of a file in its project, the same wherever the program is
    /// started and however the path was spelled.
    pub fn identity(&self, file: FileId) -> String {
        let Ok(path) = self.path(file).canonicalize() else { return self.display(file) };
        let inner = self.homes.iter().filter_map(|it| path.strip_prefix(it).ok());
        let inner = inner.min_by_key(|it| it.components().count());
        inner.map_or_else(|| self.display(file), |it| it.to_string_lossy().replace('\\', "/"))
    }

    /// All files, in reading order.
    pub fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The span of a whole file, without its byte order mark.
    pub fn whole(&self, file: FileId) -> Span {
        Span::new(file, self.start(file), self.text(file).len())
    }

    /// The first character of a file: a file is not drawn as a whole.
    pub fn head(&self, file: FileId) -> Span {
        let start = self.start(file);
        let end =
            self.text(file)[start..].char_indices().nth(1).map_or(self.text(file).len(), |it| start + it.0);
        Span::new(file, start, end)
    }

    /// Declares that a span holds a secret, so that no output shows it.
    pub fn hide(&self, span: Span) {
        self.file(span.file).secrets.declare(span.start as usize..span.end as usize);
    }

    /// The secrets that overlap a range of a file.
    fn secrets(&self, file: FileId, range: &std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
        let entry = self.file(file);
        entry.secrets.within(&entry.text, range)
    }

    /// Line and column of an offset. An offset past the end is the end.
    pub fn position(&self, file: FileId, offset: u32) -> Position {
        let text = self.text(file);
        let offset = floor_boundary(text, offset as usize);
        let line = self.line_of(file, offset);
        let start = self.line_start(file, line).max(self.start(file).min(offset));
        let index = self.index(file);
        let column = index.characters(text, offset) - index.characters(text, start) + 1;
        Position { line: line + 1, column, offset }
    }

    /// The line, from 0, that holds a byte offset.
    fn line_of(&self, file: FileId, offset: usize) -> usize {
        let starts = &self.index(file).line_starts;
        starts.partition_point(|&start| start as usize <= offset).saturating_sub(1)
    }

    /// The offset at which a line, from 0, starts; the text's end for lines past it.
    fn line_start(&self, file: FileId, line: usize) -> usize {
        let starts = &self.index(file).line_starts;
        starts.get(line).map_or(self.text(file).len(), |&start| start as usize)
    }

    fn index(&self, file: FileId) -> &Index {
        let entry = self.file(file);
        entry.index.get_or_init(|| Index::new(&entry.text))
    }
}

/// What makes [`Sources::position`] cost the same wherever it is asked.
#[derive(Debug)]
struct Index {
    /// The byte offset at which each line starts.
    line_starts: Box<[u32]>,
    /// How many characters stand before each block of [`Index::BLOCK`] bytes:
    /// an export without line breaks is one line of a hundred megabytes.
    characters_before: Box<[u32]>,
}

impl Index {
    const BLOCK: usize = 1 << 16;

    fn new(text: &str) -> Self {
        let narrow = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| narrow(at + 1));
        let mut seen = 0;
        let blocks = text.as_bytes().chunks(Self::BLOCK).map(|block| {
            let before = seen;
            seen += characters(block);
            narrow(before)
        });
        Self { line_starts: std::iter::once(0).chain(breaks).collect(), characters_before: blocks.collect() }
    }

    /// How many characters stand before `offset`.
    fn characters(&self, text: &str, offset: usize) -> usize {
        let block = (offset / Self::BLOCK).min(self.characters_before.len().saturating_sub(1));
        let before = self.characters_before.get(block).map_or(0, |&count| count as usize);
        before + characters(&text.as_bytes()[block * Self::BLOCK..offset])
    }
}

/// How many UTF-8 characters start in `bytes`.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// A path without `.` and, as far as names go, without `..`: two ways to write a
/// folder are one.
pub fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                let is_name = matches!(tidied.components().next_back(), Some(Component::Normal(_)));
                if is_name {
                    tidied.pop();
                } else {
                    tidied.push("..");
                }
            }
            other => tidied.push(other),
        }
    }
    tidied
}

/// The bytes of a file.
///
/// # Errors
/// What the system says, and a file beyond the limit of size.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Unreadable> {
    read_bytes(path)
}

/// The last folders of the one we are in, as many as a path goes up.
fn last_folders(ups: usize) -> Option<PathBuf> {
    let here = Path::new(".").canonicalize().ok()?;
    let names: Vec<_> = here.components().rev().take(ups).collect();
    Some(names.into_iter().rev().collect())
}

/// How many folders a path goes up first.
fn ups(path: &Path) -> usize {
    path.components().take_while(|it| *it == Component::ParentDir).count()
}

/// A path that goes up and comes back on the way that it went, without the detour.
fn shortest(path: &Path) -> PathBuf {
    let ups = ups(path);
    let Some(here) = (ups > 0).then(|| last_folders(ups)).flatten() else { return path.to_path_buf() };
    let rest: Vec<_> = path.components().skip(ups).collect();
    let shared = here.components().zip(&rest).take_while(|(a, b)| a == *b).count();
    let up = std::iter::repeat_n(Component::ParentDir, ups - shared);
    up.chain(rest.into_iter().skip(shared)).collect()
}

/// A path as a walk from a folder above names it: all files of a project have
/// names that go the same way.
pub fn seen_from(root: &Path, path: &Path) -> PathBuf {
    let (of_root, of_path) = (ups(root), ups(path));
    let Some(here) = (path.is_relative() && of_path < of_root).then(|| last_folders(of_root)).flatten()
    else {
        return path.to_path_buf();
    };
    let up = root.components().take(of_root);
    let down = here.components().take(of_root - of_path);
    let seen: PathBuf = up.chain(down).collect();
    seen.join(path.components().skip(of_path).collect::<PathBuf>())
}

/// The folder that a path names for the system: the empty one is where we stand.
pub fn here_or(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The files below a folder, sorted, relative to it with forward slashes; at
/// most ten thousand.
pub fn files_below(folder: &Path) -> Vec<String> {
    let folder = here_or(folder);
    let walker = walkdir::WalkDir::new(folder).max_depth(32).sort_by_file_name().into_iter();
    let files = walker.filter_map(Result::ok).filter(|it| it.file_type().is_file());
    let relative = files.filter_map(|it| {
        let path = it.path().strip_prefix(folder).ok()?;
        Some(path.to_string_lossy().replace('\\', "/"))
    });
    relative.take(10_000).collect()
}

/// The files in a folder, sorted by name; none if it cannot be read.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(here_or(folder)).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|it| tidy(&it.path())).filter(|it| it.is_file()).collect();
    files.sort();
    files
}

/// The nearest character boundary at or before `offset`.
pub fn floor_boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Unreadable> {
    let refused = |error: io::Error| Unreadable::Io(error.to_string());
    let file = std::fs::File::open(path).map_err(refused)?;
    let size = file.metadata().map_err(refused)?.len();
    if size > MAX_FILE_BYTES {
        return Err(Unreadable::TooLarge(size));
    }
    // The size is known, so nobody asks for the end; a pipe or a file of the
    // system's has none.
    let limit = if size == 0 { MAX_FILE_BYTES } else { size };
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(limit).read_to_end(&mut bytes).map_err(refused)?;
    Ok(bytes)
}

/// Text as far as it can be decoded, and what was wrong.
fn decode(bytes: Vec<u8>) -> (String, Option<Unreadable>) {
    let wide: Option<fn([u8; 2]) -> u16> = match bytes.get(..2) {
        Some([0xff, 0xfe]) => Some(u16::from_le_bytes),
        Some([0xfe, 0xff]) => Some(u16::from_be_bytes),
        _ => None,
    };
    if let Some(unit) = wide {
        // The text tells whether anybody would miss it.
        let units = bytes[2..].chunks_exact(2).map(|it| unit([it[0], it[1]]));
        let text = char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        return (text, Some(Unreadable::Utf16));
    }
    String::from_utf8(bytes).map_or_else(
        |error| {
            let offset = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(Unreadable::NotUtf8(offset)))
        },
        |text| (text, None),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(text: &str, offset: usize) -> (usize, usize) {
        let before = &text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |it| it.chars().count()) + 1;
        (line, column)
    }

    #[test]
    fn positions_agree_with_a_naive_count() {
        for text in ["", "a", "a\nb", "\n\n", "ä\r\nöü\n", "x\n日本語 y\nz"] {
            let sources = Sources::default();
            let file = sources.add(Path::new("t"), text.to_owned());
            for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let at = sources.position(file, u32::try_from(offset).unwrap());
                assert_eq!((at.line, at.column), naive(text, offset), "{text:?} at {offset}");
            }
        }
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let sources = Sources::default();
        let file = sources.add(Path::new("t"), "\u{feff}{}".to_owned());
        assert_eq!(sources.position(file, 3).column, 1);
        assert_eq!(sources.position(file, 4).column, 2);
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        let sources = Sources::default();
        let file = sources.add(Path::new("t"), "ab\n".to_owned());
        assert_eq!(sources.position(file, 99), Position { line: 2, column: 1, offset: 3 });
    }

    #[test]
    fn utf16_and_wrong_bytes_are_told_apart() {
        assert_eq!(decode(vec![0xff, 0xfe, b'{', 0]).1, Some(Unreadable::Utf16));
        assert_eq!(decode(vec![b'a', 0xc3, b'b']).1, Some(Unreadable::NotUtf8(1)));
        assert_eq!(decode(b"ok".to_vec()).1, None);
    }
}
