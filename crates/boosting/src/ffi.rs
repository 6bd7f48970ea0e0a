//! Safe handles over LightGBM's C interface; the only unsafe code of the crate.
//!
//! A [`NativeDataset`] and a [`NativeBooster`] are freed on drop; a booster borrows the datasets that the library
//! goes on reading. The library copies everything else it is given during the call.
#![expect(unsafe_code, reason = "calls into LightGBM's C library")]

#[cfg(test)]
pub(crate) mod peer;

use std::ffi::{CStr, CString, c_char, c_int};
use std::marker::PhantomData;
use std::ptr;

use lightgbm3_sys as sys;

use crate::{Layout, Matrix};

/// An error that LightGBM itself reports; input is checked before, so this names a setting or a lack of memory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("LightGBM failed in {call}: {message}")]
pub struct NativeError {
    /// The C function.
    pub call: &'static str,
    /// LightGBM's own words.
    pub message: String,
}

fn checked(call: &'static str, code: c_int) -> Result<(), NativeError> {
    if code == 0 {
        return Ok(());
    }
    // SAFETY: the library returns a NUL-terminated buffer that this thread owns until its next failing call.
    let message = unsafe { CStr::from_ptr(sys::LGBM_GetLastError()) }.to_string_lossy().into_owned();
    Err(NativeError { call, message })
}

fn length(len: usize) -> c_int {
    // Matrix and Dataset bound every length by i32::MAX; the library refuses a wrong number.
    c_int::try_from(len).unwrap_or(-1)
}

/// Binned features with their labels inside the library.
pub(crate) struct NativeDataset {
    handle: sys::DatasetHandle,
}

impl NativeDataset {
    /// Bins a matrix, by the bins of `reference` if there is one.
    pub(crate) fn new(
        matrix: &Matrix<'_>,
        parameters: &CStr,
        reference: Option<&Self>,
    ) -> Result<Self, NativeError> {
        let mut handle = ptr::null_mut();
        // SAFETY: the values hold rows x columns f32 in the stated layout (an invariant of Matrix), the library
        // copies them; the reference handle is valid while borrowed; `handle` is written on success alone.
        let code = unsafe {
            sys::LGBM_DatasetCreateFromMat(
                matrix.values().as_ptr().cast(),
                sys::C_API_DTYPE_FLOAT32 as c_int,
                length(matrix.rows()),
                length(matrix.columns()),
                c_int::from(matrix.layout() == Layout::RowMajor),
                parameters.as_ptr(),
                reference.map_or(ptr::null_mut(), |dataset| dataset.handle),
                &raw mut handle,
            )
        };
        checked("LGBM_DatasetCreateFromMat", code)?;
        Ok(Self { handle })
    }

    /// Sets `label` or `weight`.
    pub(crate) fn set_f32(&mut self, field: &CStr, values: &[f32]) -> Result<(), NativeError> {
        // SAFETY: the handle is valid until drop; pointer, length and type describe one slice, which is copied.
        let code = unsafe {
            sys::LGBM_DatasetSetField(
                self.handle,
                field.as_ptr(),
                values.as_ptr().cast(),
                length(values.len()),
                sys::C_API_DTYPE_FLOAT32 as c_int,
            )
        };
        checked("LGBM_DatasetSetField", code)
    }

    /// Sets `init_score`: all rows of output 0, then of output 1, ...
    pub(crate) fn set_f64(&mut self, field: &CStr, values: &[f64]) -> Result<(), NativeError> {
        // SAFETY: as in set_f32.
        let code = unsafe {
            sys::LGBM_DatasetSetField(
                self.handle,
                field.as_ptr(),
                values.as_ptr().cast(),
                length(values.len()),
                sys::C_API_DTYPE_FLOAT64 as c_int,
            )
        };
        checked("LGBM_DatasetSetField", code)
    }

    /// Names the columns, in order.
    pub(crate) fn set_feature_names(&mut self, names: &[CString]) -> Result<(), NativeError> {
        let mut pointers: Vec<*const c_char> = names.iter().map(|name| name.as_ptr()).collect();
        // SAFETY: the array and the NUL-terminated strings live through the call, which copies them.
        let code = unsafe {
            sys::LGBM_DatasetSetFeatureNames(self.handle, pointers.as_mut_ptr(), length(pointers.len()))
        };
        checked("LGBM_DatasetSetFeatureNames", code)
    }
}

