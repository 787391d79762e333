/** The name of an HTTP header (RFC 9110). */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export const isHeaderName = (name: string): boolean => HEADER_NAME.test(name);

/** False for a line break and other characters that no header may have. */
export const isHeaderValue = (value: string): boolean => HEADER_VALUE.test(value);
