import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { JsonObject } from '../../contract/json';
import { didYouMean } from '../../contract/text/closest-match';
import type { Client } from '../../helpers/client/client';
import { ApiError } from '../../helpers/errors';
import { schemaProperties } from '../../platform/core/schema/flat-schema';
import { usageError } from '../failures';
import { interruptible } from '../stop-cause';
import { linePrinter } from '../line-printer';
import { namesPlatform, withPlatform } from './command-platform';
import { goesOn, mayHaveStarted } from './execution-outcome';
import { followExecution } from './follow-execution';
import { parseParameters } from './parse-parameters';
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
  const print = linePrinter(isQuiet);
  const allowSkipped = flags.allowSkipped ?? false;
  await interruptible('nothing was started', (stop, report) =>
    withPlatform(flags.target, { stop, report, print }, (client, url) =>
      runOn(client, { ref, parameters, pack, allowSkipped, print, url, report }),
    ),
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
  await followExecution(client, id, { url, print, warnings });
}

function packDirectory(path: string): string {
  if (existsSync(join(path, 'pack.yaml'))) return resolve(path);
  throw usageError(`--pack ${path}: there is no pack.yaml; use the directory of a pack`);
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
