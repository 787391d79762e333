import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Execution } from '../../contract/executions';
import { EXIT_CODES } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import { InexactNumberError, parseJsonFile } from '../../contract/json-text/parse-json-text';
import { writeJson } from '../../contract/json-text/write-json';
import { didYouMean } from '../../contract/text/closest-match';
import type { Client } from '../../helpers/client/client';
import { followLog } from '../../helpers/client/follow-log';
import { ApiError } from '../../helpers/errors';
import { schemaProperties } from '../../platform/core/schema/flat-schema';
import { CommandError } from '../failures';
import { interruptible } from '../stop-cause';
import { namesPlatform, withPlatform } from './command-platform';
import { failedRuns } from '../verify/failed-runs';
import { failureCodes } from '../verify/failure-codes';
import { announceInquiries } from './announce-inquiries';
import { goesOn, mayHaveStarted } from './execution-outcome';
import { logLine } from './log-line';
import { outputOf } from './output-of';
import { throwRejection } from './rejection';
import { uploadPack } from './upload-pack';

/** Parsed options: those that were not given are absent. */
export interface RunFlags {
  readonly parameters?: string;
  readonly pack?: string;
  readonly allowSkipped?: true;
  readonly target?: string;
  readonly json?: true;
}

/**
 * Runs an action or a workflow, whose parameters are validated first, and prints one line of JSON,
 * `{status, id, output}`, when it has ended. Warnings, its log, the inquiries that it waits for
 * and what failed go to stderr. Exit 1 unless it completed. Without a platform to attach to, it
 * starts one that keeps nothing.
 */
export async function run(ref: string, flags: RunFlags, root: string): Promise<void> {
  const parameters = parseParameters(flags.parameters ?? '{}');
  const shippedPack = namesPlatform(flags.target) ? null : ownPack(root, ref);
  const pack = flags.pack === undefined ? shippedPack : packDirectory(flags.pack);
  const isQuiet = flags.json ?? false;
  const print = (line: string): void => {
    if (!isQuiet) process.stderr.write(`${line}\n`);
  };
  const allowSkipped = flags.allowSkipped ?? false;
  await interruptible(
    (stop, report) =>
      withPlatform(flags.target, { stop, report, print }, (client, url) =>
        runOn(client, { ref, parameters, pack, allowSkipped, print, url, report }),
      ),
    'nothing was started',
  );
}

interface RunRequest {
  readonly ref: string;
  readonly parameters: JsonObject;
  /** Directory of the pack to upload first; null: none. */
  readonly pack: string | null;
  readonly allowSkipped: boolean;
  readonly url: string;
  /** For a line of the log, on stderr. */
  readonly print: (line: string) => void;
  /** Sets what the line about an interruption states. */
  readonly report: (outcome: string) => void;
}

async function runOn(client: Client, request: RunRequest): Promise<void> {
  const { ref, parameters, pack, allowSkipped, url, print, report } = request;
  const ofUpload = pack === null ? [] : await uploadPack(client, pack, { allowSkipped });
  const warnings = [...ofUpload, ...(await unknownParameters(client, ref, parameters))];
  for (const warning of warnings) print(`warning: ${warning}`);
  report(mayHaveStarted(url));
  const { id } = await client.executions.execute({ action_ref: ref, parameters, validate: true }).catch(throwRejection);
  report(goesOn(url, id));
  await follow(client, id, request);
  const execution = await client.executions.get(id);
  const failures = execution.status === 'completed' ? [] : await failureLines(client, id);
  for (const line of failures) print(line);
  process.stdout.write(`${writeJson(resultLine(execution, failures, warnings))}\n`);
  if (execution.status !== 'completed') process.exitCode = EXIT_CODES.testFailed;
}

async function failureLines(client: Client, id: number): Promise<string[]> {
  const tree = await client.executions.tree(id);
  return failedRuns(tree, await failureCodes(client, tree));
}

/** Prints the log, and what the execution waits for, until its end. */
async function follow(client: Client, id: number, { url, print }: RunRequest): Promise<void> {
  const ended = new AbortController();
  const announcing = announceInquiries(client, { root: id, url, print, ended: ended.signal });
  try {
    for await (const entry of followLog(client, id)) print(logLine(entry));
  } finally {
    ended.abort();
    await announcing;
  }
}

const resultLine = (execution: Execution, failures: readonly string[], warnings: readonly string[]): object => ({
  status: execution.status,
  id: execution.id,
  output: outputOf(execution),
  failures: orAbsent(failures),
  warnings: orAbsent(warnings),
});

/** What is undefined is no part of the line. */
const orAbsent = (lines: readonly string[]) => (lines.length > 0 ? lines : undefined);

function parseParameters(text: string): JsonObject {
  try {
    const parsed = parseJsonFile(text);
    if (isObject(parsed)) return parsed;
  } catch (error) {
    if (error instanceof InexactNumberError) throw new CommandError(`--parameters: ${error.message}`, EXIT_CODES.usage);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CommandError(`--parameters is not a JSON object: ${text}; use '{"name": "value"}'`, EXIT_CODES.usage);
}

function packDirectory(path: string): string {
  if (existsSync(join(path, 'pack.yaml'))) return resolve(path);
  throw new CommandError(`--pack ${path}: there is no pack.yaml; use the directory of a pack`, EXIT_CODES.usage);
}

/** The pack of this project that the ref names; null: the ref must be one of pack core. */
function ownPack(root: string, ref: string): string | null {
  const name = ref.split('.')[0] ?? '';
  const directory = join(root, 'packs', name);
  return name !== 'core' && /^[a-z0-9-]+$/.test(name) && existsSync(join(directory, 'pack.yaml')) ? directory : null;
}

const HIDDEN: readonly number[] = [403, 404];

/**
 * One sentence for each parameter that the schema of the action does not have: the platform passes
 * it on, and the action ignores it. None where the caller may not read the action.
 */
async function unknownParameters(client: Client, ref: string, parameters: JsonObject): Promise<string[]> {
  if (Object.keys(parameters).length === 0) return [];
  try {
    return sentences(ref, (await client.actions.get(ref)).param_schema ?? {}, parameters);
  } catch (error) {
    if (error instanceof ApiError && HIDDEN.includes(error.status)) return [];
    throw error;
  }
}

/** Without a schema an action takes any parameters. */
function sentences(ref: string, schema: JsonObject, parameters: JsonObject): string[] {
  const known = Object.keys(schemaProperties(schema));
  if (known.length === 0) return [];
  return Object.keys(parameters)
    .filter((name) => !known.includes(name))
    .map((name) => `${ref} has no parameter '${name}'${didYouMean(name, known)}`);
}
