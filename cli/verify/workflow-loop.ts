import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { WorkflowInputs } from '../../contract/workflows';
import { parseExactYaml } from '../../contract/json-text/exact-yaml';
import { parseJsonFile } from '../../contract/json-text/parse-json-text';
import { readInputsEnvelope } from '../../platform/core/workflow/compile/inputs';
import { DefinitionError } from '../../platform/core/workflow/load/definition-error';
import { loadDefinition } from '../../platform/core/workflow/load/load-definition';
import { usageError } from '../failures';
import { requireTasks } from './compare-state';
import { expectOutput, readExpectations, type Expectation } from './expectations';
import { timelineOf, type TimelineStep } from './timeline';

/** A workflow to verify: where it is, what it gets, and what it must return. */
export interface WorkflowLoop {
  /** Directory of its pack. */
  readonly pack: string;
  /** Directories of the packs that are uploaded before it. */
  readonly otherPacks: readonly string[];
  readonly ref: string;
  /** The platform checks their values. */
  readonly inputs: WorkflowInputs;
  /** In the order of their instants. */
  readonly expectations: readonly Expectation[];
  /** To which instants its clock is moved; null: it runs in real time. */
  readonly timeline: readonly TimelineStep[] | null;
  /** The file with the expectation, as it is shown. */
  readonly expectedFile: string | null;
}

export interface LoopFiles {
  readonly inputs?: string | undefined;
  readonly expect?: string | undefined;
  /** False: nothing is expected. */
  readonly expectsOutput: boolean;
  readonly otherPacks?: readonly string[];
  /** How far the clock is moved at least, ms; null: as far as the expectation needs. */
  readonly passMs: number | null;
}

/**
 * Reads the loop of a workflow's file: by default, its inputs and what is expected are in
 * `verify/<name>.inputs.json` and `verify/<name>.expect.json`, or `.expect.yaml`, of its pack.
 * Throws CommandError, exit 2.
 */
export function readLoop(file: string, files: LoopFiles): WorkflowLoop {
  const { inputs, expect, expectsOutput, otherPacks = [], passMs } = files;
  if (!existsSync(file)) throw usageError(`there is no file ${file}: give the file of a workflow`);
  const pack = findPack(file);
  const name = basename(file).replace(/(\.workflow)?\.ya?ml$/, '');
  const besides = (kind: string) => join(pack, 'verify', `${name}.${kind}.json`);
  const inputsFile = inputs ?? (existsSync(besides('inputs')) ? besides('inputs') : null);
  const expectedFile = expectsOutput ? (expect ?? ownExpectation(besides('expect'))) : null;
  if (expectedFile !== null && !existsSync(expectedFile)) throw noExpectation(expectedFile);
  const expectations = expectedFile === null ? [] : expectationsOf(expectedFile);
  const ref = refOf(file, pack, name);
  if (expectations.some(({ tasks }) => Object.keys(tasks).length > 0)) requireTasksOf(file, ref, expectations);
  return {
    pack,
    otherPacks,
    ref,
    inputs: inputsFile === null ? { data: {} } : readInputs(inputsFile),
    expectations,
    timeline: timelineOf(expectations, passMs),
    expectedFile: expectedFile === null ? null : shortPath(expectedFile),
  };
}

/** The file of a pack's own expectation: that with the output, or the list in YAML beside it. */
function ownExpectation(json: string): string {
  const yaml = json.replace(/json$/, 'yaml');
  if (!existsSync(yaml)) return json;
  if (!existsSync(json)) return yaml;
  throw usageError(`there are two expectations, ${shortPath(json)} and ${shortPath(yaml)}: keep one`);
}

const expectationsOf = (file: string): Expectation[] =>
  /\.ya?ml$/.test(file) ? readExpectations(file, shortPath(file)) : [expectOutput(readOutput(file))];

/** A file that is no definition is refused by the platform, which names its mistake. */
function requireTasksOf(file: string, ref: string, expectations: readonly Expectation[]): void {
  let names: string[];
  try {
    names = [...loadDefinition(readYaml(file), { ref }).definition.tasks.keys()];
  } catch (error) {
    if (error instanceof DefinitionError) return;
    throw error;
  }
  requireTasks(expectations, names);
}

const noExpectation = (file: string) =>
  usageError(
    `NO_EXPECTATION: there is no ${shortPath(file)}: write the output that a run must have into it, ` +
      'or use --expect <file>; --no-expect runs the workflow, and proves nothing',
  );

function shortPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

/** The nearest directory above with a `pack.yaml`. */
function findPack(file: string): string {
  for (let directory = dirname(resolve(file)); ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'pack.yaml'))) return directory;
    if (directory === dirname(directory))
      throw usageError(`${file} belongs to no pack: no directory above has a pack.yaml`);
  }
}

/** The ref that the file states, else the name of the file in its pack. */
function refOf(file: string, pack: string, name: string): string {
  return readRef(file) ?? `${readRef(join(pack, 'pack.yaml')) ?? ''}.${name}`;
}

function readRef(file: string): string | null {
  const { ref } = readYaml(file);
  return typeof ref === 'string' && ref !== '' ? ref : null;
}

function readYaml(file: string): JsonObject {
  const document = parseFile(file, (text) => parseExactYaml(text) as Json);
  if (isObject(document)) return document;
  throw usageError(`${file} contains no map: give the file of a workflow`);
}

const readJson = (file: string): Json => parseFile(file, parseJsonFile);

function readInputs(file: string): WorkflowInputs {
  const inputs = readInputsEnvelope(readJson(file));
  if (!('code' in inputs)) return inputs;
  const { path, message } = inputs.errors[0]!;
  const place = [shortPath(file), path.replace(/^\/inputs\/?/, '')].filter(Boolean).join(': ');
  throw usageError(
    `INPUTS_INVALID: ${place} ${message}: write {"data": {"name": "value"}}, and beside data, if needed, variables`,
  );
}

function readOutput(file: string): JsonObject {
  const document = readJson(file);
  if (isObject(document)) return document;
  throw usageError(`${file} contains no object: write the output as {"name": value}`);
}

function parseFile(file: string, parseText: (text: string) => Json): Json {
  try {
    return parseText(readFileSync(file, 'utf8'));
  } catch (error) {
    throw usageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
