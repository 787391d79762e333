import { SECRET_PATTERNS } from './patterns';

/** A line of a file, by its number from 1 on. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
}

export interface FoundSecret {
  readonly line: number;
  readonly kind: string;
  /** The secret itself: for a fingerprint, and never to be printed. */
  readonly secret: string;
}

/** Every secret in the lines. A text that two patterns match is found once, as the first one. */
export const findSecrets = (lines: readonly TextLine[]): FoundSecret[] =>
  lines.flatMap(({ line, text }) => secretsIn(text).map((found) => ({ line, ...found })));

/** A line of a log or a JSON document: without colours and escaped quotes and line ends. */
const plain = (text: string): string =>
  text.replace(/(?:\p{Cc}|\\u001b)\[[\d;]*m|\\[nrt]/gu, ' ').replace(/\\(["'])/g, '$1');

function secretsIn(line: string): Omit<FoundSecret, 'line'>[] {
  const text = plain(line);
  const found: { kind: string; secret: string; from: number; to: number }[] = [];
  for (const { kind, expression, accept } of SECRET_PATTERNS) {
    for (const match of text.matchAll(expression)) {
      const secret = match.groups!.secret!;
      const from = match.index + match[0].lastIndexOf(secret);
      const to = from + secret.length;
      const isKnown = found.some((other) => from < other.to && other.from < to);
      if (!isKnown && (accept?.(secret) ?? true)) found.push({ kind, secret, from, to });
    }
  }
  return found.map(({ kind, secret }) => ({ kind, secret }));
}
