//! Records of JSON read as they come, without a tree of values. A field of another kind than asked for counts as absent and
//! an unknown one is passed over, as providers change their answers without notice; only bytes that are no JSON are an error.

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// What may stand between values.
pub(crate) const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// What can be made of any JSON value: of the kinds that it does not name, its default.
pub(crate) trait Shape<'a>: Default {
    /// Of a text, a number, a flag or null.
    fn scalar(_: Scalar<'a>) -> Self {
        Self::default()
    }

    /// Of a list.
    fn list<A: SeqAccess<'a>>(mut elements: A) -> Result<Self, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    /// Of an object, with [`next_field`].
    fn object<A: MapAccess<'a>>(mut fields: A) -> Result<Self, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// A single value.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) enum Scalar<'a> {
    /// Absent, null, or no single value.
    #[default]
    Absent,
    Text(Cow<'a, str>),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

impl Scalar<'_> {
    /// A text.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A number.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl<'a> Shape<'a> for Scalar<'a> {
    fn scalar(value: Self) -> Self {
        value
    }
}

/// The elements of a list; `None` where it is no list.
impl<'a, T: Shape<'a>> Shape<'a> for Option<Vec<T>> {
    fn list<A: SeqAccess<'a>>(mut elements: A) -> Result<Self, A::Error> {
        let mut list = Vec::new();
        while let Some(Read(element)) = elements.next_element()? {
            list.push(element);
        }
        Ok(Some(list))
    }
}

/// The name of an object's next field.
pub(crate) fn next_field<'a, A: MapAccess<'a>>(fields: &mut A) -> Result<Option<Cow<'a, str>>, A::Error> {
    Ok(fields.next_key::<Read<Scalar<'a>>>()?.map(|Read(name)| match name {
        Scalar::Text(name) => name,
        _ => Cow::Borrowed(""),
    }))
}

/// The value of the field that was named last. Each has to be taken.
pub(crate) fn value<'a, T: Shape<'a>, A: MapAccess<'a>>(fields: &mut A) -> Result<T, A::Error> {
    fields.next_value().map(|Read(value)| value)
}

/// Passes the value of the field over that was named last.
pub(crate) fn skip<'a, A: MapAccess<'a>>(fields: &mut A) -> Result<(), A::Error> {
    fields.next_value::<IgnoredAny>().map(|_| ())
}

/// Reads a shape of a whole text.
pub(crate) fn read<'a, T: Shape<'a>>(text: &'a str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text).map(|Read(shape)| shape)
}

/// Reads a shape of the first value of a text: the value's own text, the shape, and what stands behind.
pub(crate) fn first<'a, T: Shape<'a>>(text: &'a str) -> Result<(&'a str, T, &'a str), serde_json::Error> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Read<T>>();
    let Some(first) = values.next() else { return Err(serde_json::Error::custom("a value is missing")) };
    let Read(shape) = first?;
    let (value, rest) = text.split_at(values.byte_offset());
    Ok((value.trim_start_matches(BLANKS), shape, rest))
}

/// Single values as an object, for people who look at what could not be used; absent ones are left out.
pub(crate) fn shown(fields: &[(&str, &Scalar<'_>)]) -> String {
    let text = |value: &Scalar<'_>| match value {
        Scalar::Absent => None,
        Scalar::Text(text) => Some(format!("{text:?}")),
        Scalar::Whole(whole) => Some(whole.to_string()),
        Scalar::Number(number) => Some(number.to_string()),
        Scalar::Flag(flag) => Some(flag.to_string()),
    };
    let fields = fields.iter().filter_map(|(name, value)| Some(format!("{name:?}: {}", text(value)?)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

struct Read<T>(T);

impl<'de, T: Shape<'de>> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shaped(PhantomData)).map(Self)
    }
}

struct Shaped<T>(PhantomData<T>);

impl<'de, T: Shape<'de>> Visitor<'de> for Shaped<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::scalar(Scalar::Absent))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        Ok(T::scalar(Scalar::Flag(flag)))
    }

    fn visit_i64<E: Error>(self, whole: i64) -> Result<T, E> {
        Ok(T::scalar(Scalar::Whole(whole)))
    }

    fn visit_u64<E: Error>(self, whole: u64) -> Result<T, E> {
        Ok(T::scalar(i64::try_from(whole).map_or(Scalar::Number(whole as f64), Scalar::Whole)))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        Ok(T::scalar(Scalar::Number(number)))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<T, E> {
        Ok(T::scalar(Scalar::Text(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::scalar(Scalar::Text(Cow::Owned(text.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<T, A::Error> {
        T::list(elements)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::object(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq)]
    struct Pair<'a> {
        name: Scalar<'a>,
        more: Option<Vec<Pair<'a>>>,
    }

    impl<'a> Shape<'a> for Pair<'a> {
        fn object<A: MapAccess<'a>>(mut fields: A) -> Result<Self, A::Error> {
            let mut pair = Self::default();
            while let Some(name) = next_field(&mut fields)? {
                match &*name {
                    "name" => pair.name = value(&mut fields)?,
                    "more" => pair.more = value(&mut fields)?,
                    _ => skip(&mut fields)?,
                }
            }
            Ok(pair)
        }
    }

    #[test]
    fn other_kinds_and_unknown_fields_count_as_absent() {
        let read = |text| read::<Pair<'_>>(text).unwrap();
        let of = |name| Pair { name, more: None };
        assert_eq!(read(r#"{"name": "a\n", "x": [1, {}]}"#), of(Scalar::Text("a\n".into())));
        assert_eq!(read(r#"{"name": 3}"#), of(Scalar::Whole(3)));
        assert_eq!(
            read(r#"{"name": 18446744073709551615}"#),
            of(Scalar::Number(18_446_744_073_709_551_615.0))
        );
        assert_eq!(read(r#"{"name": {"name": 2}, "more": "none"}"#), Pair::default());
        assert_eq!(read(r#"{"name": 1, "name": [2]}"#), Pair::default(), "the last counts");
        for other in ["null", "1.5", "[{}, 2]", "\"text\"", "true"] {
            assert_eq!(read(other), Pair::default(), "{other}");
        }
        let more = read(r#"{"more": [{"name": true}, 7]}"#).more.unwrap();
        assert_eq!(more, [of(Scalar::Flag(true)), Pair::default()]);
    }

    #[test]
    fn the_first_value_of_a_text_comes_with_its_own_text() {
        let (value, pair, rest) = first::<Pair<'_>>(r#" {"name": 1} , {"name": 2}]"#).unwrap();
        assert_eq!(
            (value, pair, rest),
            (r#"{"name": 1}"#, Pair { name: Scalar::Whole(1), more: None }, r#" , {"name": 2}]"#)
        );
        assert_eq!(first::<Pair<'_>>("7,").unwrap().2, ",");
        for text in ["", "  ", ",", "{"] {
            assert!(first::<Pair<'_>>(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        for text in ["", "{", r#"{"name": 1,}"#, r#"{"x": [1"#, r#"{"name": "\ud800"}"#, "{} 1", "{1: 2}"] {
            assert!(read::<Pair<'_>>(text).is_err(), "{text}");
        }
        assert!(read::<Pair<'_>>(&format!("{}1", "{\"more\": [".repeat(10_000))).is_err(), "too deep");
    }
}
