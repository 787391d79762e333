import type { Json } from '../../../contract/json';
import type { ByteAutomaton } from '../../core/secrets/byte-automaton';
import { PatternSet } from '../../core/secrets/pattern-set';
import { MASK, PASS_THROUGH, createMaskingFilter, type OutputFilter } from './output-filter';
import { guardRedaction } from './redaction-fault';
import { secretForms } from './secret-forms';

/** Longer texts are redacted in parts, so that the copies of them stay small. */
const PART_BYTES = 64 * 1_024;

/** Masks the secrets of one attempt in all of its output. */
export class Redactor {
  /** Finds every form of every secret; null: there is none. */
  private readonly automaton: ByteAutomaton | null;
  private isMasked = false;

  /**
   * `secrets`: any values; their strings of 4 characters or more are masked in all `secretForms`.
   * Throws RedactionFault.
   */
  constructor(secrets: readonly Json[]) {
    this.automaton = guardRedaction(() => buildAutomaton(secrets));
  }

  /** Whether a secret was masked so far. */
  get hasMasked(): boolean {
    return this.isMasked;
  }

  /** Throws RedactionFault. */
  redactText(text: string): string {
    const { automaton } = this;
    return automaton === null ? text : guardRedaction(() => this.mask(text, automaton));
  }

  /**
   * Masks strings at any depth, member names too, and numbers that equal a secret. Throws
   * RedactionFault.
   */
  redactValue<T extends Json>(value: T): T {
    const { automaton } = this;
    return automaton === null ? value : (guardRedaction(() => this.redactJson(value, automaton)) as T);
  }

  createFilter(): OutputFilter {
    return this.automaton === null ? PASS_THROUGH : createMaskingFilter(this.automaton, () => (this.isMasked = true));
  }

  private redactJson(value: Json, automaton: ByteAutomaton): Json {
    if (typeof value === 'string') return this.mask(value, automaton);
    if (typeof value === 'number') return this.maskNumber(value, automaton);
    if (Array.isArray(value)) return value.map((member) => this.redactJson(member, automaton));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [this.mask(name, automaton), this.redactJson(member, automaton)]),
    );
  }

  private mask(text: string, automaton: ByteAutomaton): string {
    const masked = maskText(text, automaton);
    this.isMasked ||= masked !== null;
    return masked ?? text;
  }

  private maskNumber(value: number, automaton: ByteAutomaton): Json {
    if (maskText(String(value), automaton) !== MASK) return value;
    this.isMasked = true;
    return MASK;
  }
}

/** Null: the text contains no secret. */
function maskText(text: string, automaton: ByteAutomaton): string | null {
  const bytes = Buffer.from(text);
  if (!automaton.matchesIn(bytes)) return null;
  const filter = createMaskingFilter(automaton, () => undefined);
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += PART_BYTES)
    parts.push(filter.push(bytes.subarray(start, start + PART_BYTES)));
  parts.push(filter.end());
  return Buffer.concat(parts).toString();
}

function buildAutomaton(secrets: readonly Json[]): ByteAutomaton | null {
  const texts = new Set<string>();
  for (const secret of secrets) collectStrings(secret, texts);
  const patterns = new PatternSet();
  let count = 0;
  for (const text of texts) {
    for (const form of secretForms(text)) {
      patterns.add(form.head, form.length);
      count++;
    }
  }
  return count === 0 ? null : patterns.buildAutomaton();
}

function collectStrings(value: Json, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) collectStrings(member, texts);
}
