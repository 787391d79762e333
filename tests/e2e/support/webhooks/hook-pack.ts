import type { InstallResult } from '../../../../contract/packs';
import type { Context } from '../../../../helpers/scenario/context';
import { plainTar } from '../raw-tar';
import { uploadRawPack } from '../upload-raw-pack';

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
  const ref = name('hooks');
  const { status, body } = await uploadRawPack(facts, plainTar(files(ref)));
  expect(status).toBe(201);
  defer(() => client.packs.remove(ref));
  return body.data as InstallResult;
}
