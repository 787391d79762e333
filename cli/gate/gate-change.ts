import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { checkChange, describeFinding, type ChangeFinding, type ChangeLabel } from '../../tools/gate/change-rules';
import { GateError } from '../../tools/gate/gate-error';
import { parsePolicy, type Policy } from '../../tools/gate/policy';
import { runtimeChanges } from '../../tools/gate/runtime-changes';
import { changedFiles, fileAt, resolveBase, type Base } from '../git/changed-files';
import { readPolicy, type GateFlags } from './gate-files';

/** Parsed options. */
export interface GateChangeFlags extends GateFlags {
  readonly base: string;
  readonly label?: ChangeLabel;
  readonly approvedBy?: readonly string[];
}

/** The receipt of a change. */
interface ChangeVerdict {
  readonly verdict: 'passed' | 'failed';
  readonly base: Base;
  readonly files: readonly string[];
  readonly findings: readonly ChangeFinding[];
}

const RUNTIME_MANIFEST_FILE = 'contract/runtimes.manifest.json';

/** Prints every rule that the files which differ from the base break. Exit 1: there is one. */
export async function gateChange(directory: string, flags: GateChangeFlags): Promise<void> {
  const { label, approvedBy = [], policy: path, json } = flags;
  const { changes } = readPolicy(path).policy;
  if (changes === undefined)
    throw new GateError('POLICY_INVALID', `/changes: expected the rules of a change in ${path}`);
  const base = await resolveBase(directory, flags.base);
  const rules = (await rulesAt(directory, base, path)) ?? changes;
  const files = await changedFiles(directory, base);
  const runtimes = runtimeChanges(
    await fileAt(directory, base, RUNTIME_MANIFEST_FILE),
    readIfExists(join(directory, RUNTIME_MANIFEST_FILE)),
  );
  const findings = checkChange(rules, { ...(label && { label }), files, runtimes, approvedBy });
  const verdict = findings.length === 0 ? 'passed' : 'failed';
  const receipt: ChangeVerdict = { verdict, base, files, findings };
  process.stdout.write(json ? `${JSON.stringify(receipt)}\n` : textOf(receipt));
  if (verdict === 'failed') process.exitCode = EXIT_CODES.testFailed;
}

/** Before the change, which cannot name its own owners; undefined for a policy without a past. */
async function rulesAt(directory: string, base: Base, policyPath: string): Promise<Policy['changes']> {
  const inDirectory = relative(directory, policyPath);
  const text = inDirectory.startsWith('..') ? null : await fileAt(directory, base, inDirectory);
  return text === null ? undefined : parsePolicy(text).changes;
}

const readIfExists = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

const textOf = ({ findings, files, base, verdict }: ChangeVerdict): string =>
  [
    ...findings.map(describeFinding),
    `files that differ from ${base.revision}: ${files.length}`,
    `verdict: ${verdict}`,
    '',
  ].join('\n');
