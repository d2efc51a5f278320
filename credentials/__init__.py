"""One credential in, one verdict out: securing mechanisms and accreditation; no I/O."""
