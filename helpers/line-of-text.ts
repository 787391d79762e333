import { stripVTControlCharacters } from 'node:util';
import { redact, secretsOf } from './report/redact';

/**
 * The first line that is not blank. Secrets are replaced before: the part of one in this line
 * would not be found later.
 */
export const firstLine = (text: string): string => linesOf(text)[0]!;

/** The same, the last one. */
export const lastLine = (text: string): string => linesOf(text).at(-1)!;

const linesOf = (text: string): string[] =>
  redact(stripVTControlCharacters(text), secretsOf(process.env))
    .trim()
    .split('\n')
    .map((line) => line.trim());
