import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readComposeFile, type ComposeFile } from '../../../tools/sandbox/compose/compose-file';
import { filesOf } from '../../../tools/sandbox/run/repository-files';

/** Files of a repository, whose stack is `compose.yml`. */
export type Files = Readonly<Record<string, string>>;

/** Reads the compose file of a repository that is removed after it. */
export function readFiles(files: Files, host: Readonly<Record<string, string>> = {}): ComposeFile {
  const root = mkdtempSync(join(tmpdir(), 'compose-test-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const compose = readComposeFile(filesOf(root), 'compose.yml', host);
    const services = compose.servicesWith({ WEB_PORT: '20001' });
    return Object.assign({}, compose, { servicesWith: () => services });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The environment of the service `web`. */
export const environmentOf = (files: Files, host: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.assign(
    {},
    readFiles(files, host)
      .servicesWith({})
      .find(({ name }) => name === 'web')!.environment,
  );
