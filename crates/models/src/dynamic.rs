//! State-space models that update after each match in constant time.
