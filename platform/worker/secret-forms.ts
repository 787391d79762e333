/** Shorter texts are everywhere: to mask them would hide what nobody keeps secret. */
const LEAST_CHARACTERS = 4;
/** Of Base64 in the middle of something larger, what is the same wherever it begins. Shorter parts are found by chance. */
const LEAST_BASE64 = 6;

/** A secret in each form in which programs print it: plain, Base64, hexadecimal, escaped for URLs, for JSON. */
export function formsOf(secret: string): string[] {
  if (secret.length < LEAST_CHARACTERS) return [];
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const trimmed = secret.trim();
  return [
    secret,
    ...(trimmed.length >= LEAST_CHARACTERS ? [trimmed] : []),
    ...base64(bytes),
    ...[hex, hex.toUpperCase()],
    ...url(secret),
    ...json(secret),
  ];
}

function base64(bytes: Buffer): string[] {
  const whole = bytes.toString('base64');
  const found = [whole, whole.replace(/=+$/, ''), ...[0, 1, 2].map((offset) => middle(bytes, offset))];
  const long = found.filter((form) => form.length >= LEAST_BASE64);
  return [...long, ...long.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** The digits that depend on these bytes alone when so many bytes (modulo 3) come before them. */
function middle(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

function url(secret: string): string[] {
  const component = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '\uFFFD'));
  const strict = component.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [component, strict, strict.replaceAll('%2F', '/')];
  const spaced = forms.map((form) => form.replaceAll('%20', '+'));
  const all = [...forms, ...spaced];
  return [...all, ...all.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

function json(secret: string): string[] {
  const plain = JSON.stringify(secret).slice(1, -1);
  const ascii = plain.replace(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [plain, ascii, plain.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/')];
}
