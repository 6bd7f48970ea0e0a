//! Readers of each source: bytes in, records and rejections out.
