//! The lines around the labels of one finding, as miette draws them.
//!
//! miette's own source scans the file from its start for each label, panics on
//! a column of 65,536 or more, and prints a line of any length. An excerpt
//! holds only the lines to show, cut to the width of the terminal, with
//! secrets masked and control characters made harmless; so a finding costs the
//! same wherever it stands, and no byte of the input reaches a terminal raw.

use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::{FileId, Sources, Span, floor_boundary};

/// Lines shown before and after a label.
const CONTEXT: usize = 1;
/// Columns kept before a label on a line that is cut, where there is room.
const LEAD: usize = 40;
/// Columns of a label that are shown where another one follows on its line.
const SHOWN: usize = 24;
/// Columns of the arrow from a label to its words.
const ARROW: usize = 4;
/// What stands for the text that was cut.
const CUT: char = '…';

/// The lines of one file that a finding shows.
#[derive(Debug)]
pub struct Excerpts {
    name: String,
    text: String,
    lines: Vec<Line>,
    /// True line and column, from 0, of each label, by its offset in `text`.
    places: Vec<(usize, usize, usize)>,
}

/// A line of the excerpt.
#[derive(Debug)]
struct Line {
    /// Its number in the file, from 0.
    number: usize,
    /// Where it stands in the excerpt, with its line break.
    range: Range<usize>,
}

impl Excerpts {
    /// The excerpt of `file` that shows `labels` in lines of at most `width`
    /// characters, and where each label stands in it. A label is a span and the
    /// number of characters that will be written below it.
    ///
    /// A span of several lines is shown by its first line; where that is a mere
    /// bracket, by what it belongs to.
    pub fn new(
        sources: &Sources,
        file: FileId,
        labels: &[(Span, usize)],
        width: usize,
    ) -> (Self, Vec<SourceSpan>) {
        let text = sources.text(file);
        let whole = |offset: u32| floor_boundary(text, offset as usize);
        let starts: Vec<usize> = labels.iter().map(|it| whole(it.0.start)).collect();
        let labels: Vec<(Span, usize)> = labels
            .iter()
            .map(|&(span, words)| {
                let range = whole(span.start)..whole(span.end.max(span.start));
                (Span::new(file, with_key(text, range.clone()), range.end), words)
            })
            .collect();
        let mut shown: Vec<usize> = labels
            .iter()
            .flat_map(|(span, _)| {
                let line = sources.line_of(file, span.start as usize);
                line.saturating_sub(CONTEXT)..=line + CONTEXT
            })
            .filter(|&line| line == 0 || sources.line_start(file, line) < sources.text(file).len())
            .collect();
        shown.sort_unstable();
        shown.dedup();

        let mut writer = Writer::new(sources, file, width);
        for line in shown {
            writer.line(line, &labels);
        }
        writer.finish(&labels, &starts)
    }
}

/// Where to start a span: at the key before it, if all that its first line shows
/// is a bracket.
fn with_key(text: &str, span: Range<usize>) -> usize {
    let Some((first, _)) = text[span.clone()].split_once('\n') else { return span.start };
    let key = text[..span.start].rfind(['\n', '{', '[', '(', ',']).map_or(0, |it| it + 1);
    let indent = text[key..].len() - text[key..].trim_start().len();
    match first.trim() {
        "[" | "{" | "(" => (key + indent).min(span.start),
        _ => span.start,
    }
}

/// Builds an excerpt and remembers where each byte of the file went.
struct Writer<'a> {
    sources: &'a Sources,
    file: FileId,
    width: usize,
    text: String,
    lines: Vec<Line>,
    /// (offset in the file, offset in the excerpt), ascending.
    map: Vec<(usize, usize)>,
}

impl<'a> Writer<'a> {
    fn new(sources: &'a Sources, file: FileId, width: usize) -> Self {
        Self { sources, file, width, text: String::new(), lines: Vec::new(), map: Vec::new() }
    }

