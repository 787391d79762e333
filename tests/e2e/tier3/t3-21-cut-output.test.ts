// Spec: whole lines of cut jsonl are values, and the error is what the runtime reports.
import { mapConcurrently } from '../../../helpers/in-parallel';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logLimitBytes } from '../../../helpers/scenario/resources/execution-limits';
import { runAction, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { RUNTIME_REPORTS } from '../support/runtime-reports';

const NEEDS = ['core', 'ledger.shared', 'logs.limit'];

const LINE_BYTES = 4_096;

/** Bytes that are twice as many as are stored, in whole lines. */
const linesBeyond = ({ facts }: Context) => Math.floor((2 * logLimitBytes(facts.capabilities)) / LINE_BYTES);

/** The result of a program that prints so many documents in this format. */
const printDocuments = async (ctx: Context, format: string, lines: number): Promise<Parameters> => {
  const parameters = { lines, bytes: LINE_BYTES };
  const ended = await runAction(ctx, ctx.action(`print-padded-${format}`), { parameters });
  return ended.result as Parameters;
};

claim('T3.21e', NEEDS, 'of output that was cut, whole lines of jsonl are values', async (ctx) => {
  await ctx.pack('e2e-values');
  const lines = linesBeyond(ctx);

  const [jsonl, json] = [await printDocuments(ctx, 'jsonl', lines), await printDocuments(ctx, 'json', lines)];

  const stored = Math.floor(lines - Number(jsonl.stdout_bytes_truncated) / LINE_BYTES);
  const documents = Array.from({ length: stored }, (_, n) => ({ n: n + 1 }));
  expect([jsonl.data, jsonl.stdout, stored > 0]).toEqual([documents, undefined, true]);
  expect([json.data, typeof json.stdout, json.stdout_truncated]).toEqual([undefined, 'string', true]);
});

claim('T3.21f', NEEDS, 'the error of a program is the last one, also of output that was cut', async (ctx) => {
  const flood = `head -c ${linesBeyond(ctx) * LINE_BYTES} /dev/zero | tr '\\0' x | fold -w 99`;
  const action_ref = await createScriptAction(
    ctx,
    await ctx.ownPack(),
    `{ ${flood}; echo; echo ${ctx.nonce}; } >&2; exit 3`,
  );

  const { id } = await ctx.client.executions.execute({ action_ref });
  const { result } = await waitForStatus(ctx, id, 'failed');

  expect(result).toMatchObject({ exit_code: 3, error: `${ctx.nonce}\n`, stderr_truncated: true });
});

claim('T3.21g', NEEDS, 'the error of a program is what its runtime reports, with its causes', async (ctx) => {
  const param_schema = { report: { type: 'string', required: true } };
  const pack = await ctx.ownPack();
  const action_ref = await createScriptAction(ctx, pack, 'echo "$report" | base64 -d >&2; exit 3', param_schema);
  const errorOf = async (written: string) => {
    const parameters = { report: Buffer.from(written).toString('base64') };
    const { id } = await ctx.client.executions.execute({ action_ref, parameters });
    const { result } = await waitForStatus(ctx, id, 'failed');
    const { exit_code, error } = result as Parameters;
    return [exit_code, error];
  };

  const errors = await mapConcurrently(Object.entries(RUNTIME_REPORTS), 4, async ([name, { written }]) => {
    return [name, await errorOf(written)] as const;
  });

  expect(Object.fromEntries(errors)).toEqual(
    Object.fromEntries(Object.entries(RUNTIME_REPORTS).map(([name, { error }]) => [name, [3, error]])),
  );
});
