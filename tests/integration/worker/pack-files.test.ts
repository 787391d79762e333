import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withAttemptRunner } from './attempt-runner';

const runner = withAttemptRunner();

const parameters = { message: 'hi', n: 5, flag: false };

test('a shell file reads its parameters on standard input', async () => {
  const result = await runner().runAction('in.sh', 'cat', { parameters, outputFormat: 'json' });
  expect(result.data).toEqual(parameters);
});

test('an entrypoint without a file runs as inline script', async () => {
  const result = await runner().run({
    packDirectory: runner().packDirectory,
    isAdhoc: false,
    entrypoint: 'echo inline',
  });
  expect(result?.result.stdout).toBe('inline\n');
});

test('a Python file imports from lib/ and writes nothing into the pack', async () => {
  runner().writePackFile('lib/greeting.py', 'WORD = "hello"\n');
  const text = 'import json, sys, greeting\nprint(json.dumps([greeting.WORD, json.load(sys.stdin)]))';
  const result = await runner().runAction('greet.py', text, { runtime: 'python', parameters, outputFormat: 'json' });
  expect(result.data).toEqual(['hello', parameters]);
  expect(existsSync(join(runner().packDirectory, 'lib', '__pycache__'))).toBe(false);
});

test('a failed requirement is logged and the action fails', async () => {
  runner().writePackFile('requirements.txt', 'no-such-module\n');
  const result = await runner().runAction('needs.py', 'import no_such_module', { runtime: 'python' });
  rmSync(join(runner().packDirectory, 'requirements.txt'));
  expect(result).toMatchObject({ succeeded: false, exit_code: 1 });
  expect(result.error).toContain('no_such_module');
  expect(runner().logEntries.at(-1)).toMatchObject({
    type: 'ENVIRONMENT_BUILD',
    payload: { phase: 'failed', failing: 'no-such-module' },
  });
});

test.each([
  ['in.js', `process.stdin.setEncoding('utf8').on('data', (d) => console.log(d))`],
  ['in.mjs', `for await (const d of process.stdin) console.log(String(d))`],
])('a Node file reads its parameters: %s', async (name, text) => {
  const result = await runner().runAction(name, text, { runtime: 'nodejs', parameters, outputFormat: 'json' });
  expect(result.data).toEqual(parameters);
});

const isInstalled = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const INTERPRETED = [
  { program: 'perl', name: 'in.pl', text: 'print while <STDIN>;' },
  { program: 'ruby', name: 'in.rb', text: 'print STDIN.read' },
  { program: 'Rscript', name: 'in.r', text: "cat(readLines(file('stdin')))" },
  {
    program: 'java',
    name: 'In.java',
    text: 'public class In { public static void main(String[] a) throws Exception { System.in.transferTo(System.out); } }',
  },
];

test.each(INTERPRETED.filter(({ program }) => isInstalled(program)))(
  'a file for $program reads its parameters',
  async (other) => {
    const result = await runner().runAction(other.name, other.text, {
      runtime: null,
      parameters,
      outputFormat: 'json',
    });
    expect(result.data).toEqual(parameters);
  },
);

test.each(INTERPRETED.filter(({ program }) => !isInstalled(program)))(
  'without $program the error names the search path',
  async (other) => {
    const result = await runner().runAction(other.name, other.text, { runtime: null, parameters });
    expect(result.error).toContain('is not available: looked in PATH');
  },
);

test('the file extension selects the runtime', async () => {
  const result = await runner().runAction('who.py', 'print("python")', { runtime: null });
  expect(result.stdout).toBe('python\n');
});

test('an executable file runs in the pack directory', async () => {
  const result = await runner().runAction('own', '#!/bin/sh\npwd', { runtime: 'native' });
  expect(result.stdout).toBe(`${runner().packDirectory}\n`);
});

test('the parameter file is private, read-only and removed', async () => {
  const text =
    'stat -c "%a" "$ATTUNE_PARAMETER_FILE"; echo "$ATTUNE_PARAMETER_FILE"; cat; cat "$ATTUNE_PARAMETER_FILE"';
  const result = await runner().runAction('file.sh', text, { delivery: 'file', parameterFormat: 'dotenv', parameters });
  const [mode, path, ...lines] = (result.stdout as string).trimEnd().split('\n');
  expect([mode, lines]).toEqual(['400', ["flag='false'", "message='hi'", "n='5'"]]);
  expect(existsSync(path!)).toBe(false);
});