    fn line(&mut self, number: usize, labels: &[(Span, usize)]) {
        let text = self.sources.text(self.file);
        let start = self.sources.line_start(self.file, number).max(if number == 0 {
            self.sources.start(self.file)
        } else {
            0
        });
        let end = self.sources.line_start(self.file, number + 1);
        let end = start + text[start..end].trim_end_matches(['\n', '\r']).len();
        let from = self.text.len();
        for (index, piece) in self.pieces(start..end, labels).into_iter().enumerate() {
            if (index > 0 || piece.start > start) && !self.text[from..].ends_with(CUT) {
                self.text.push(CUT);
            }
            let last = piece.end;
            self.copy(piece);
            self.map.push((last, self.text.len()));
            if last < end && !self.text.ends_with(CUT) {
                self.text.push(CUT);
            }
        }
        self.text.push('\n');
        self.lines.push(Line { number, range: from..self.text.len() });
    }

    /// The parts of a line that are shown: all of it, or what surrounds the labels.
    fn pieces(&self, line: Range<usize>, labels: &[(Span, usize)]) -> Vec<Range<usize>> {
        let text = self.sources.text(self.file);
        let mut here: Vec<(Range<usize>, usize)> = labels
            .iter()
            .map(|&(span, words)| (span.start as usize..span.end as usize, words))
            .filter(|(span, _)| line.start <= span.start && span.start <= line.end)
            .collect();
        here.sort_unstable_by_key(|(span, _)| (span.start, span.end));
        here.dedup_by_key(|(span, _)| span.clone());
        let all_fit = || {
            here.iter()
                .all(|(span, words)| self.last_column(span, *words) >= columns(&text[line.start..span.start]))
        };
        if fits(&text[line.clone()], self.width) && all_fit() {
            return std::iter::once(line).collect();
        }
        let Some(((last, _), others)) = here.split_last() else {
            let shown = line.start..forward(text, line.start, self.width.saturating_sub(1)).min(line.end);
            return std::iter::once(shown).collect();
        };
        let lead = self.lead(&here);
        let mut pieces: Vec<Range<usize>> = Vec::new();
        for (label, _) in others {
            let to = forward(text, label.start, SHOWN).min(label.end).min(line.end);
            join(&mut pieces, backward(text, label.start, lead).max(line.start)..to);
        }
        let from = backward(text, last.start, lead).max(line.start);
        join(&mut pieces, from..from);
        let used: usize = pieces.iter().map(|it| columns(&text[it.clone()]) + 1).sum();
        let end = forward(text, from, self.width.saturating_sub(used + 1)).max(forward(text, last.start, 8));
        if let Some(piece) = pieces.last_mut() {
            piece.end = piece.end.max(end.min(line.end));
        }
        pieces
    }

    /// How many columns to keep before each label of a line, so that the words
    /// below the middle of each end within the width.
    fn lead(&self, labels: &[(Range<usize>, usize)]) -> usize {
        let text = self.sources.text(self.file);
        let mut before = 1;
        let mut lead = LEAD;
        for (index, (span, words)) in labels.iter().enumerate() {
            let room = self.last_column(span, *words).saturating_sub(before);
            lead = lead.min(room / (index + 1));
            before += columns(&text[span.start..forward(text, span.start, SHOWN).min(span.end)]) + 1;
        }
        lead
    }

    /// The last column at which a label may start, so that the words below its
    /// middle end within the width.
    fn last_column(&self, span: &Range<usize>, words: usize) -> usize {
        let text = self.sources.text(self.file);
        let length = columns(&text[span.start..forward(text, span.start, self.width).min(span.end)]);
        self.width.saturating_sub(words + length / 2 + ARROW)
    }

    /// Copies a range of the file, masked and made harmless.
    fn copy(&mut self, range: Range<usize>) {
        let text = self.sources.text(self.file);
        let hidden = self.sources.secrets(self.file, &range);
        for (at, character) in text[range.clone()].char_indices() {
            let at = range.start + at;
            self.map.push((at, self.text.len()));
            let masked = hidden.iter().any(|it| it.contains(&at));
            self.text.push(if masked { '*' } else { harmless(character) });
        }
    }

    fn finish(self, labels: &[(Span, usize)], starts: &[usize]) -> (Excerpts, Vec<SourceSpan>) {
        let mut shown: Vec<SourceSpan> = labels.iter().map(|(span, _)| self.place(*span)).collect();
        part(&mut shown);
        let places = starts
            .iter()
            .zip(&shown)
            .map(|(&start, shown)| {
                let at = self.sources.position(self.file, u32::try_from(start).unwrap_or(u32::MAX));
                (shown.offset(), at.line - 1, at.column - 1)
            })
            .collect();
        let name = self.sources.display(self.file).chars().map(harmless).collect();
        (Excerpts { name, text: self.text, lines: self.lines, places }, shown)
    }

