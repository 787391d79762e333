// Spec: the result of a failed program holds its output as it was written.
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];
const CANCELS = [...NEEDS, 'executions.cancel', 'executions.log'];

const FIVE_LINES = 'one\n\nthree\nfour\nfive\n';

/** Neither UTF-8 nor a text of PostgreSQL. */
const BYTES = Buffer.from([0x61, 0x00, 0xff, 0x62]);

/** What a program writes before it fails, and the texts of the result. */
const FAILURES: readonly { out?: string | Buffer; err?: string; stdout?: unknown; error: string }[] = [
  { err: FIVE_LINES, error: FIVE_LINES },
  { err: `${FIVE_LINES}six\n`, error: 'six\n' },
  { out: '{"a": 1}\n\n', err: 'e', stdout: '{"a": 1}\n\n', error: 'e' },
  { out: 'a\nb\n', stdout: 'a\nb\n', error: 'Command exited with code 4' },
  { out: BYTES, stdout: expect.stringMatching(/^a.+b$/u), error: 'Command exited with code 5' },
];

/** The result of a failed program that wrote this and ended with this code. */
const expectedResult = ({ error, stdout, err }: (typeof FAILURES)[number], code: number) => ({
  succeeded: false,
  exit_code: code,
  error,
  duration_ms: expect.any(Number) as number,
  ...(stdout !== undefined && { stdout }),
  ...(err !== undefined && { stderr_log: expect.any(String) as string }),
});

const encode = (written: string | Buffer = '') => Buffer.from(written).toString('base64');

claim('T1.8f', NEEDS, 'the result of a failed program holds its output as it was written', async (ctx) => {
  await ctx.pack('e2e');
  const fail = async (parameters: Parameters) =>
    (await runToEnd(ctx, 'exit-with', { ...ctx.ledgerInput('exit-with'), ...parameters }, 'failed')).result;

  const results = await Promise.all(
    FAILURES.map(({ out, err }, n) => fail({ encoded_out: encode(out), encoded_err: encode(err), code: n + 1 })),
  );

  expect(results).toEqual(FAILURES.map((row, n) => expectedResult(row, n + 1)));
});

claim('T1.8i', NEEDS, 'a program that a signal ended has failed, and has no exit code', async (ctx) => {
  await ctx.pack('e2e');

  const { result } = await runToEnd(ctx, 'exit-with', { ...ctx.ledgerInput('killed'), signal: 'KILL' }, 'failed');

  expect(result).toMatchObject({ succeeded: false, error: expect.stringContaining('Action execution failed') });
  if (ctx.canProve('executions.log')) expect(result).toMatchObject({ signal: 'SIGKILL' });
  const { exit_code: code } = result as Parameters;
  expect(typeof code === 'number' && code >= 0 && code <= 255).toBe(false);
});

interface Cancelled {
  /** Of the pack `e2e`, or of the Python one. */
  readonly action: string;
  readonly isPython?: boolean;
  readonly input: Parameters;
  /** Its first entry in the ledger once it has printed. */
  readonly entry: 'beat' | 'start';
  readonly exit_code: number;
  readonly stdout?: string;
}

/** Programs that run until SIGTERM. */
const CANCELLED: readonly Cancelled[] = [
  { action: 'end-on-term', input: { out: 'printed' }, entry: 'beat', exit_code: 0, stdout: 'printed' },
  { action: 'sleep-for', input: { ms: 30_000 }, entry: 'start', exit_code: -1 },
  { action: 'py-wait', isPython: true, input: { out: 'line' }, entry: 'beat', exit_code: -1, stdout: 'line\n' },
];

claim('T1.8j', CANCELS, 'a cancelled program has its own exit code, output and the signal sent', async (ctx) => {
  const rows = CANCELLED.filter(({ isPython }) => isPython !== true || ctx.canProve('runtimes.python'));
  const { ref: shell } = await ctx.pack('e2e');
  const run = async ({ action, isPython, input, entry }: Cancelled) => {
    const parameters = { ...ctx.ledgerInput(action), ...input };
    const pack = isPython ? (await ctx.pack('e2e-python', { requires: [] })).ref : shell;
    const { id } = await ctx.client.executions.execute({ action_ref: `${pack}.${action}`, parameters });
    const isRunning = () => ctx.ledger.entries(ctx.ledgerInput(action).key, entry).length === 1;
    await until(predicateToHold(`the program of ${action} to run`, isRunning), ctx.deadline);
    await cancelAndWait(ctx.client, id);
    return (await ctx.client.executions.get(id)).result;
  };

  const results = await Promise.all(rows.map(run));

  const stopped = { succeeded: false, cancelled: true, error: 'Execution cancelled by user', signal: 'SIGTERM' };
  const expected = rows.map(({ exit_code, stdout }) => ({ ...stopped, exit_code, ...(stdout && { stdout }) }));
  expect(results).toMatchObject(expected);
});
