import { setTimeout as pause } from 'node:timers/promises';
import type { Attempt } from '../../../platform/store/lifecycle/attempt';
import { livenessDeadline } from '../liveness';
import { backendTest as test } from './backends';
import { withConfinedRunner } from './confined-runner';

const confined = withConfinedRunner();
/** An interpreter takes about as long to start. */
const PAUSE_MS = 100;
/** Programs that an interpreter had waited for. */
const WAITED_RUNS = 2;

const STATE_IN_PYTHON = `
import os, signal, sys
import inspect
print(sorted(os.environ.items() - {(name, os.environ.get(name)) for name in ("ATTUNE_EXEC_ID", "PLATFORM_MARK")}))
print(sys.argv, sys.path, sys.orig_argv, sys.flags, sys.executable, sys.prefix)
print(__name__, __file__, __package__, __spec__, type(__loader__).__name__, __loader__.path, sorted(globals()))
print(sys.modules["__main__"].__dict__ is globals(), "json" in sys.modules, "platform" in sys.modules)
print(os.getcwd(), os.umask(0o22), sorted(os.listdir("/proc/self/fd")), os.readlink("/proc/self/fd/0")[:5])
print([signal.getsignal(each) for each in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM)], os.getpid(), os.getsid(0))
print(sys.stdin.read(), sys.stdout.encoding, sys.stdout.line_buffering, sys.stdout.write_through)
`;

const STATE_IN_NODE = `
const { readdirSync, readFileSync } = require('node:fs');
const env = { ...process.env };
delete env.ATTUNE_EXEC_ID;
for (const name of Object.keys(env)) if (/MARK/.test(name)) delete env[name];
console.log(env, process.argv, process.execArgv, process.title, process.cwd(), process.umask());
console.log(require.main === module, module.id, module.parent, module.children, __filename, module.paths);
console.log(Object.keys(require.cache), require('node:module').globalPaths, Object.keys(globalThis));
console.log(readdirSync('/proc/self/fd').length, process.pid, readFileSync(0, 'utf8'));
console.log(process.listenerCount('exit'), process.listenerCount('uncaughtException'));
`;

interface Run {
  readonly isWaiting: boolean;
  readonly output: readonly string[];
}

const WAITED = 'it waited\n';
/** The first lines of a program: it prints whether its interpreter waited for it. */
const PRINT_WAITED = {
  py: `open("/proc/self/cmdline").read().find("wait.py") > 0 and print("it waited", flush=True)\n`,
  js: `require('node:fs').readFileSync('/proc/self/cmdline', 'latin1').includes('wait.js') && console.log('it waited');\n`,
  mjs: `import { readFileSync as read } from 'node:fs';
read('/proc/self/cmdline', 'latin1').includes('wait.js') && console.log('it waited');\n`,
};

/** Interpreters wait for programs of one tenant: no case has those of another one. */
let tenant = 0;

/** Runs where no interpreter waits. */
const COLD_RUNS = 4;

/**
 * Runs a program until it has found an interpreter that waits twice, where interpreters wait;
 * `count`: so many times.
 */
async function runRepeatedly(
  kind: keyof typeof PRINT_WAITED,
  text: string,
  more: Partial<Attempt> = {},
  count = confined().hasWarmInterpreters ? undefined : COLD_RUNS,
) {
  const entrypoint = `repeated.${kind}`;
  confined().writePackFile(++tenant, `actions/${entrypoint}`, PRINT_WAITED[kind] + text);
  const runtime = kind === 'py' ? 'python' : 'nodejs';
  const packDirectory = confined().packDirectory(tenant);
  const runs: Run[] = [];
  const deadline = livenessDeadline();
  const hasEnough = () =>
    count === undefined ? runs.filter(({ isWaiting }) => isWaiting).length === WAITED_RUNS : runs.length === count;
  while (!hasEnough() && performance.now() < deadline) {
    const attempt = {
      tenant,
      packDirectory,
      entrypoint,
      runtime,
      isAdhoc: false,
      parameters: { a: 'ü' },
      ...more,
    };
    const outcome = (await confined().runner.run(attempt))!;
    const { stdout = '', error = '', exit_code = null, succeeded } = outcome.result;
    const output = [stdout, error, exit_code, succeeded, outcome.stderrTail].map(String).join('\n');
    runs.push({ isWaiting: output.includes(WAITED), output: output.replace(WAITED, '').split('\n') });
    await pause(PAUSE_MS);
  }
  return runs;
}

