import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repositoryRoot } from '../../../helpers/repository-root';
import type { Context } from '../../../helpers/scenario/context';

/** A copy of a pack of this project for one test. */
export interface PackCopy {
  readonly ref: string;
  /** Its files. */
  readonly directory: string;
}

/** A copy of `packs/demo`, and the ref of its workflow of two steps. */
export interface DemoPack extends PackCopy {
  readonly workflow: string;
}

/** Writes a copy of the demo, and uploads it. The test's end removes both. */
export async function uploadDemoPack(ctx: Context): Promise<DemoPack> {
  const pack = copyDemoPack(ctx);
  await ctx.client.packs.upload(pack.directory);
  return pack;
}

/** The same without the upload. */
export function copyDemoPack(ctx: Context): DemoPack {
  const copy = copyPack(ctx, 'packs/demo');
  return { ...copy, workflow: `${copy.ref}.two_step` };
}

/** Writes a copy of the pack in this directory, with a ref of the test. */
export function copyPack(ctx: Context, path: string): PackCopy {
  const original = basename(path);
  const ref = ctx.name(original);
  const directory = mkdtempSync(join(ctx.facts.directory, `${original}-`));
  ctx.defer(() => {
    rmSync(directory, { recursive: true });
    return Promise.resolve();
  });
  ctx.defer(async () => {
    if ((await ctx.client.packs.getOrNull(ref)) !== null) await ctx.client.packs.remove(ref);
  });
  cpSync(join(repositoryRoot(), path), directory, { recursive: true });
  for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.yaml'))
      replaceInFile(join(directory, file), new RegExp(`(^ref: |: )${original}\\b`, 'gm'), `$1${ref}`);
  }
  return { ref, directory };
}

/** Replaces every match in a file. */
export function replaceInFile(path: string, pattern: RegExp | string, replacement: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll(pattern, replacement));
}
