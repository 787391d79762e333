import { join } from 'node:path';
import type { Flake } from '../../../tools/gate/run/flakes';
import type { RunReport } from '../../../tools/gate/run/run-report';
import { GateProject } from './gate-project';

/** A test that fails the first time, and passes each time after it. */
const FLAKY = `const { existsSync, writeFileSync } = require('node:fs');
test('T1.1a fails once', () => {
  const isFirst = !existsSync('ran');
  writeFileSync('ran', '');
  expect(isFirst).toBe(false);
});
test('T1.1b passes', () => {});
`;
/** A file that cannot be loaded the first time. */
const CRASHING = `const { existsSync, writeFileSync } = require('node:fs');
const isFirst = !existsSync('loaded');
writeFileSync('loaded', '');
if (isFirst) throw new Error('cannot load');
test('T1.3a passes', () => {});
`;
const PASSING = `test('T1.1a passes', () => {});\n`;
const RED = `test('T1.2a fails always', () => expect(1).toBe(2));\n`;

const FILES = {
  'package.json': '{"private": true}',
  'jest.config.js': "module.exports = { testMatch: ['<rootDir>/tests/**/*.test.js'] };\n",
  'tests/flaky.test.js': FLAKY,
  'policy.yml': `branch: main
window: 10
checks: [{ id: tier1, state: required, jobs: [embedded], tests: [T1.], owners: [Ada] }]
`,
  '.ci/gate.yml': `first: { name: the main job, jest: tests/, job: embedded }
steps: [{ name: an exit code, run: exit 3, exit: 3 }]
last: [{ name: the end, run: 'test -f "$GATE_RUN/report.json"' }]
`,
  '.ci/proof.yml': `slices: 2
parts: [{ id: faults, run: 'test ! -e broken && echo shard {n} of {of}', pieces: 2, seconds: 10 }]
`,
};

const runOf = (project: GateProject, ...args: string[]) =>
  project.gate(
    'run',
    project.directory,
    '--policy',
    join(project.directory, 'policy.yml'),
    '--directory',
    'out',
    ...args,
  );

const reportOf = (project: GateProject): RunReport => JSON.parse(project.read('out/report.json')) as RunReport;

/** A run with a flake, of which three tests compare a part each. */
let flaky: GateProject;
let flakyRun: Awaited<ReturnType<typeof runOf>>;
beforeAll(async () => {
  flaky = new GateProject(FILES);
  flakyRun = await runOf(flaky);
});

test('a test that fails once is a flake: the gate is green and names it', () => {
  const [project, { code, lines, stderr }] = [flaky, flakyRun];

  expect(lines.slice(1)).toEqual([
    'FLAKY, passed alone: T1.1a fails once (tests/flaky.test.js)',
    '  the main job: Error: expect(received).toBe(expected) // Object.is equality',
    '  outputs: out/the-main-job.log out/again-1.log',
    'not run of the proof: faults (1)',
    'to list the flakes: npx tuningfork gate flake --report out/report.json',
    '5 passed, 0 failed',
  ]);
  expect(code).toBe(0);
  expect(project.read('out/the-main-job.log')).toContain('● T1.1a fails once');
  expect(project.read('out/again-1.log')).toContain('1 skipped, 1 passed, 2 total');
  expect(stderr).toContain('CHECK_FLAKY: tier1 passed only when repeated: T1.1a\n');
  expect(project.read('out/junit.xml')).toMatch(
    /<testcase name="T1.1a fails once"[^>]*>\s*<flakyFailure message="Error: expect/,
  );
  expect(reportOf(project)).toMatchObject({
    verdict: 'passed',
    commit: project.git('rev-parse', 'HEAD'),
    tests: [{ test: 'T1.1a fails once', result: 'flaky', attempts: [{ status: 'failed' }, { status: 'passed' }] }],
  });
});

/** A test of a random case that fails. */
const RANDOM = `const { appendFileSync } = require('node:fs');
test('T1.4a fails for this seed', () => {
  appendFileSync('seeds', process.env.GATE_SEED + ' ');
  expect(1).toBe(2);
});
`;

test('a test that runs again has the random cases of the first time', async () => {
  const project = new GateProject({ ...FILES, 'tests/flaky.test.js': RANDOM });

  const { code } = await runOf(project);

  expect(code).toBe(1);
  expect(project.read('seeds')).toMatch(/^(\d+) \1 $/);
});

test('a step beside the next one has low priority, and prints at its end', async () => {
  const steps = [
    { name: 'slow', run: 'nice; until test -e second; do sleep 0.05; done; echo the end of it', beside: true },
    { name: 'next', run: 'test ! -e second && echo the next one && touch second' },
    { name: 'after both', run: 'grep -q "the end of it" "$GATE_RUN/slow.log"' },
  ];
  const first = { name: 'the main job', jest: 'tests/', job: 'embedded' };
  const files = { 'tests/flaky.test.js': PASSING, '.ci/gate.yml': JSON.stringify({ first, steps, last: [] }) };
  const project = new GateProject({ ...FILES, ...files });

  const { code, stderr } = await runOf(project);

  expect(code).toBe(0);
  expect(project.read('out/slow.log')).toBe('19\nthe end of it\n');
  expect(stderr).toContain('\n19\nthe end of it\n--- slow: exit 0, ');
});

