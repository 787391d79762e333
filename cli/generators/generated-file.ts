import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { messageOf } from '../../helpers/errors';
import { CommandError } from '../failures';

interface GeneratedFile {
  /** Path below the root. */
  readonly file: string;
  /** The command that writes it. */
  readonly command: string;
  /** Code of the error where it is out of date, or cannot be generated. */
  readonly drift: string;
}

/** Writes a generated file; with `check` only compares. Exit 1 when it is out of date. */
export function writeGenerated(
  root: string,
  { file, command, drift }: GeneratedFile,
  render: () => string,
  check: boolean,
): void {
  const path = join(root, file);
  const text = rendered(render, drift);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  if (check)
    throw new CommandError(
      `${drift}: ${file} is out of date: run \`npx tuningfork ${command}\``,
      EXIT_CODES.testFailed,
    );
  writeFileSync(path, text);
}

function rendered(render: () => string, drift: string): string {
  try {
    return render();
  } catch (error) {
    throw new CommandError(`${drift}: ${messageOf(error)}`, EXIT_CODES.testFailed);
  }
}
