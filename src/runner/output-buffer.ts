/** Size of a read: the capacity of a pipe on Linux (pipe(7)). */
export const OUTPUT_BUFFER_BYTES = 64 * 1024;

/**
 * The output of all jobs is read into this buffer, so that memory stays flat. A callback must not use the bytes after it
 * returns.
 */
export const outputBuffer = Buffer.allocUnsafeSlow(OUTPUT_BUFFER_BYTES);
