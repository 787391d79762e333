import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Execution } from '../../contract/executions';
import { EXIT_CODES } from '../../contract/errors';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import type { Client } from '../../helpers/client/client';
import { followLog } from '../../helpers/client/follow-log';
import { CommandError } from '../failures';
import { interruptible } from '../stop-cause';
import { namesPlatform, withPlatform } from './command-platform';
import { logLine } from './log-line';
import { outputOf } from './output-of';
import { throwRejection } from './rejection';

/** Parsed options: those that were not given are absent. */
export interface RunFlags {
  readonly parameters?: string;
  readonly pack?: string;
  readonly target?: string;
  readonly json?: true;
}

/**
 * Runs an action or a workflow and prints one line of JSON, `{status, id, output}`, when it has
 * ended; its log goes to stderr. Exit 1 unless it completed. Without a platform to attach to, it
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
  await interruptible((stop) =>
    withPlatform(flags.target, stop, (client) => runOn(client, { ref, parameters, pack, isQuiet }), print),
  );
}

interface RunRequest {
  readonly ref: string;
  readonly parameters: JsonObject;
  /** Directory of the pack to upload first; null: none. */
  readonly pack: string | null;
  readonly isQuiet: boolean;
}

async function runOn(client: Client, { ref, parameters, pack, isQuiet }: RunRequest): Promise<void> {
  if (pack !== null) await client.packs.upload(pack, { force: true }).catch(throwRejection);
  const { id } = await client.executions.execute({ action_ref: ref, parameters }).catch(throwRejection);
  for await (const entry of followLog(client, id)) {
    if (!isQuiet) process.stderr.write(`${logLine(entry)}\n`);
  }
  const execution = await client.executions.get(id);
  process.stdout.write(`${JSON.stringify(resultLine(execution))}\n`);
  if (execution.status !== 'completed') process.exitCode = EXIT_CODES.testFailed;
}

/** The status and the output as the view `durable.executions` shows them. */
const resultLine = (execution: Execution): object => ({
  status: execution.status === 'completed' ? 'SUCCESS' : execution.status.toUpperCase(),
  id: execution.id,
  output: outputOf(execution),
});

function parseParameters(text: string): JsonObject {
  try {
    const parsed = JSON.parse(text) as Json;
    if (isObject(parsed)) return parsed;
  } catch {
    // below
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
