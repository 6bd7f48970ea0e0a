//! LightGBM's own inference, which tests compare the native one with.

use std::ffi::{CString, c_int};
use std::ptr;

use lightgbm3_sys as sys;

use super::{NativeError, checked, length};
use crate::{Layout, Matrix, gate};

/// What to predict.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Transformed,
    Raw,
    /// Per output, the contribution of each feature, then the base value.
    Contributions,
}

/// A model that LightGBM has loaded.
pub(crate) struct Peer {
    handle: sys::BoosterHandle,
}

impl Peer {
    pub(crate) fn from_text(text: &str) -> Result<Self, NativeError> {
        let text = CString::new(text).expect("model text holds no NUL");
        let (mut rounds, mut handle) = (0, ptr::null_mut());
        // SAFETY: the text is NUL-terminated and read during the call; both outputs live through it.
        let code =
            unsafe { sys::LGBM_BoosterLoadModelFromString(text.as_ptr(), &raw mut rounds, &raw mut handle) };
        checked("LGBM_BoosterLoadModelFromString", code)?;
        Ok(Self { handle })
    }

    pub(crate) fn predict(&self, matrix: &Matrix<'_>, kind: Kind) -> Result<Vec<f64>, NativeError> {
        let _pass = gate::enter(1);
        let kind = match kind {
            Kind::Transformed => sys::C_API_PREDICT_NORMAL,
            Kind::Raw => sys::C_API_PREDICT_RAW_SCORE,
            Kind::Contributions => sys::C_API_PREDICT_CONTRIB,
        } as c_int;
        let mut needed = 0;
        // SAFETY: the handle is valid until drop, `needed` lives through the call.
        let code = unsafe {
            sys::LGBM_BoosterCalcNumPredict(self.handle, length(matrix.rows()), kind, 0, -1, &raw mut needed)
        };
        checked("LGBM_BoosterCalcNumPredict", code)?;
        let mut out = vec![f64::NAN; needed as usize];
        // SAFETY: the values hold rows x columns f32 in the stated layout; `out` has the room that the library
        // has asked for.
        let code = unsafe {
            sys::LGBM_BoosterPredictForMat(
                self.handle,
                matrix.values().as_ptr().cast(),
                sys::C_API_DTYPE_FLOAT32 as c_int,
                length(matrix.rows()),
                length(matrix.columns()),
                c_int::from(matrix.layout() == Layout::RowMajor),
                kind,
                0,
                -1,
                c"num_threads=1".as_ptr(),
                &raw mut needed,
                out.as_mut_ptr(),
            )
        };
        checked("LGBM_BoosterPredictForMat", code)?;
        Ok(out)
    }

    /// Split counts, or gains, of the features.
    pub(crate) fn importances(&self, gains: bool, columns: usize) -> Result<Vec<f64>, NativeError> {
        let mut out = vec![f64::NAN; columns];
        // SAFETY: the library writes one f64 for each of the model's columns.
        let code = unsafe {
            sys::LGBM_BoosterFeatureImportance(self.handle, -1, c_int::from(gains), out.as_mut_ptr())
        };
        checked("LGBM_BoosterFeatureImportance", code)?;
        Ok(out)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // SAFETY: the handle came from the library and is freed once.
        let _ = unsafe { sys::LGBM_BoosterFree(self.handle) };
    }
}
