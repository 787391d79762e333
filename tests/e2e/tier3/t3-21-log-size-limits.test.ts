// Spec: the output of a program is stored whole up to the limit, and its first part beyond it.
import { createHash } from 'node:crypto';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { logLimitBytes } from '../../../helpers/scenario/resources/execution-limits';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

/** Runs a script of the test's own pack to its end. */
const runScript = async (ctx: Context, script: string) =>
  runAction(ctx, await createScriptAction(ctx, await ctx.ownPack(), script));

/** Size and hash of a text of many megabytes, which no difference can show. */
const digestOf = (text: string) => ({
  bytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
});

/** With its newline. */
const LINE_BYTES = 16;
/** The share of the limit that is stored at least. */
const MIN_STORED = 0.9;
const STREAMS = ['stdout', 'stderr'] as const;
type Lines = Readonly<Record<(typeof STREAMS)[number], number>>;

/** Before the lines: stdout is cut after a line, and stderr in one. */
const START = { stdout: '', stderr: '>' } as const;

const printTo = (stream: keyof Lines, lines: number): string =>
  `awk 'BEGIN { printf "${START[stream]}"; for (n = 1; n <= ${lines}; n++) printf "%0${LINE_BYTES - 1}d\\n", n }' >/dev/${stream}`;

/** The last digits of a thousand lines. */
const LAST_DIGITS = Array.from({ length: 1_000 }, (_, n) => `${String(n).padStart(3, '0')}\n`);

/** The first bytes of that text. A string for each line would take seconds. */
function numberedLines(bytes: number): string {
  const blocks = Math.ceil((bytes + LINE_BYTES) / (LINE_BYTES * LAST_DIGITS.length));
  const text = Array.from({ length: blocks }, (_, block) => {
    const digits = String(block).padStart(LINE_BYTES - '000\n'.length, '0');
    return digits + LAST_DIGITS.join(digits);
  });
  return text.join('').slice(LINE_BYTES, LINE_BYTES + bytes); // without line 0
}

/** Prints numbered lines on both streams. */
const runPrinting = async (ctx: Context, lines: Lines) => {
  const { id, result } = await runScript(ctx, STREAMS.map((stream) => printTo(stream, lines[stream])).join('\n'));
  return { id, lines, result: result as Record<string, unknown> };
};

/** Of so many lines, what fits into the limit is stored, and the rest is counted. */
const expectCut = async (ctx: Context, { id, lines, result }: Awaited<ReturnType<typeof runPrinting>>) => {
  const limit = logLimitBytes(ctx.facts.capabilities);
  expect(result).toMatchObject({ succeeded: true, exit_code: 0 });
  for (const stream of STREAMS) {
    const start = START[stream];
    const emitted = start.length + lines[stream] * LINE_BYTES;
    const stored = await outputOf(ctx, id, stream);
    const droppedBytes = result[`${stream}_bytes_truncated`] as number | undefined;
    const isCut = emitted > limit;
    const kept = start + numberedLines(emitted - start.length - (droppedBytes ?? 0));
    const notice = `${kept.endsWith('\n') ? '' : '\n'}[OUTPUT TRUNCATED: ${stream} exceeded size limit]\n`;
    expect([stream, digestOf(stored)]).toEqual([stream, digestOf(isCut ? `${kept}${notice}` : kept)]);
    expect([stream, droppedBytes !== undefined]).toEqual([stream, isCut]);
    const isMarked = stream === 'stderr' || isCut ? result[`${stream}_truncated`] : undefined; // a result is shorter
    expect([stream, isMarked]).toEqual([stream, isCut || undefined]);
    expect(!isCut || (stored.length <= limit && stored.length >= MIN_STORED * limit)).toBe(true);
  }
};

claim('T3.21a', [...NEEDS, 'logs.limit'], 'output beyond the limit is cut there, with a true mark', async (ctx) => {
  const fit = Math.floor(logLimitBytes(ctx.facts.capabilities) / LINE_BYTES / 2);

  const runs = [
    await runPrinting(ctx, { stdout: 4 * fit, stderr: 3 }),
    await runPrinting(ctx, { stdout: 3, stderr: 3 * fit }),
    await runPrinting(ctx, { stdout: fit, stderr: fit }),
  ];

  for (const run of runs) await expectCut(ctx, run);
});

const ALTERNATIONS = 200;

