import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openBench, type Bench } from './attempts';

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench[Symbol.dispose]());

describe('inline shell', () => {
  test('prints, and its text stands in the result as it was printed', async () => {
    const result = await bench.script('echo hi');
    expect(result).toEqual({ succeeded: true, exit_code: 0, duration_ms: expect.any(Number), stdout: 'hi\n' });
  });

  test('sees its parameters as variables that no child inherits', async () => {
    const parameters = {
      'a.b': 'x y',
      n: 5,
      on: true,
      none: null,
      list: [1, 'z'],
      quote: `it's "\\n"\n$HOME`,
      '1st': 'd',
    };
    const names =
      'for v in "$a_b" "$PARAM_A_B" "$n" "$on" "$none" "$list" "$quote" "$_st"; do printf "<%s>" "$v"; done';
    const result = await bench.script(`${names}; printenv PARAM_N || echo unexported`, { parameters });
    expect(result.stdout).toBe(`<x y><x y><5><true><null><[1,"z"]><it's "\\n"\n$HOME><d>unexported\n`);
  });

  test('bears parameters named like variables that bash keeps for itself', async () => {
    const result = await bench.script('echo "$PARAM_UID $PARAM_PPID"', { parameters: { UID: 'u', PPID: 'p' } });
    expect(result.stdout).toBe('u p\n');
  });

  test('ends at the first failing command, and has an empty standard input', async () => {
    expect(await bench.script('cat; false; echo never')).toMatchObject({ succeeded: false, exit_code: 1 });
  });

  test('names the line its author sees', async () => {
    const result = await bench.script('true\nno-such-command', { parameters: { text: 'two\nlines' } });
    expect(result).toMatchObject({ exit_code: 127 });
    expect(result.error).toContain('line 2: no-such-command: command not found');
  });

  test('leaves no script behind', async () => {
    await bench.script('true');
    expect(readdirSync(join(bench.directory, 'tmp', 'bench'))).toEqual([]);
  });
});

describe('files of a pack', () => {
  const parameters = { message: 'hi', n: 5, flag: false };

  test('a shell file reads its parameters on standard input', async () => {
    const result = await bench.action('in.sh', 'cat', { parameters, outputFormat: 'json' });
    expect(result.data).toEqual(parameters);
  });

  test('a shell file that is missing is run as inline text', async () => {
    const result = await bench.run({ packDirectory: bench.packDirectory, isAdhoc: false, entrypoint: 'echo inline' });
    expect(result?.result.stdout).toBe('inline\n');
  });

  test('a Python file finds the modules of lib/ and leaves the pack as it was', async () => {
    bench.file('lib/greeting.py', 'WORD = "hello"\n');
    const text = 'import json, sys, greeting\nprint(json.dumps([greeting.WORD, json.load(sys.stdin)]))';
    const result = await bench.action('greet.py', text, { runtime: 'python', parameters, outputFormat: 'json' });
    expect(result.data).toEqual(['hello', parameters]);
    expect(existsSync(join(bench.packDirectory, 'lib', '__pycache__'))).toBe(false);
  });

  test('requirements that are not installed are told in the log, and the action fails by itself', async () => {
    bench.file('requirements.txt', 'no-such-module\n');
    const result = await bench.action('needs.py', 'import no_such_module', { runtime: 'python' });
    rmSync(join(bench.packDirectory, 'requirements.txt'));
    expect(result).toMatchObject({ succeeded: false, exit_code: 1 });
    expect(result.error).toContain('no_such_module');
    expect(bench.notes.at(-1)).toMatchObject({
      type: 'ENVIRONMENT_BUILD',
      payload: { phase: 'failed', failing: 'no-such-module' },
    });
  });

  test.each([
    ['in.js', `process.stdin.setEncoding('utf8').on('data', (d) => console.log(d))`],
    ['in.mjs', `for await (const d of process.stdin) console.log(String(d))`],
  ])('a Node file reads its parameters: %s', async (name, text) => {
    const result = await bench.action(name, text, { runtime: 'nodejs', parameters, outputFormat: 'json' });
    expect(result.data).toEqual(parameters);
  });

  const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  const OTHERS = [
    { program: 'perl', name: 'in.pl', text: 'print while <STDIN>;' },
    { program: 'ruby', name: 'in.rb', text: 'print STDIN.read' },
    { program: 'Rscript', name: 'in.r', text: "cat(readLines(file('stdin')))" },
    {
      program: 'java',
      name: 'In.java',
      text: 'public class In { public static void main(String[] a) throws Exception { System.in.transferTo(System.out); } }',
    },
  ];

  test.each(OTHERS.filter(({ program }) => has(program)))('a file for $program reads its parameters', async (other) => {
    const result = await bench.action(other.name, other.text, { runtime: null, parameters, outputFormat: 'json' });
    expect(result.data).toEqual(parameters);
  });

  test.each(OTHERS.filter(({ program }) => !has(program)))('without $program its files say so', async (other) => {
    const result = await bench.action(other.name, other.text, { runtime: null, parameters });
    expect(result.error).toContain('is not available: looked in PATH');
  });

  test('the runtime follows the ending when none is named', async () => {
    const result = await bench.action('who.py', 'print("python")', { runtime: null });
    expect(result.stdout).toBe('python\n');
  });

  test('an executable is started itself, in the directory of the pack', async () => {
    const result = await bench.action('own', '#!/bin/sh\npwd', { runtime: 'native' });
    expect(result.stdout).toBe(`${bench.packDirectory}\n`);
  });

  test('parameters by file: private, read-only, and gone afterwards', async () => {
    const text =
      'stat -c "%a" "$ATTUNE_PARAMETER_FILE"; echo "$ATTUNE_PARAMETER_FILE"; cat; cat "$ATTUNE_PARAMETER_FILE"';
    const result = await bench.action('file.sh', text, { delivery: 'file', parameterFormat: 'dotenv', parameters });
    const [mode, path, ...lines] = (result.stdout as string).trimEnd().split('\n');
    expect([mode, lines]).toEqual(['400', ["flag='false'", "message='hi'", "n='5'"]]);
    expect(existsSync(path!)).toBe(false);
  });
});

