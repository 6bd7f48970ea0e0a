//! Goal models: from past scores to the joint distribution of both sides' goals.
