import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { withoutAllowed, type SecretFinding } from '../../tools/gate/secrets/allowed-secrets';
import { usageError } from '../failures';
import { addedLines, type FileLines } from '../git/added-lines';
import { allFiles, resolveBase } from '../git/changed-files';
import { fileLines } from '../git/file-lines';
import { readPolicy, type GateFlags } from './gate-files';
import { secretFindings } from './secret-findings';

/** Parsed options. */
export interface GateSecretsFlags extends GateFlags {
  readonly base: string;
  readonly all?: true;
  readonly evidence?: readonly string[];
}

/** Prints where secrets are, and never a secret. Exit 1: the policy does not allow one. */
export async function gateSecrets(directory: string, flags: GateSecretsFlags): Promise<void> {
  const { policy } = readPolicy(flags.policy);
  const evidence = (flags.evidence ?? []).flatMap(evidenceLines);
  const base = await resolveBase(directory, flags.base);
  const scanned = flags.all ? await treeLines(directory) : await addedLines(directory, base);
  const found = [...scanned, ...evidence].flatMap(secretFindings);
  const findings = withoutAllowed(policy, withoutDuplicates(found));
  const receipt = { verdict: findings.length === 0 ? 'passed' : 'failed', base: flags.all ? null : base, findings };
  const lines = [...findings.map(describe), `verdict: ${receipt.verdict}`];
  process.stdout.write(flags.json ? `${JSON.stringify(receipt)}\n` : `${lines.join('\n')}\n`);
  if (findings.length > 0) process.exitCode = EXIT_CODES.testFailed;
}

const treeLines = async (directory: string): Promise<FileLines[]> =>
  (await allFiles(directory)).map((path) => ({ path, lines: fileLines(directory, path), commit: null }));

/** Of every file below the directory; the paths are those that the caller can open. */
function evidenceLines(directory: string): FileLines[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw usageError(`--evidence ${directory}: there is no such directory`);
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative('.', join(entry.parentPath, entry.name)))
    .map((path) => ({ path, lines: fileLines('.', path), commit: null }));
}

/** Files of the working tree come first: their commits add nothing. */
const withoutDuplicates = (findings: readonly SecretFinding[]): SecretFinding[] => {
  const inTree = new Set(findings.filter(({ commit }) => commit === null).map(keyOf));
  return findings.filter((finding) => finding.commit === null || !inTree.has(keyOf(finding)));
};

const keyOf = ({ path, fingerprint }: SecretFinding): string => `${fingerprint} ${path}`;

const describe = ({ code, path, line, kind, fingerprint, commit }: SecretFinding): string =>
  `${code}: ${path}:${line} ${kind}, fingerprint ${fingerprint}${commit === null ? '' : `, of commit ${commit}`}`;