describe('what cannot be started says what is missing and where it was looked for', () => {
  test.each([
    [
      'a file',
      { runtime: 'python', entrypoint: 'gone.py' },
      /"gone.py" not found: looked for \/.*\/packs\/demo\/actions\/gone.py$/,
    ],
    ['a file outside', { runtime: 'nodejs', entrypoint: '../../x.js' }, /lies outside/],
    [
      'a runtime',
      { runtime: 'cobol' },
      /"cobol" is not available on this worker: it has shell, python, nodejs, native/,
    ],
    ['an ending', { runtime: null, entrypoint: 'act.xyz' }, /names no runtime/],
    [
      'a version',
      { runtime: 'python', entrypoint: 'v.py', runtimeVersionConstraint: '>=2,<3' },
      /python >=2,<3 is needed, and this worker has 3/,
    ],
    ['a built-in', { runtime: 'native', entrypoint: 'builtin:nope' }, /there are echo, noop, sleep/],
    ['a pack', { runtime: 'python', packDirectory: null, entrypoint: 'x.py' }, /no executable content/],
  ])('%s', async (_, more, error) => {
    const outcome = await bench.run({ packDirectory: bench.packDirectory, isAdhoc: false, ...more });
    expect(outcome?.status).toBe('failed');
    expect(outcome?.result).toEqual({ succeeded: false, error: expect.stringMatching(error) });
    expect(outcome?.result.error).toMatch(/^Action execution failed: /);
  });

  test('a native file without the right to be executed', async () => {
    bench.file('actions/plain', 'text');
    const outcome = await bench.run({
      packDirectory: bench.packDirectory,
      isAdhoc: false,
      runtime: 'native',
      entrypoint: 'plain',
    });
    expect(outcome?.result.error).toMatch(/is not executable/);
  });
});

describe('built-in actions', () => {
  const run = async (name: string, parameters = {}, seconds = 20) =>
    (await bench.run({
      runtime: 'native',
      entrypoint: `builtin:${name}`,
      parameters,
      limit: { seconds, level: 'task' },
    }))!;

  test('echo prints its message without a line end', async () => {
    expect((await run('echo', { message: 'hi' })).result).toMatchObject({ succeeded: true, stdout: 'hi' });
  });

  test('noop ends with the code it is given, and with 1 when that is none', async () => {
    expect((await run('noop', { exit_code: 3 })).result).toMatchObject({ succeeded: false, exit_code: 3 });
    expect((await run('noop', { exit_code: 256 })).result).toMatchObject({ exit_code: 1 });
  });

  test('sleep sleeps, and says so', async () => {
    const { result } = await run('sleep', { seconds: 0.05 });
    expect(result).toMatchObject({ stdout: 'Slept for 0.05 seconds\n' });
    expect(result.duration_ms).toBeGreaterThanOrEqual(50);
  });

  test('sleep obeys its limit', async () => {
    const { status, result, timeoutLevel } = await run('sleep', { seconds: 30 }, 0.1);
    expect([status, timeoutLevel]).toEqual(['failed', 'task']);
    expect(result).toMatchObject({ exit_code: -1, timed_out: true, error: 'Execution timed out after 0.1 seconds' });
  });

  test('sleep is stopped by a cancellation', async () => {
    const stop = AbortSignal.abort('cancelled');
    const outcome = await bench.run(
      { runtime: 'native', entrypoint: 'builtin:sleep', parameters: { seconds: 30 } },
      stop,
    );
    expect(outcome).toMatchObject({ status: 'cancelled', result: { cancelled: true, succeeded: false } });
  });
});
