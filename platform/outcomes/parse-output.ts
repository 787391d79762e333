import { parseDocument } from 'yaml';
import type { OutputFormat } from '../../contract/actions';
import type { Json } from '../../contract/json';
import { keepNumbers } from '../../contract/json-text/exact-yaml';
import { parseExactJson } from '../../contract/json-text/parse-json-text';
import { isNestedTooDeeply } from '../../contract/text/yaml-nesting';
import { duplicateKeyOffset, resolveAliases } from '../../contract/text/yaml-nodes';
import { jsonProblem, MAX_DEPTH, problemAt, type OutputProblem } from './output-problem';

/**
 * YAML is parsed character by character: a larger text would block the worker's other attempts.
 */
const YAML_LIMIT_BYTES = 1_024 * 1_024;

/** The value of a program's output. */
export interface ParsedOutput {
  /** Undefined where the output stays a text. */
  readonly value: Json | undefined;
  /** What is not as the format promises; null: nothing. A part of the output may have a value. */
  readonly problem: OutputProblem | null;
}

/** Parses the output of a program that exited 0. Never throws. */
export function parseOutput(text: string, format: OutputFormat): ParsedOutput {
  if (text.trim() === '') return { value: undefined, problem: null };
  switch (format) {
    case 'text':
      return { value: undefined, problem: null };
    case 'json':
      return readJson(text);
    case 'yaml':
      return text.length > YAML_LIMIT_BYTES
        ? { value: undefined, problem: problemAt(text, 0, `it is larger than ${YAML_LIMIT_BYTES} bytes`) }
        : readYaml(text);
    case 'jsonl':
      return readLines(text.split('\n'));
  }
}

/** The whole text, else its last line. */
function readJson(text: string): ParsedOutput {
  const whole = parseJson(text);
  if (whole.problem === null) return whole;
  return { value: parseJson(lastLine(text)).value, problem: whole.problem };
}

/** The last line that is not blank, trimmed; empty when there is none. */
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)?.trim() ?? '';

/** The values of the lines that have one, and the first problem. */
function readLines(lines: readonly string[]): ParsedOutput {
  const values: Json[] = [];
  let first: OutputProblem | null = null;
  for (const [at, line] of lines.entries()) {
    const { value, problem } = parseJson(line);
    if (value !== undefined) values.push(value);
    if (problem === null || first !== null || line.trim() === '') continue;
    first = { line: at + 1, column: problem.column, found: problem.found, problem: problem.problem };
  }
  return { value: values, problem: first };
}

function parseJson(text: string): ParsedOutput {
  try {
    return { value: storableValue(parseExactJson(text), 0), problem: null };
  } catch (error) {
    return { value: undefined, problem: jsonProblem(text, error) };
  }
}

function readYaml(text: string): ParsedOutput {
  if (isNestedTooDeeply(text)) return { value: undefined, problem: problemAt(text, 0, 'it is nested too deeply') };
  try {
    const document = parseDocument(text, { intAsBigInt: true, logLevel: 'error', uniqueKeys: false });
    const [error] = document.errors;
    if (error) return { value: undefined, problem: problemAt(text, error.pos[0], `it is no YAML: ${error.code}`) };
    const duplicateKey = duplicateKeyOffset(document);
    if (duplicateKey !== null)
      return { value: undefined, problem: problemAt(text, duplicateKey, 'it is no YAML: DUPLICATE_KEY') };
    resolveAliases(document);
    const unkept = keepNumbers(document);
    const refused = unkept.find(({ isNonNumber }) => !isNonNumber);
    const first = refused ?? unkept[0];
    return {
      value: refused ? undefined : storableValue(document.toJS(), 0),
      problem: first ? problemAt(text, first.offset, `the number ${first.reason}`, first.source.length) : null,
    };
  } catch (error) {
    return { value: undefined, problem: problemAt(text, 0, error instanceof Error ? error.message : String(error)) };
  }
}

const UNSTORABLE = /[\0\p{Surrogate}]/gu;

const replaceUnstorable = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');

/** Replaces NUL and lone surrogates by U+FFFD, and numbers that JSON cannot express by null. */
function storableValue(value: unknown, depth: number): Json {
  if (depth > MAX_DEPTH) throw new RangeError(`the document has more than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') return replaceUnstorable(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (Array.isArray(value)) return value.map((member) => storableValue(member, depth + 1));
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [replaceUnstorable(name), storableValue(member, depth + 1)]),
  );
}
