//! XML as messages use it, and no more of it: elements, text, few attributes. Everything is bounded, and what a
//! message has no need of, such as a document type with entities of its own, is refused.

mod element;
mod name;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

pub(crate) use self::element::Element;
use self::name::is_name;
use crate::refusal::Refusal;
use crate::shown::shown;

/// The largest message: 1,000 transactions with what they usually say have a quarter of it.
pub const MESSAGE_BYTES_MAX: usize = 4 << 20;
/// Elements within elements; those that are read are 7 deep.
pub(crate) const DEPTH_MAX: usize = 32;
/// Elements of a message: a hundred for each transaction, a rich one has forty.
pub(crate) const ELEMENTS_MAX: usize = 100_000;
/// Attributes of one element: a message has one of its own, its root some that name schemas.
pub(crate) const ATTRIBUTES_MAX: usize = 8;

impl Element {
    /// Reads a document and returns its root.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let fault = |fault: &str| Refusal::Malformed {
            line: 1,
            fault: fault.to_owned(),
        };
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(fault(&format!("it is longer than {MESSAGE_BYTES_MAX} bytes")));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| fault("it is not UTF-8"))?;
        Parser::new(text).read()
    }
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    /// How far lines were counted, and how many there were.
    counted: usize,
    line: u64,
    open: Vec<Element>,
    elements: usize,
    root: Option<Element>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.enable_all_checks(true);
        Self {
            reader,
            text,
            counted: 0,
            line: 1,
            open: Vec::new(),
            elements: 0,
            root: None,
        }
    }

    fn read(mut self) -> Result<Element, Refusal> {
        let mut first = true;
        loop {
            let event = self.reader.read_event();
            self.count_lines();
            let first = std::mem::replace(&mut first, false);
            match event.map_err(|error| self.fault(error.to_string()))? {
                Event::Start(start) => self.begin(&start)?,
                Event::End(_) => self.end()?,
                Event::Empty(_) => return Err(self.fault("an empty element was not expanded")),
                Event::Text(text) => self.add(&text.xml10_content())?,
                Event::CData(text) => self.add(&text.xml10_content())?,
                Event::GeneralRef(reference) => self.refer(&reference)?,
                Event::Decl(declaration) if first => self.declare(&declaration)?,
                Event::Decl(_) => return Err(self.fault("an XML declaration stands at the beginning only")),
                Event::Comment(_) => {}
                Event::PI(_) => return Err(self.fault("a message has no processing instructions")),
                Event::DocType(_) => {
                    return Err(self.fault("a message has no document type, and no entities of its own"));
                }
                Event::Eof => break,
            }
        }
        if let Some(element) = self.open.last() {
            return Err(self.fault(format!("{} has no end", element.name)));
        }
        self.root.take().ok_or_else(|| self.fault("it has no element"))
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), Refusal> {
        let name = start.name().into_inner();
        if !is_name(name) {
            return Err(self.fault(format!("no element is called {name:?}")));
        }
        if name.contains(':') {
            return Err(self.fault(format!(
                "{name} has a prefix: a message names its namespace once, as the default"
            )));
        }
        if self.root.is_some() {
            return Err(self.fault(format!("{name} stands after the end of the document")));
        }
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(self.fault(format!("it has more than {ELEMENTS_MAX} elements")));
        }
        if self.open.len() == DEPTH_MAX {
            return Err(self.fault(format!("elements are nested more than {DEPTH_MAX} deep")));
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.fault(error.to_string()))?;
            if attributes.len() == ATTRIBUTES_MAX {
                return Err(self.fault(format!("{name} has more than {ATTRIBUTES_MAX} attributes")));
            }
            let key = attribute.key.into_inner();
            if !is_name(key) {
                return Err(self.fault(format!("no attribute is called {key:?}")));
            }
            attributes.push((key.to_owned(), attribute.value.into_owned()));
        }
        let element = Element {
            name: name.to_owned(),
            line: self.line,
            attributes,
            text: String::new(),
            children: Vec::new(),
        };
        if let (Some(root), Some(namespace)) = (self.open.first(), element.attribute("xmlns"))
            && root.attribute("xmlns") != Some(namespace)
        {
            return Err(self.fault(format!(
                "{name} has a namespace of its own: all of a message is of one"
            )));
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refusal> {
        let Some(element) = self.open.pop() else {
            return Err(self.fault("an element ends that did not begin"));
        };
        if !element.children.is_empty() && !element.text.trim().is_empty() {
            return Err(element.invalid("it holds text between its elements"));
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn add(&mut self, text: &str) -> Result<(), Refusal> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(self.fault("there is text outside of the document")),
        }
        Ok(())
    }

    /// A character by its number, or one of the five that every XML has.
    fn refer(&mut self, reference: &BytesRef<'_>) -> Result<(), Refusal> {
        let character = reference.resolve_char_ref();
        if let Some(character) = character.map_err(|error| self.fault(error.to_string()))? {
            return self.add(character.encode_utf8(&mut [0; 4]));
        }
        match resolve_predefined_entity(reference) {
            Some(text) => self.add(text),
            None => Err(self.fault("it names an entity that it cannot have declared")),
        }
    }

    fn declare(&self, declaration: &BytesDecl<'_>) -> Result<(), Refusal> {
        match declaration.encoding() {
            Some(Ok(encoding)) if !encoding.eq_ignore_ascii_case("utf-8") => {
                Err(self.fault("a message is UTF-8"))
            }
            Some(Err(error)) => Err(self.fault(error.to_string())),
            _ => Ok(()),
        }
    }

    /// Counts the lines up to where the reader is, each byte once.
    fn count_lines(&mut self) {
        let position = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let read = self
            .text
            .as_bytes()
            .get(self.counted..position)
            .unwrap_or_default();
        self.line += read.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = self.counted.max(position);
    }

    fn fault(&self, fault: impl Into<String>) -> Refusal {
        Refusal::Malformed {
            line: self.line,
            fault: shown(&fault.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, Element, MESSAGE_BYTES_MAX};

    fn fault(text: &str) -> String {
        Element::read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn text_is_read_as_it_is_meant() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b='c'><!-- d --><e>R&amp;D &#38; <![CDATA[<x>]]></e><f/></a>\n";
        let root = Element::read(text.as_bytes()).unwrap();
        assert_eq!((root.name(), root.attribute("b")), ("a", Some("c")));
        assert_eq!(root.one("e").unwrap().text(20).unwrap(), "R&D & <x>");
        assert!(root.one("f").unwrap().text(20).is_err());
        // The namespace may be said again, and a mark of the byte order stand before everything.
        let text = "\u{feff}<?xml version='1.0'?><a xmlns='n'><b xmlns='n'/></a>";
        assert!(Element::read(text.as_bytes()).unwrap().one("b").is_ok());
    }

    #[test]
    fn what_is_not_well_formed_is_refused_with_its_line() {
        for (text, expected) in [
            ("", "no element"),
            ("\n\n", "no element"),
            ("text", "outside"),
            ("<a>\n<b>\n</a>", "line 3"),
            ("<a>", "a has no end"),
            ("<a></a></a>", "line 1"),
            ("<a/><b/>", "after the end"),
            ("<a/>text", "outside"),
            ("<a>text<b/></a>", "between"),
            ("<a b='1' b='2'/>", "line 1"),
            ("<a>&none;</a>", "entity"),
            ("<a>&#0;</a>", "line 1"),
            ("<a>& </a>", "line 1"),
            ("<x:a xmlns:x='y'/>", "prefix"),
            (
                "<a>\n<\u{1b}[2J/></a>",
                "line 2: no element is called \"\\u{1b}[2J\"",
            ),
            ("<a\u{202e}/>", "no element is called \"a\\u{202e}\""),
            ("<a \u{9b}2J='1'/>", "no attribute is called"),
            ("<a></a\u{1b}>", "\\u{1b}"),
            (
                "<a xmlns='n'>\n<b><c xmlns='o'/></b></a>",
                "line 2: c has a namespace",
            ),
            ("<a xmlns='n'><b xmlns=''/></a>", "namespace"),
            ("<a><b xmlns='n'/></a>", "namespace"),
            ("<a><?xml version='1.0'?></a>", "declaration"),
            ("<a/><?xml version='1.0'?>", "declaration"),
            (" <?xml version='1.0'?><a/>", "declaration"),
            ("<?xml version='1.0'?><?xml version='1.0'?><a/>", "declaration"),
            ("<?xml-stylesheet href='x'?><a/>", "processing"),
            ("<?xml version='1.0' encoding='UTF-16'?><a/>", "UTF-8"),
            ("<!DOCTYPE a><a/>", "document type"),
            ("<a>\u{1}</a>\u{0}", "outside"),
        ] {
            assert!(fault(text).contains(expected), "{text:?}: {}", fault(text));
        }
        assert!(Element::read(&[0xff]).is_err());
    }

    #[test]
    fn everything_is_bounded() {
        let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(Element::read(deep(DEPTH_MAX).as_bytes()).is_ok());
        assert!(fault(&deep(DEPTH_MAX + 1)).contains("deep"));
        assert!(fault(&"<a>".repeat(MESSAGE_BYTES_MAX / 3)).contains("deep"));
        assert!(fault(&format!("<a>{}</a>", "<b/>".repeat(ELEMENTS_MAX))).contains("elements"));
        assert!(fault(&"\n".repeat(MESSAGE_BYTES_MAX + 1)).contains("bytes"));
        let attributes = |count: usize| (0..count).map(|n| format!(" a{n}=''")).collect::<String>();
        assert!(Element::read(format!("<a{}/>", attributes(ATTRIBUTES_MAX)).as_bytes()).is_ok());
        assert!(fault(&format!("<a{}/>", attributes(300_000))).contains("attributes"));
    }
}
