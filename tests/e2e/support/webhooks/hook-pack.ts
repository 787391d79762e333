import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { InstallResult } from '../../../../contract/packs';
import type { Context } from '../../../../helpers/scenario/context';

const files = (pack: string): Readonly<Record<string, string>> => ({
  'pack.yaml': `ref: ${pack}\nlabel: Hooks\nversion: 1.0.0\n`,
  'triggers/hook.yaml': `ref: ${pack}.hook\nwebhook: {body: raw, headers: [X-Kind], signature: {scheme: github}}\n`,
  'triggers/secret.yaml': `ref: ${pack}.secret\nwebhook: {signature: {scheme: github, secret: s}}\n`,
  'rules/late.yaml':
    `ref: ${pack}.late\ntrigger_ref: core.crontimer\naction_ref: core.noop\n` +
    `trigger_params: {expression: '0 0 0 31 4 *'}\n`,
});

/** Uploads a pack with a webhook, and with files that are faulty. It is removed after the test. */
export async function uploadHookPack({ client, facts, name, defer }: Context): Promise<InstallResult> {
  const directory = mkdtempSync(join(facts.directory, 'hooks-'));
  try {
    for (const [path, text] of Object.entries(files(name('hooks')))) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const result = await client.packs.upload(directory, {});
    defer(() => client.packs.remove(result.pack.ref));
    return result;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
