// Spec: a connection that is lost while an action runs changes neither its run nor its logs.
import { startNetworkProxy } from '../../../../helpers/fixtures/network-proxy';
import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { ledgerToHave, writeEntry } from '../../support/ledger-commands';
import { outputOf } from '../../../../helpers/scenario/resources/output-of';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { startStandaloneWorker } from '../../support/workers/standalone-worker';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.standalone', 'host.processes', 'ledger.shared');

const LIMIT_SECONDS = 40;
const NUMBERS = Array.from({ length: 60 }, (_, n) => n + 1);
/** After this number the connection is lost. */
const CUT_AFTER = 20;

/** Prints the numbers for 3 s, with an entry in the ledger for one of them. */
const script = (ctx: Context): string =>
  [
    writeEntry(ctx, 'print', 'start'),
    `for n in ${NUMBERS.join(' ')}; do`,
    '  echo "out $n"; echo "err $n" >&2; sleep 0.05',
    `  if [ "$n" = ${CUT_AFTER} ]; then ${writeEntry(ctx, 'print', 'beat')}; fi`,
    'done',
    writeEntry(ctx, 'print', 'end'),
  ].join('\n');

const linesOf = (word: string): string => NUMBERS.map((n) => `${word} ${n}\n`).join('');

/** Loses what is sent while the action prints, until it has ended. */
async function printWhileCut(ctx: Context, lost: 'both' | 'replies'): Promise<void> {
  const { client, deadline, ledger } = ctx;
  const proxy = await startNetworkProxy({ host: '127.0.0.1', target: ctx.facts.url, delayMs: 0 });
  ctx.defer(() => proxy.close());
  const { id: worker, placement } = await startStandaloneWorker(ctx, { api: proxy.url });
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), script(ctx));

  const { id } = await client.executions.execute({ action_ref, ...placement });
  await until(ledgerToHave(1, ctx, 'print', 'beat'), deadline);
  proxy.cut(lost);
  await until(ledgerToHave(1, ctx, 'print', 'end'), deadline);
  proxy.restore();
  const ended = await until(executionToBe('completed', client, id), deadline);

  expect(ended.worker).toBe(worker);
  expect(ledger.count(ctx.ledgerInput('print').key)).toBe(1);
  expect(await outputOf(ctx, id, 'stdout')).toBe(linesOf('out'));
  expect(await outputOf(ctx, id, 'stderr')).toBe(linesOf('err'));
  const log = await until(logToEnd(client, id), deadline);
  expect(log.filter(({ type }) => type === 'AGENT_INVOKED' || type === 'EXECUTION_RECOVERED')).toHaveLength(1);
}

test('S1-61 a run outlasts a cut of its connection, once and in order', LIMIT_SECONDS, (ctx) =>
  printWhileCut(ctx, 'both'),
);

test('S1-61 replies that are lost are sent again, and change nothing', LIMIT_SECONDS, (ctx) =>
  printWhileCut(ctx, 'replies'),
);
