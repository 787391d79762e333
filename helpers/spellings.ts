/** A text in the forms in which it might lie somewhere: as it is, Base64, hexadecimal, escaped for JSON. */
export function spellings(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const escaped = [...bytes].map((byte) => `\\u${byte.toString(16).padStart(4, '0')}`).join('');
  return [text, base64, bytes.toString('base64url'), bytes.toString('hex'), JSON.stringify(text).slice(1, -1), escaped];
}

/** Those of the forms that a document holds, anywhere. */
export function spelt(text: string, document: object): string[] {
  const whole = JSON.stringify(document).toLowerCase();
  return spellings(text).filter((form) => whole.includes(form.toLowerCase()));
}
