import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { withoutAllowed } from '../../tools/gate/secrets/allowed-secrets';
import { CommandError } from '../failures';
import { readPolicy } from '../gate/gate-files';
import { secretFindings } from '../gate/secret-findings';
import type { FileLines } from '../git/added-lines';
import { fileLines } from '../git/file-lines';

const POLICY = 'gate/policy.yml';

/**
 * Number of files of a package. Throws CommandError, exit 1, with the place of each secret that
 * the package's policy does not allow, and of each path of the project that it was made of.
 */
export function searchPackage(directory: string, project: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => ({ path, lines: fileLines(directory, path), commit: null }));
  const { policy } = readPolicy(join(directory, POLICY));
  const secrets = withoutAllowed(policy, files.flatMap(secretFindings));
  const found = [
    ...secrets.map(({ path, line, kind }) => `SECRET_FOUND: ${path}:${line} ${kind}`),
    ...files.flatMap((file) => linesWith(project, file)).map((place) => `LOCAL_PATH: ${place}`),
  ];
  if (found.length === 0) return files.length;
  throw new CommandError(
    ['PACKAGE_UNFIT: the package contains what no release may:', ...found].join('\n'),
    EXIT_CODES.testFailed,
  );
}

const linesWith = (part: string, { path, lines }: FileLines): string[] =>
  lines.filter(({ text }) => text.includes(part)).map(({ line }) => `${path}:${line}`);
