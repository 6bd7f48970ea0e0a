//! Odds: conversion, margins and what prices imply.