    /// Where a span of the file stands in the excerpt, cut at its first line.
    fn place(&self, span: Span) -> SourceSpan {
        let find = |offset: usize| {
            let after = self.map.partition_point(|&(at, _)| at <= offset);
            self.map.get(after.saturating_sub(1)).map_or(0, |&(_, to)| to)
        };
        let start = find(span.start as usize);
        let line_end =
            self.lines.iter().find(|it| it.range.contains(&start)).map_or(start, |it| it.range.end - 1);
        let end = find(span.end as usize).clamp(start, line_end.max(start));
        SourceSpan::new(start.into(), end - start)
    }
}

/// Parts spans that overlap: miette underlines one column once, and moves the
/// arrow of an inner span behind the outer one, where it points at nothing.
fn part(spans: &mut [SourceSpan]) {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&it| (spans[it].offset(), spans[it].len()));
    for pair in order.windows(2) {
        let (first, second) = (spans[pair[0]], spans[pair[1]]);
        let end = first.offset() + first.len();
        if second.offset() >= end || first == second {
            continue;
        }
        if first.offset() < second.offset() {
            spans[pair[0]] = (first.offset()..second.offset()).into();
        } else {
            spans[pair[1]] = (end..second.offset() + second.len()).into();
        }
    }
}

/// Adds a part of a line, joined to the one before where they meet.
fn join(pieces: &mut Vec<Range<usize>>, piece: Range<usize>) {
    match pieces.last_mut() {
        Some(last) if piece.start <= last.end + CUT.len_utf8() => last.end = last.end.max(piece.end),
        _ => pieces.push(piece),
    }
}

/// Whether `line` has at most `width` columns, without counting a huge one.
fn fits(line: &str, width: usize) -> bool {
    line.len() <= width * 4 && columns(line) <= width
}

/// How wide a text is in a terminal.
fn columns(text: &str) -> usize {
    text.chars().map(wide).sum()
}

/// How wide a character is once it is made harmless.
fn wide(character: char) -> usize {
    harmless(character).width().unwrap_or(1)
}

/// The offset that is `count` columns after `from`.
fn forward(text: &str, from: usize, count: usize) -> usize {
    let mut left = count;
    for (at, character) in text[from..].char_indices() {
        let Some(rest) = left.checked_sub(wide(character)) else { return from + at };
        left = rest;
        if left == 0 {
            return from + at + character.len_utf8();
        }
    }
    text.len()
}

/// The offset that is `count` columns before `from`.
fn backward(text: &str, from: usize, count: usize) -> usize {
    let from = floor_boundary(text, from);
    let mut left = count;
    for (at, character) in text[..from].char_indices().rev() {
        let Some(rest) = left.checked_sub(wide(character)) else { return at + character.len_utf8() };
        left = rest;
        if left == 0 {
            return at;
        }
    }
    if count == 0 { from } else { 0 }
}

/// A character that a terminal prints and does not obey.
///
/// Control characters and the marks that reorder text are replaced.
pub fn harmless(character: char) -> char {
    match character {
        '\t' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        it if it.is_control() => '\u{fffd}',
        it => it,
    }
}

impl SourceCode for Excerpts {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let holding = |offset: usize| self.lines.iter().position(|it| it.range.contains(&offset));
        let first = holding(span.offset()).ok_or(MietteError::OutOfBounds)?;
        let last = holding(span.offset() + span.len()).unwrap_or(first);
        let (line, column) = self
            .places
            .iter()
            .find(|it| it.0 == span.offset())
            .map_or((self.lines[first].number, 0), |&(_, line, column)| (line, column));
        if before == 0 {
            let range = span.offset()..span.offset() + span.len();
            return Ok(self.contents(range, line, column, 1));
        }
        let follows = |a: usize, b: usize| self.lines[b].number == self.lines[a].number + 1;
        let mut from = first;
        while from > 0 && first - from < before && follows(from - 1, from) {
            from -= 1;
        }
        let mut to = last;
        while to + 1 < self.lines.len() && to - last < after && follows(to, to + 1) {
            to += 1;
        }
        let range = self.lines[from].range.start..self.lines[to].range.end;
        Ok(self.contents(range, self.lines[from].number, 0, to - from + 1))
    }
}