impl Drop for NativeDataset {
    fn drop(&mut self) {
        // SAFETY: the handle came from the library and is freed once; boosters that read it borrow `self`.
        let _ = unsafe { sys::LGBM_DatasetFree(self.handle) };
    }
}

/// A training in progress.
pub(crate) struct NativeBooster<'data> {
    handle: sys::BoosterHandle,
    datasets: PhantomData<&'data NativeDataset>,
}

impl<'data> NativeBooster<'data> {
    /// Prepares a training on a dataset.
    pub(crate) fn new(train: &'data NativeDataset, parameters: &CStr) -> Result<Self, NativeError> {
        let mut handle = ptr::null_mut();
        // SAFETY: the dataset outlives the booster by the lifetime; `handle` is written on success alone.
        let code = unsafe { sys::LGBM_BoosterCreate(train.handle, parameters.as_ptr(), &raw mut handle) };
        checked("LGBM_BoosterCreate", code)?;
        Ok(Self { handle, datasets: PhantomData })
    }

    /// Adds a dataset that [`NativeBooster::validation_loss`] evaluates; call it once.
    pub(crate) fn add_validation(&mut self, data: &'data NativeDataset) -> Result<(), NativeError> {
        // SAFETY: both handles are valid, and the dataset outlives the booster by the lifetime.
        checked("LGBM_BoosterAddValidData", unsafe {
            sys::LGBM_BoosterAddValidData(self.handle, data.handle)
        })
    }

    /// Boosts one round; `false` when no tree can be split any further.
    pub(crate) fn update(&mut self) -> Result<bool, NativeError> {
        let mut finished = 0;
        // SAFETY: the handle is valid, `finished` lives through the call.
        let code = unsafe { sys::LGBM_BoosterUpdateOneIter(self.handle, &raw mut finished) };
        checked("LGBM_BoosterUpdateOneIter", code)?;
        Ok(finished == 0)
    }

    /// The objective's loss on the validation dataset.
    pub(crate) fn validation_loss(&self) -> Result<f64, NativeError> {
        const CALL: &str = "LGBM_BoosterGetEval";
        let mut metrics = 0;
        // SAFETY: the handle is valid, `metrics` lives through the call.
        let code = unsafe { sys::LGBM_BoosterGetEvalCounts(self.handle, &raw mut metrics) };
        checked(CALL, code)?;
        if metrics != 1 {
            return Err(NativeError { call: CALL, message: format!("{metrics} metrics, 1 expected") });
        }
        let mut loss = f64::NAN;
        // SAFETY: there is exactly one metric, so the library writes one f64; dataset 1 is the validation set.
        let code = unsafe { sys::LGBM_BoosterGetEval(self.handle, 1, &raw mut metrics, &raw mut loss) };
        checked(CALL, code)?;
        Ok(loss)
    }

    /// The first `rounds` rounds as LightGBM's model text.
    pub(crate) fn to_text(&self, rounds: usize) -> Result<String, NativeError> {
        const CALL: &str = "LGBM_BoosterSaveModelToString";
        let mut buffer: Vec<u8> = Vec::new();
        loop {
            let mut needed = 0;
            // SAFETY: the library writes at most `buffer_len` bytes, and the size it needs to `needed`.
            let code = unsafe {
                sys::LGBM_BoosterSaveModelToString(
                    self.handle,
                    0,
                    length(rounds),
                    sys::C_API_FEATURE_IMPORTANCE_SPLIT as c_int,
                    buffer.len() as i64,
                    &raw mut needed,
                    buffer.as_mut_ptr().cast(),
                )
            };
            checked(CALL, code)?;
            let needed = usize::try_from(needed).unwrap_or(0);
            if needed <= buffer.len() {
                buffer.truncate(needed);
                break;
            }
            buffer.resize(needed, 0);
        }
        buffer.pop(); // the closing NUL
        String::from_utf8(buffer).map_err(|error| NativeError { call: CALL, message: error.to_string() })
    }
}

impl Drop for NativeBooster<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle came from the library and is freed once, before the datasets it reads.
        let _ = unsafe { sys::LGBM_BoosterFree(self.handle) };
    }
}
