import { readFileSync } from 'node:fs';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { keepNumbers } from '../../contract/json-text/exact-yaml';
import { textOrJson } from '../../contract/json-text/text-or-json';
import { isStatus, STATUSES, type Status } from '../../contract/status';
import { didYouMean } from '../../contract/text/closest-match';
import { parsePointer } from '../../platform/core/secrets/json-pointer';
import { DurationError, parseDuration } from '../clock/parse-duration';
import { CommandError, usageError } from '../failures';

/** What must be so once a run has passed some time of the platform's clock. */
export interface Expectation {
  /** Since the start of the run, ms; null: at its end. */
  readonly afterMs: number | null;
  /** Null: any; at the end, `completed`. */
  readonly status: Status | null;
  /** By name: a status, a list of them for a task with several runs, null for one without. */
  readonly tasks: JsonObject;
  /** The whole output, without `succeeded`; null: any. */
  readonly result: JsonObject | null;
  /** The file and the line of a value of it, by JSON pointer; null: the file has no lines. */
  readonly placeOf: (pointer: string) => string | null;
}

/** An expectation of the output at the end. */
export const expectOutput = (result: JsonObject): Expectation => ({
  afterMs: null,
  status: null,
  tasks: {},
  result,
  placeOf: () => null,
});

const KEYS = ['after', 'status', 'tasks', 'result'] as const;

/** Reads a list in YAML. `shown`: the file in messages. Throws CommandError, exit 2. */
export function readExpectations(file: string, shown: string): Expectation[] {
  const source = new Source(readFileSync(file, 'utf8'), shown);
  const items = source.value;
  if (!Array.isArray(items) || items.length === 0)
    throw source.error([], 'there is no list: write items as `- {after: 3d, status: completed}`');
  return items.map((item, n) => expectationOf(source, item, n));
}

function expectationOf(source: Source, item: Json, n: number): Expectation {
  if (!isObject(item)) throw source.error([n], `an item is a map of ${KEYS.join(', ')}`);
  const unknown = Object.keys(item).find((key) => !KEYS.some((known) => known === key));
  if (unknown !== undefined)
    throw source.error(
      [n, unknown],
      `'${unknown}' has no meaning here: use ${KEYS.join(', ')}${didYouMean(unknown, KEYS)}`,
    );
  const { after, status, tasks, result } = item;
  if (status === undefined && tasks === undefined && result === undefined)
    throw source.error([n], 'the item expects nothing: add status, tasks or result');
  return {
    afterMs: after === undefined ? null : durationOf(source, after, n),
    status: status === undefined ? impliedStatus(result) : statusOf(source, status, [n, 'status']),
    tasks: tasks === undefined ? {} : tasksOf(source, tasks, n),
    result: result === undefined ? null : mapOf(source, result, [n, 'result'], 'the values of the output by name'),
    placeOf: (pointer) => source.place([n, ...parsePointer(pointer)]),
  };
}

/** Only a run that has completed has an output. */
const impliedStatus = (result: Json | undefined): Status | null => (result === undefined ? null : 'completed');

function durationOf(source: Source, after: Json, n: number): number {
  try {
    return parseDuration(textOrJson(after));
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    throw source.error([n, 'after'], error.message);
  }
}

function statusOf(source: Source, status: Json, path: Path): Status {
  if (typeof status === 'string' && isStatus(status)) return status;
  const text = textOrJson(status);
  throw source.error(path, `'${text}' is no status: use ${STATUSES.join(', ')}${didYouMean(text, STATUSES)}`);
}

function tasksOf(source: Source, value: Json, n: number): JsonObject {
  const tasks = mapOf(source, value, [n, 'tasks'], 'the status of each task by its name');
  for (const [name, status] of Object.entries(tasks)) {
    const path = [n, 'tasks', name];
    if (Array.isArray(status)) status.forEach((one, index) => statusOf(source, one, [...path, index]));
    else if (status !== null) statusOf(source, status, path);
  }
  return tasks;
}

function mapOf(source: Source, value: Json, path: Path, content: string): JsonObject {
  if (isObject(value)) return value;
  throw source.error(path, `there is no map: write ${content}`);
}

type Path = readonly (string | number)[];

/** A document whose values have lines. */
class Source {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly value: Json;

  constructor(
    text: string,
    private readonly shown: string,
  ) {
    this.#document = parseDocument(text, { merge: true, intAsBigInt: true, lineCounter: this.#lines });
    const [fault] = this.#document.errors;
    if (fault !== undefined) throw this.errorAt(fault.pos[0], fault.message.split('\n')[0]!);
    const [unkept] = keepNumbers(this.#document);
    if (unkept !== undefined) throw this.errorAt(unkept.offset, `the number ${unkept.source} ${unkept.reason}`);
    this.value = this.#document.toJS() as Json;
  }

  /** The file, and the line of a value, or of the nearest one around it that the file has. */
  place(path: Path): string {
    for (let depth = path.length; depth > 0; depth--) {
      const node = this.#document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return this.placeAt(node.range[0]);
    }
    return this.placeAt(0);
  }

  error(path: Path, message: string): CommandError {
    return usageError(`${this.place(path)}: ${message}`);
  }

  private errorAt(offset: number, message: string): CommandError {
    return usageError(`${this.placeAt(offset)}: ${message}`);
  }

  private placeAt(offset: number): string {
    return `${this.shown}:${this.#lines.linePos(offset).line || 1}`;
  }
}