impl Excerpts {
    fn contents<'a>(
        &'a self,
        range: Range<usize>,
        line: usize,
        column: usize,
        line_count: usize,
    ) -> Box<dyn SpanContents<'a> + 'a> {
        let span = SourceSpan::new(range.start.into(), range.len());
        Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text[range].as_bytes(),
            span,
            line,
            column,
            line_count,
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn excerpt(text: &str, labels: &[(usize, usize)], width: usize) -> (Excerpts, Vec<SourceSpan>) {
        let sources = Sources::default();
        let file = sources.add(Path::new("f.json"), text.to_owned());
        let spans: Vec<(Span, usize)> = labels.iter().map(|it| (Span::new(file, it.0, it.1), 0)).collect();
        Excerpts::new(&sources, file, &spans, width)
    }

    #[test]
    fn holds_the_line_and_its_neighbours() {
        let (it, spans) = excerpt("a\nb\nccc\nd\ne\n", &[(4, 6)], 80);
        assert_eq!(it.text, "b\nccc\nd\n");
        assert_eq!((spans[0].offset(), spans[0].len()), (2, 2));
    }

    #[test]
    fn a_long_line_is_cut_around_its_labels() {
        let line = format!("{}HERE{}THERE{}", "x".repeat(70_000), "y".repeat(900), "z".repeat(900));
        let (it, spans) = excerpt(&line, &[(70_000, 70_004), (70_904, 70_909)], 80);
        assert!(it.text.chars().count() < 120, "{}", it.text);
        let text = |span: &SourceSpan| &it.text[span.offset()..span.offset() + span.len()];
        assert_eq!(text(&spans[0]), "HERE");
        assert_eq!(text(&spans[1]), "THERE");
        let header = it.read_span(&spans[1], 0, 0).unwrap();
        assert_eq!((header.line(), header.column()), (0, 70_904));
    }

    #[test]
    fn a_span_within_another_keeps_its_own_place() {
        let (it, spans) = excerpt("x = try(each.value.a, [])\n", &[(4, 25), (8, 20), (8, 18)], 80);
        let text = |span: &SourceSpan| &it.text[span.offset()..span.offset() + span.len()];
        assert_eq!(spans.iter().map(text).collect::<Vec<_>>(), ["try(", ".a", "each.value"]);
    }

    #[test]
    fn what_a_terminal_would_obey_is_replaced() {
        let (it, _) = excerpt("\u{1b}[31m\u{202e}x\u{7}", &[(0, 1)], 80);
        assert!(!it.text.contains(['\u{1b}', '\u{202e}', '\u{7}']));
    }

    #[test]
    fn a_span_of_several_lines_is_shown_by_its_first() {
        let (it, spans) = excerpt("{\n  \"a\": [\n 1 ]\n}\n", &[(9, 15)], 80);
        let span = &spans[0];
        assert_eq!(&it.text[span.offset()..span.offset() + span.len()], "\"a\": [");
        let header = it.read_span(span, 0, 0).unwrap();
        assert_eq!((header.line(), header.column()), (1, 7), "it starts where it starts");
        for (text, label, shown) in [
            ("{\n  \"b\": {\"a\": [\n 1 ]}\n}\n", (15, 20), "\"a\": ["),
            ("x = f(a, [\n  1])\n", (9, 14), "["),
            ("x = {\n}\n", (4, 7), "x = {"),
            ("x = [1,\n  2]\n", (4, 12), "[1,"),
            ("[\n1]", (0, 4), "["),
        ] {
            let (it, spans) = excerpt(text, &[label], 80);
            assert_eq!(&it.text[spans[0].offset()..spans[0].offset() + spans[0].len()], shown, "{text:?}");
        }
    }

    #[test]
    fn a_span_within_a_character_is_shown_from_its_start() {
        let (it, spans) = excerpt("xäöy", &[(2, 4)], 80);
        let span = &spans[0];
        assert_eq!(&it.text[span.offset()..span.offset() + span.len()], "ä");
    }

    #[test]
    fn a_span_at_the_end_of_the_file_is_shown() {
        for text in ["", "ab", "ab\n"] {
            let (it, spans) = excerpt(text, &[(text.len(), text.len())], 80);
            assert!(it.read_span(&spans[0], 1, 1).is_ok(), "{text:?}");
        }
    }
}
