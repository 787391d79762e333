import { redact, secretsOf } from './report/redact';

/** The start of a text. Secrets are replaced before: the part of one would not be found later. */
export function shortened(whole: string, most: number): string {
  const text = redact(whole, secretsOf(process.env));
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}
