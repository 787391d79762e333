import type { Context } from '../../../helpers/scenario/context';
import { plainTar } from './raw-tar';
import { uploadRawPack } from './upload-raw-pack';

/** A suite of a pack: how its output is read, and the shell program that prints it. */
export type SuiteProgram = readonly [format: string, program: string];

/** Uploads a pack with these suites, which do not run. Returns its ref. */
export async function uploadSuites(
  ctx: Context,
  name: string,
  suites: Readonly<Record<string, SuiteProgram>>,
): Promise<string> {
  const ref = ctx.name(name);
  const rows = Object.entries(suites);
  const runners = rows.map(
    ([suite, [format]], n) => `    ${suite}: {entry_point: tests/${n}.sh, result_format: ${format}}\n`,
  );
  const files = {
    './pack.yaml': `ref: ${ref}\nversion: 1.0.0\ntesting:\n  enabled: true\n  runners:\n${runners.join('')}`,
    ...Object.fromEntries(rows.map(([, [, program]], n) => [`./tests/${n}.sh`, `${program}\n`])),
  };
  const { status } = await uploadRawPack(ctx.facts, plainTar(files), false, true);
  expect(status).toBe(201);
  ctx.defer(() => ctx.client.packs.remove(ref));
  return ref;
}
