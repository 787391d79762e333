/**
 * Whether a request has more than one `Host` header, which is 400 (RFC 9112, 3.2): a proxy in
 * front may have used another one than this server would. `rawHeaders`: names and values in turn.
 */
export const hasRepeatedHost = (rawHeaders: readonly string[]): boolean =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length > 1;
