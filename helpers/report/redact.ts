const MARK = '***';
/** Shorter values would also be found in ordinary words. */
const SHORTEST_SECRET = 6;

/** A JSON web token, and the password of a URL. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, MARK],
  [/(\w:\/\/[^\s:/@]*:)[^\s/@]+(?=@)/g, `$1${MARK}`],
];

/** Variables of an environment whose values are secrets by their names. */
const SECRET_NAME = /(PASSWORD|SECRET|TOKEN|API_KEY|ENCRYPTION_KEY|CREDENTIALS?)$/;

/** The values of an environment that no report may contain. */
export const secretsOf = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(env).flatMap(([name, value]) => (SECRET_NAME.test(name) && value ? [value] : []));

/**
 * Replaces each secret, any web token and any password in a URL. Of a secret of several lines also
 * each line: a text may contain them indented, escaped, or without the others.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const values = secrets.flatMap(withLines).filter((secret) => secret.length >= SHORTEST_SECRET);
  const longestFirst = [...values].sort((left, right) => right.length - left.length);
  const redacted = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, MARK), text);
  return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), redacted);
}

const withLines = (secret: string): string[] => [secret, ...secret.split(/[\r\n]+/).map((line) => line.trim())];
