//! Hashes of texts and of files.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use uuid::Uuid;

use super::{Context, functions, text};
use crate::model::Why;
use crate::terraform::value::{Evaluated, Value};

functions! {
    "base64sha256" 1..1, Whole, |cx, it| Ok(cx.text(STANDARD.encode(Sha256::digest(text(&it[0])?.as_bytes()))));
    "base64sha512" 1..1, Whole, |cx, it| Ok(cx.text(STANDARD.encode(Sha512::digest(text(&it[0])?.as_bytes()))));
    "filebase64sha256" 1..1, Whole, |cx, it| Ok(cx.text(STANDARD.encode(Sha256::digest(bytes(cx, it)?))));
    "filebase64sha512" 1..1, Whole, |cx, it| Ok(cx.text(STANDARD.encode(Sha512::digest(bytes(cx, it)?))));
    "filemd5" 1..1, Whole, |cx, it| Ok(cx.text(hex(&Md5::digest(bytes(cx, it)?))));
    "filesha1" 1..1, Whole, |cx, it| Ok(cx.text(hex(&Sha1::digest(bytes(cx, it)?))));
    "filesha256" 1..1, Whole, |cx, it| Ok(cx.text(hex(&Sha256::digest(bytes(cx, it)?))));
    "filesha512" 1..1, Whole, |cx, it| Ok(cx.text(hex(&Sha512::digest(bytes(cx, it)?))));
    "md5" 1..1, Whole, |cx, it| Ok(cx.text(hex(&Md5::digest(text(&it[0])?.as_bytes()))));
    "sha1" 1..1, Whole, |cx, it| Ok(cx.text(hex(&Sha1::digest(text(&it[0])?.as_bytes()))));
    "sha256" 1..1, Whole, |cx, it| Ok(cx.text(hex(&Sha256::digest(text(&it[0])?.as_bytes()))));
    "sha512" 1..1, Whole, |cx, it| Ok(cx.text(hex(&Sha512::digest(text(&it[0])?.as_bytes()))));
    "uuidv5" 2..2, Whole, uuid;
}

fn bytes<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Result<Vec<u8>, Why> {
    cx.evaluator.bytes(&text(&it[0])?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, it| {
        let _ = write!(text, "{it:02x}");
        text
    })
}

fn uuid<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let space = text(&it[0])?;
    let space = match space.as_ref() {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other).map_err(|_| Why::WrongType)?,
    };
    Ok(cx.text(Uuid::new_v5(&space, text(&it[1])?.as_bytes()).to_string()))
}
