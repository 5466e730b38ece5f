//! Texts with gaps: of a text that is made of parts, those parts that are known.
//!
//! `https://${var.host}/oauth2/default` names a server although nobody knows its
//! host. What is not known is marked in the text, and the text stays one, so that
//! it can be encoded, decoded and parsed like any other.

/// Stands before and after what is known of a gap: "object replacement
/// character", which stands for what no text can hold.
const MARK: char = '\u{fffc}';

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// It is this.
    Text(&'t str),
    /// It is not known.
    Gap,
    /// It is an attribute of an object of Terraform. Quotes in the address are
    /// single ones, so that texts that hold one can be put in quotes.
    Edge {
        /// The address.
        address: &'t str,
        /// The attribute.
        attribute: &'t str,
    },
}

/// A gap, as a text.
pub fn gap() -> String {
    [MARK, MARK].iter().collect()
}

/// A gap that is an attribute of an object, as a text.
pub fn edge(address: &str, attribute: &str) -> String {
    format!("{MARK}{} {attribute}{MARK}", address.replace('"', "'"))
}

/// Whether there is a gap in a text.
pub fn has_gaps(text: &str) -> bool {
    text.contains(MARK)
}

/// The parts of a text, in order.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (index, part) in text.split(MARK).enumerate() {
        if index % 2 == 0 {
            pieces.extend((!part.is_empty()).then_some(Piece::Text(part)));
        } else {
            let edge = part.rsplit_once(' ');
            pieces.push(edge.map_or(Piece::Gap, |(address, attribute)| Piece::Edge { address, attribute }));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        let text = format!("a{}b{}", gap(), edge("module.m[\"k\"].okta_auth_server.x", "id"));
        let address = "module.m['k'].okta_auth_server.x";
        let wanted =
            [Piece::Text("a"), Piece::Gap, Piece::Text("b"), Piece::Edge { address, attribute: "id" }];
        assert_eq!(pieces(&text), wanted);
        assert_eq!(pieces("whole"), [Piece::Text("whole")]);
        assert!(has_gaps(&text) && !has_gaps("whole"));
    }
}
