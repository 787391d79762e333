import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A service that runs until it is stopped, and a test command that is green. */
const FILES = {
  'e2e/e2e.yml': 'name: trial\ncompose_file: e2e/compose.yml\ntest_command: "true"\n',
  'e2e/compose.yml': 'services:\n  idle:\n    x-process: exec sleep 600\n',
};

/** Writes the smallest repository into a directory. */
export async function writeTrialRepository(root: string): Promise<void> {
  await mkdir(join(root, 'e2e'));
  for (const [path, content] of Object.entries(FILES)) await writeFile(join(root, path), content);
}
