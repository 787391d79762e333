import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { keepNumbers } from '../../../contract/json-text/exact-yaml';
import { countNodes, duplicateKeyOffset, expandedLength, resolveAliases } from '../../../contract/text/yaml-nodes';
import { isNestedTooDeeply } from '../../../contract/text/yaml-nesting';
import { unstorableTexts } from '../../core/data/unstorable-text';
import { PACK_LIMITS } from '../limits';
import { PackFileError } from '../pack-errors';

/** What one anchor may repeat: enough for handwritten files, too little for an alias bomb. */
const MAX_ALIASES = 100;
/** Of a document with merge keys: more than a file of the largest size has. */
const MAX_NODES = 600_000;
/** What aliases may add to a file, in characters, beside three times its own. */
const ADDED_CHARACTERS = 65_536;
const MAX_DEPTH = 64;

/** A parsed YAML file of a pack whose top level is a map. */
export interface YamlFile {
  /** Path below the pack: `actions/add.yaml`. */
  readonly name: string;
  readonly value: JsonObject;
  /** Line of a key; 1 for the whole file. */
  lineOf(...path: (string | number)[]): number;
}

/**
 * Reads one YAML file of a pack. Throws PackFileError with the line; for a missing file the
 * system's error.
 */
export async function readYaml(directory: string, name: string): Promise<YamlFile> {
  const path = join(directory, name);
  const { size } = await stat(path);
  if (size > PACK_LIMITS.yamlBytes) throw new PackFileError(name, 1, 'YAML parsing error: larger than 1 MiB');
  return parseYaml(decode(await readFile(path), name), name);
}

/** A byte order mark of UTF-8 is kept: the parser skips it. */
function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PackFileError(name, 1, 'YAML parsing error: the file is not UTF-8');
  }
}

/**
 * Parses one YAML document whose top level is a map. Merge keys (`<<`) are replaced by what they
 * name. Rejects code tags, duplicate keys, aliases that repeat too much, and numbers that JSON
 * does not have.
 * Throws PackFileError with the line.
 */
export function parseYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const fail = (line: number, what: string) => new PackFileError(name, line, `YAML parsing error: ${what}`);
  if (isNestedTooDeeply(text)) throw fail(1, 'nested too deeply');
  const document = parseText(text, lines, fail);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw fail(problem.linePos?.[0].line ?? 1, withoutPosition(problem.message));
  const duplicateKey = duplicateKeyOffset(document);
  if (duplicateKey !== null) throw fail(lines.linePos(duplicateKey).line, 'Map keys must be unique');
  if (!isMap(document.contents)) throw fail(1, 'the file must be a map of keys');
  resolveAliases(document);
  const unkept = keepNumbers(document).find(({ isNonNumber }) => !isNonNumber);
  if (unkept) throw fail(lines.linePos(unkept.offset).line, `the number ${unkept.source} ${unkept.reason}`);
  // The library counts what aliases repeat, and not what merge keys do.
  if (text.includes('<<') && countNodes(document) > MAX_NODES) throw fail(1, 'merge keys repeat too much');
  const maxLength = text.includes('*') ? 4 * text.length + ADDED_CHARACTERS : null;
  const value = toJsonObject(document, maxLength, fail);
  return {
    name,
    value,
    lineOf: (...path) => {
      const pair = keyOffset(document, path);
      return pair === undefined ? 1 : lines.linePos(pair).line;
    },
  };
}

type Fail = (line: number, what: string) => PackFileError;

function parseText(text: string, lines: LineCounter, fail: Fail): Document.Parsed {
  try {
    return parseDocument(text, {
      lineCounter: lines,
      merge: true,
      uniqueKeys: false,
      intAsBigInt: true,
      logLevel: 'error',
    });
  } catch (error) {
    if (error instanceof RangeError) throw fail(1, 'nested too deeply');
    throw error;
  }
}

function toJsonObject(document: Document.Parsed, maxLength: number | null, fail: Fail): JsonObject {
  let value: Json;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES }) as Json;
  } catch (error) {
    // The library's errors for an alias bomb and for an unknown alias; a stack overflow.
    if (error instanceof ReferenceError) throw fail(1, error.message);
    if (error instanceof RangeError) throw fail(1, 'nested too deeply');
    throw error;
  }
  // The value has what an alias names once; its JSON has it each time.
  if (maxLength !== null && expandedLength(document) > maxLength)
    throw fail(1, `PACK_LIMIT: aliases expand it beyond ${maxLength} characters`);
  const problem = jsonError(value, 0) ?? textError(value);
  if (problem !== null) throw fail(1, problem);
  if (!isObject(value)) throw fail(1, 'the file must be a map of keys');
  return value;
}

function jsonError(value: Json, depth: number): string | null {
  if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `${value} is not a number of JSON`;
  if (typeof value !== 'object' || value === null) return null;
  for (const inner of Object.values(value)) {
    const problem = jsonError(inner, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

/** Escapes can write characters that no text of the database has. */
function textError(value: Json): string | null {
  const { nul, surrogate } = unstorableTexts(value);
  if (nul !== null) return `the text at ${shownPath(nul)} has a NUL character`;
  return surrogate === null ? null : `the text at ${shownPath(surrogate)} has half a surrogate pair`;
}

const shownPath = (path: string): string => path.replaceAll(/[\0\p{Surrogate}]/gu, '');

/** Offset of the key at a path. */
function keyOffset(document: Document.Parsed, path: readonly (string | number)[]): number | undefined {
  const parent: unknown = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap<{ value: unknown; range?: [number, number, number] | null }>(parent)) {
    return parent.items.find((pair) => pair.key.value === last)?.key.range?.[0];
  }
  const node: unknown = document.getIn(path, true);
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? (node.range[0] as number)
    : undefined;
}

const withoutPosition = (message: string): string => message.split(' at line ')[0]!.trim();