claim('T3.21b', NEEDS, 'two streams that a program writes in turns are stored apart', async (ctx) => {
  const turn = `echo "${ctx.nonce}-out-$n"; echo "${ctx.nonce}-err-$n" >&2`;

  const { id, result } = await runScript(ctx, `n=0; while [ $n -lt ${ALTERNATIONS} ]; do ${turn}; n=$((n + 1)); done`);

  const linesOf = (name: string) =>
    Array.from({ length: ALTERNATIONS }, (_, n) => `${ctx.nonce}-${name}-${n}\n`).join('');
  const [out, err] = [linesOf('out'), linesOf('err')];
  expect({ out: await outputOf(ctx, id, 'stdout'), err: await outputOf(ctx, id, 'stderr') }).toEqual({ out, err });
  expect(result).toMatchObject({ succeeded: true, exit_code: 0, stdout: out });
});

const SHORT_LINES = 10_000;

claim('T3.21c', NEEDS, 'ten thousand lines, the last one without end, are stored in order', async (ctx) => {
  const program = `BEGIN { for (n = 1; n < ${SHORT_LINES}; n++) print "line " n; printf "line ${SHORT_LINES}" }`;

  const ended = await runScript(ctx, `awk '${program}'`);

  const emitted = Array.from({ length: SHORT_LINES }, (_, n) => `line ${n + 1}`).join('\n');
  const stored = await outputOf(ctx, ended.id, 'stdout');
  expect(stored.split('\n')).toHaveLength(SHORT_LINES);
  expect(digestOf(stored)).toEqual(digestOf(emitted));
  const { stdout, ...flags } = ended.result as { stdout: string };
  expect(digestOf(stdout)).toEqual(digestOf(emitted));
  expect(flags).not.toHaveProperty('stdout_truncated');
});

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const ASCII = ALL_BYTES.subarray(1, 128).toString('latin1');

/** The bytes 0 to 255 as they are stored. */
const STORED_BYTES = {
  replacement: `\uFFFD${ASCII}${'\uFFFD'.repeat(128)}`,
  escape: `\\x00${ASCII}${Array.from({ length: 128 }, (_, n) => `\\x${(n + 128).toString(16)}`).join('')}`,
};

/** JSON of which no database stores the characters, in a key and in values. */
const ESCAPED = String.raw`{"a\u0000b": ["\u0000", {"\ud800": "c\udfffd"}]}`;
const OF_ESCAPED = { 'a\uFFFDb': ['\uFFFD', { '\uFFFD': 'c\uFFFDd' }] };

const ESCAPED_DATA = { json: OF_ESCAPED, jsonl: [OF_ESCAPED, OF_ESCAPED] };

/** By format: the data of a program that prints such a document twice. */
async function escapedOutputs(ctx: Context): Promise<Record<string, unknown>> {
  await ctx.pack('e2e-values');
  const encoded = Buffer.from(`${ESCAPED}\n${ESCAPED}\n`).toString('base64');
  const run = async (format: string) => {
    const { result } = await runAction(ctx, ctx.action(`print-${format}`), { parameters: { encoded } });
    return [format, (result as Parameters).data] as const;
  };
  return Object.fromEntries(await Promise.all(Object.keys(ESCAPED_DATA).map(run)));
}

claim('T3.21d', NEEDS, 'output of every byte value is stored, and the next run is normal', async (ctx) => {
  await ctx.pack('e2e');
  const [begin, end] = [`${ctx.nonce}-begin`, `${ctx.nonce}-end`];
  const encoded_out = Buffer.concat([Buffer.from(begin), ALL_BYTES, Buffer.from(end)]).toString('base64');
  const run = (action: string, parameters: Parameters) =>
    runAction(ctx, ctx.action(action), { parameters: { ...ctx.ledgerInput(action), ...parameters } });

  const { id, result } = await run('exit-with', { code: 0, encoded_out });
  const next = await run('echo-params', { nonce: ctx.nonce });

  const stdout = `${begin}${STORED_BYTES[ctx.facts.choices.invalidUtf8]}${end}`;
  expect(result).toMatchObject({ succeeded: true, exit_code: 0, stdout });
  const log = await outputOf(ctx, id, 'stdout');
  expect([log.indexOf(begin), log.endsWith(end)]).toEqual([0, true]);
  expect(echoedParameters(next)).toEqual({ ...ctx.ledgerInput('echo-params'), nonce: ctx.nonce });
  if (ctx.facts.choices.invalidUtf8 === 'replacement') expect(await escapedOutputs(ctx)).toEqual(ESCAPED_DATA);
});