/** Interpreters that waited ran it where any wait, and it behaved as without them. */
function expectEqualRuns(runs: readonly Run[]): void {
  expect(runs[0]!.isWaiting).toBe(false);
  const waited = confined().hasWarmInterpreters ? WAITED_RUNS : 0;
  expect(runs.filter(({ isWaiting }) => isWaiting)).toHaveLength(waited);
  for (const { output } of runs) expect(output).toEqual(runs[0]!.output);
}

test('a Python program in an interpreter that waited sees what it sees without', async () => {
  expectEqualRuns(await runRepeatedly('py', STATE_IN_PYTHON));
});

test('a Node program in an interpreter that waited sees what it sees without', async () => {
  expectEqualRuns(await runRepeatedly('js', STATE_IN_NODE));
});

test.each<[string, 'py' | 'js' | 'mjs', string]>([
  ['an uncaught error', 'py', 'def fail():\n    raise ValueError("no")\n\nfail()\n'],
  [
    'an error with a cause',
    'py',
    'try:\n    {}["a"]\nexcept KeyError as error:\n    raise ValueError("no") from error\n',
  ],
  ['an exit code', 'py', 'import sys\nsys.exit(7)\n'],
  ['functions that run at the exit', 'py', 'import atexit\natexit.register(print, "the end")\n'],
  ['a signal of its own', 'py', 'import os\nos.kill(os.getpid(), 15)\n'],
  [
    'a process pool',
    'py',
    'import multiprocessing\nif __name__ == "__main__":\n    multiprocessing.set_start_method("spawn")\n    with multiprocessing.Pool(1) as pool:\n        print(pool.map(abs, [-1]))\n',
  ],
  ['an exit code', 'js', 'process.exitCode = 7;\n'],
  [
    'an ECMAScript module',
    'mjs',
    'console.log(import.meta.url, process.argv);\nconsole.log(await Promise.resolve(1));\n',
  ],
  [
    'a child with the same options',
    'js',
    `require('node:child_process').fork('-e', ['console.log(process.execArgv)'], { execArgv: process.execArgv });\n`,
  ],
])('%s (%s) is the same in an interpreter that waited', async (_what, kind, text) => {
  expectEqualRuns(await runRepeatedly(kind, text));
});

test('a program in Python that cannot be compiled reports the same error', async () => {
  const runs = await runRepeatedly('py', 'def (:\n', {}, 4);

  for (const { output } of runs) expect(output).toEqual(runs[0]!.output);
});

/** The outermost frame of a stack is of Node itself. */
const withoutLastFrame = ({ output }: Run) =>
  output.filter((line) => !/node:internal.(main.run_main_module|process.task_queues)/.test(line));

test('a Node program that throws reports the same error', async () => {
  const runs = await runRepeatedly('js', `function fail() {\n  throw new TypeError('no');\n}\nfail();\n`);

  expect(runs[0]!.output.join()).toContain('TypeError: no');
  for (const run of runs) expect(withoutLastFrame(run)).toEqual(withoutLastFrame(runs[0]!));
});

test('parameters in a file, and no input, are the same', async () => {
  const text =
    'import os, sys\nprint(open(os.environ["ATTUNE_PARAMETER_FILE"]).read(), os.stat(os.environ["ATTUNE_PARAMETER_FILE"]).st_mode)\nprint(repr(sys.stdin.read()))\n';

  expectEqualRuns(await runRepeatedly('py', text, { delivery: 'file' }));
});

test('code that Python runs at its start sees the variables of the program', async () => {
  const seen = 'import os\nprint(os.environ.get("ATTUNE_ACTION"), os.getcwd(), flush=True)\n';
  confined().writePackFile(tenant + 1, 'lib/sitecustomize.py', seen);

  const runs = await runRepeatedly('py', 'print("done")\n', {}, 4);

  for (const { output } of runs) expect(output).toEqual(runs[0]!.output);
  expect(runs[0]!.output.join()).toContain('demo.act');
});

test('a variable that an interpreter reads at its start has its effect', async () => {
  const text = 'import sys\nprint(sys.flags.optimize, __debug__)\n';
  await runRepeatedly('py', text);

  const runs = await runRepeatedly('py', text, { envVars: { PYTHONOPTIMIZE: '2' } });

  expectEqualRuns(runs);
  expect(runs[0]!.output[0]).toBe('2 False');
});
