import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../helpers/repository-root';

const NOT_COPIED = ['.git', 'node_modules', 'results'];

interface EndedCommand {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the project, which a test changes. */
export interface ProjectCopy extends Disposable {
  readonly root: string;
  /** Replaces the text of a file; null removes it. Returns the function that restores it. */
  edit(file: string, change: (text: string) => string | null): () => void;
  /** Runs `tuningfork …` of the copy. */
  run(...args: readonly string[]): Promise<EndedCommand>;
}

export function copyProject(): ProjectCopy {
  const project = repositoryRoot();
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'tuningfork-copy-'));
  const isCopied = (path: string): boolean => !NOT_COPIED.some((name) => path === join(project, name));
  cpSync(project, root, { recursive: true, filter: isCopied });
  symlinkSync(realpathSync(join(project, 'node_modules')), join(root, 'node_modules'));
  return {
    root,
    edit: (file, change) => {
      const path = join(root, file);
      const before = readFileSync(path, 'utf8');
      const after = change(before);
      if (after === null) rmSync(path);
      else writeFileSync(path, after);
      return () => writeFileSync(path, before);
    },
    run: async (...args) => {
      const env = { ...process.env, NO_COLOR: '1' };
      const command = spawn(process.execPath, [join(root, 'bin/tuningfork.js'), ...args], { cwd: root, env });
      const ended = once(command, 'close') as Promise<[number | null]>;
      const [stdout, stderr, [code]] = await Promise.all([text(command.stdout), text(command.stderr), ended]);
      return { code, stdout, stderr };
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
