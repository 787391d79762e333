import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../helpers/repository-root';
import { spawnCli, waitForExit } from '../embedded/cli-process';

/** A repository with a gate, a proof and tests of its own. */
export class GateProject {
  readonly directory = mkdtempSync(join(tmpdir(), 'gate-'));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    symlinkSync(join(repositoryRoot(), 'node_modules'), join(this.directory, 'node_modules'));
    this.git('init', '--quiet');
    this.git('add', '--all', '--', ':!node_modules');
    this.git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'files');
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  /** Runs `tuningfork gate …` with these arguments. */
  async gate(...args: readonly string[]) {
    const cli = spawnCli(['gate', ...args], { NO_COLOR: '1' });
    const [stdout, stderr, [code]] = await Promise.all([text(cli.stdout), text(cli.stderr), waitForExit(cli)]);
    return { code, stdout, stderr, lines: stdout.trimEnd().split('\n') };
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.directory, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true });
  }
}