test('a listed flake is green for 14 days, and never a pass', async () => {
  const project = flaky;
  const [policy, list] = [join(project.directory, 'policy.yml'), join(project.directory, 'tests/flakes.json')];
  const report = ['--report', join(project.directory, 'out/report.json')];
  const results = ['--policy', policy, '--results', join(project.directory, 'out/again-1.json')];

  const listed = await project.gate('flake', ...report, '--flakes', list);
  const green = await project.gate('check', ...results, '--flakes', list);
  const [flake] = JSON.parse(project.read('tests/flakes.json')) as Flake[];
  project.write('tests/flakes.json', JSON.stringify([{ ...flake, date: '2020-02-01' }]));
  const red = await project.gate('check', ...results, '--flakes', list);
  const status = await project.gate('status', '--policy', policy, '--flakes', list);

  expect(listed).toMatchObject({ code: 0, lines: [`T1.1a fails once: added to ${list}`] });
  expect(flake).toMatchObject({ test: 'T1.1a fails once', file: 'tests/flaky.test.js' });
  expect([green.code, red.code]).toEqual([0, 1]);
  expect(red.lines).toContain(
    'FLAKE_TOO_OLD: T1.1a fails once (tests/flaky.test.js) is listed since 2020-02-01, more than 14 days: mend it, and remove it',
  );
  expect(status.lines).toContain('flake since 2020-02-01, too old: T1.1a fails once (tests/flaky.test.js)');
});

test('a run with a flake is recorded as flaky', async () => {
  const files = { policy: 'policy.yml', report: 'out/report.json', history: 'history.jsonl' };
  const options = Object.entries(files).flatMap(([name, path]) => [`--${name}`, join(flaky.directory, path)]);
  const recorded = await flaky.gate('record', '--run', '7', '--branch', 'main', '--commit', '3f2a91c', ...options);

  expect(recorded).toMatchObject({ code: 0, lines: ['tier1 of embedded: flaky'] });
});

test('a test that fails twice is red, and so is a piece of the proof', async () => {
  const files = { 'tests/flaky.test.js': PASSING, 'tests/red.test.js': RED, 'tests/crash.test.js': CRASHING };
  const project = new GateProject({ ...FILES, ...files, broken: '' });

  const { code, stdout } = await runOf(project, '--slice', '2');

  expect(code).toBe(1);
  for (const line of [
    'FAILED: the required checks are green (exit 1 instead of 0)',
    'FAILED: T1.2a fails always (tests/red.test.js)',
    'FLAKY, passed alone: tests/crash.test.js (tests/crash.test.js)',
    'FAILED: proof: faults 2/2 (.ci/proof.yml)',
  ])
    expect(stdout).toContain(`\n${line}\n`);
  expect(stdout).toMatch(/\n3 passed, 3 failed\n$/);
  expect(project.read('out/junit.xml')).toMatch(
    /<testcase name="T1.2a fails always"[^>]*>\s*<failure [^]*?<\/failure>\s*<rerunFailure message="Error: expect/,
  );
  expect(project.read('out/junit.xml')).toMatch(/<testcase name="the file can be run"[^>]*>\s*<flakyError /);
});

test('a run of the proof continues where an earlier one stopped', async () => {
  const project = new GateProject(FILES);
  const proof = (...args: string[]) => project.gate('proof', project.directory, ...args);

  const list = await proof('--list', '--json');
  const one = await proof('--slice', '2');
  const rest = await proof('--resume');

  expect(JSON.parse(list.stdout)).toEqual([
    { slice: 1, seconds: 10, pieces: ['faults 1/2'] },
    { slice: 2, seconds: 10, pieces: ['faults 2/2'] },
  ]);
  expect(one).toMatchObject({ code: 0, lines: ['', 'not run of the proof: faults (1)', '1 passed, 0 failed'] });
  expect(rest).toMatchObject({ code: 0, lines: ['', '2 passed, 0 failed'] });
  expect(rest.stderr).toContain('slice 1 of 2');
  expect(rest.stderr).not.toContain('slice 2 of 2');
});

test.each([
  [['proof', '--slice', '3'], 'SLICE_UNKNOWN: there is no slice 3: use 1 to 2'],
  [['proof', '--slice', '1', '--resume'], '--resume runs all that is left: use it without --slice'],
  [['flake', '--report', 'none.json'], 'REPORT_INVALID: none.json: ENOENT'],
])('%j is exit 2', async ([command, ...args], message) => {
  const project = new GateProject(FILES);

  const { code, stderr } = await project.gate(command!, ...(command === 'proof' ? [project.directory] : []), ...args);

  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
