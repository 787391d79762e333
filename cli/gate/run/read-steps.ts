import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitPosition } from '../../../tools/gate/run/proof-slices';
import { parseGateSteps, parseProofParts, type GateSteps, type ProofParts } from '../../../tools/gate/run/steps';
import { usageError } from '../../failures';
import { git } from '../../git/git';
import { GATE_FILE, PROOF_FILE } from './run-step';

/** The steps of the gate. Throws CommandError or GateError. */
export const readGateSteps = (root: string): GateSteps => parseGateSteps(readText(root, GATE_FILE));

/** The parts of the proof. Throws CommandError or GateError. */
export const readProofParts = (root: string): ProofParts => parseProofParts(readText(root, PROOF_FILE));

function readText(root: string, path: string): string {
  const file = join(root, path);
  if (!existsSync(file)) throw usageError(`STEPS_INVALID: there is no file ${path}`);
  return readFileSync(file, 'utf8');
}

/** The commit of the clone, and its count. Throws CommandError outside a repository. */
export async function commitPosition(root: string): Promise<CommitPosition> {
  const read = (...args: string[]): Promise<string> => git(root, ...args).then((output) => output.trim());
  const commit = await read('rev-parse', 'HEAD').catch(() => {
    throw usageError(`NO_REPOSITORY: ${root} is in no working tree of git`);
  });
  const isShallow = (await read('rev-parse', '--is-shallow-repository')) === 'true';
  return { commit, count: isShallow ? null : Number(await read('rev-list', '--count', 'HEAD')) };
}
