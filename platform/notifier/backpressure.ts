/** Bytes that may wait for one client; a client with more is disconnected. */
export const MAX_BUFFERED_BYTES = 1_024 * 1_024;
/** How long the oldest unsent message may wait for its client, ms. */
export const MAX_SEND_DELAY_MS = 10_000;

/** A client that is slow is waited for a little before it is disconnected. */
export const isSlow = (bufferedBytes: number): boolean => bufferedBytes > MAX_BUFFERED_BYTES / 4;
