import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { pidsMentioning } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';
import { backendTest as test } from './backends';
import { FIRST_UID, LIMITS, withConfinedRunner } from './confined-runner';

const confined = withConfinedRunner();

/** Prints `open` for each path that the program can read. */
const readable = (paths: readonly string[]): string =>
  paths
    .map((path) => `if cat '${path}' >/dev/null 2>&1 || ls '${path}' >/dev/null 2>&1; then echo open; fi`)
    .join('\n');

test('RT-05 a program has no capability and can gain none', async () => {
  const status = await confined().output(`grep -E '^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs)' /proc/self/status`);

  expect(status.replaceAll('\t', ' ').trimEnd().split('\n')).toEqual([
    ...['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map((name) => `${name}: 0000000000000000`),
    'NoNewPrivs: 1',
  ]);
});

test('RT-05 a program cannot make a user namespace to gain rights', async () => {
  const outcome = await confined().output(`unshare --user --map-root-user id -u 2>/dev/null || echo refused`);

  expect(outcome).toBe('refused\n');
});

test('RT-05 memory and environment of the worker are not readable', async () => {
  const paths = ['environ', 'maps', 'mem', 'fd', 'root', 'cwd'].map((name) => `/proc/${process.pid}/${name}`);

  expect(await confined().output(`${readable(paths)}\n[ -d /proc/${process.pid} ] && echo open; echo end`)).toBe(
    'end\n',
  );
});

test('RT-05 a program sees only the processes of its own attempt', async () => {
  const pids = await confined().output(`sleep 5 & cd /proc; ls -d [0-9]* | wc -l; kill $!`);

  // The first process of the namespace, bash, sleep, ls and wc.
  expect(Number(pids)).toBeLessThanOrEqual(5);
});

test('RT-05 SIGKILL to every process ends the own attempt only', async () => {
  const neighbour = confined().output('sleep 1; echo alive', { tenant: 2 });

  const isConfined = `[ "$(ls -d /proc/[0-9]* | wc -l)" -lt 9 ]`; // else it would end every process of the host
  const script = `sleep 30 & if ${isConfined}; then kill -9 -1; echo survived; else echo not confined; fi`;

  const output = await confined().output(script);

  expect(output).toBe('survived\n');
  expect(await neighbour).toBe('alive\n');
});

test('RT-05 each tenant has a user id of its own, and never 0 as root', async () => {
  const ids = await Promise.all([1, 2].map((tenant) => confined().output('id -u', { tenant })));

  const own = process.getuid!();
  expect(ids.map(Number)).toEqual(own === 0 ? [FIRST_UID + 1, FIRST_UID + 2] : [own, own]);
});

test('RT-05 files of the platform and of other tenants are not there', async () => {
  const { directory } = confined();
  confined().writePackFile(2, 'actions/other.sh', 'echo secret');
  const names = ['logs', 'postgres', 'tmp', 'environments/2/demo', 'artifacts/2'];
  const hidden = names.map((name) => join(directory, name));
  for (const path of hidden) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'file'), 'secret', { mode: 0o644 });
  }
  const files = [
    ...hidden.map((path) => join(path, 'file')),
    join(directory, 'packs', '2', 'demo', 'actions', 'other.sh'),
  ];
  const missing = files.filter((path) => !existsSync(path));

  expect([missing, await confined().output(`${readable(files)}\necho end`)]).toEqual([[], 'end\n']);
});

const isRoot = process.getuid!() === 0;

test('RT-05 home directories and /run of the host are not there', async () => {
  const own = mkdtempSync(join(homedir(), '.confined-'));
  try {
    writeFileSync(join(own, 'file'), 'secret');
    // As another user it could not enter the home directory of root: its own one is in this place.
    const [owner, uid] = isRoot ? [`stat -c %u '${homedir()}'`, FIRST_UID + 1] : ['id -u', process.getuid!()];
    const script = `${readable([own, join(own, 'file')])}\n${owner}; ls -A /run`;

    expect(await confined().output(script)).toBe(`${uid}\n`);
  } finally {
    rmSync(own, { recursive: true });
  }
});

test('RT-05 a pack cannot be changed by its own action', async () => {
  const path = join(confined().packDirectory(1), 'actions', 'mine.sh');
  confined().writePackFile(1, 'actions/mine.sh', 'echo before');
  const script = `echo changed >"$1" 2>/dev/null || echo refused; rm -f "$1" 2>/dev/null || echo refused`;

  const outcome = await confined().output(`set -- '${path}'; ${script}`);

  expect([outcome, readFileSync(path, 'utf8')]).toEqual(['refused\nrefused\n', 'echo before']);
});

test.each(['/tmp', '/var/tmp', '/dev/shm'])(
  'RT-05 a file in %s is private to the attempt and removed',
  async (path) => {
    const file = `${path}/confined-${process.pid}`;

    const first = await confined().output(`echo private >'${file}'; cat '${file}'`);
    const second = await confined().output(`cat '${file}' 2>/dev/null || echo absent`);

    expect([first, second, existsSync(file)]).toEqual(['private\n', 'absent\n', false]);
  },
);

test('RT-05 System V shared memory of the host is not visible', async () => {
  expect(await confined().output(`tail -n +2 /proc/sysvipc/shm | wc -l`)).toBe('0\n');
});

test('RT-05 a file of the artifacts directory outlives its attempt', async () => {
  await confined().output(`echo kept >"$ATTUNE_ARTIFACTS_DIR/file"; echo ok`);

  expect(await confined().output(`cat "$ATTUNE_ARTIFACTS_DIR/file"`)).toBe('kept\n');
});

test('RT-05 a parameter file is readable by its attempt and not on the host', async () => {
  const overrides = { delivery: 'file', isAdhoc: false, entrypoint: 'show.sh' } as const;
  confined().writePackFile(1, 'actions/show.sh', `cat "$ATTUNE_PARAMETER_FILE"; stat -c '%a' "$ATTUNE_PARAMETER_FILE"`);
  const packDirectory = confined().packDirectory(1);

  const outcome = await confined().runner.run({ ...overrides, packDirectory, parameters: { text: `it's "ü"` } });

  expect(outcome!.result).toMatchObject({ succeeded: true, stdout: `{"text":"it's \\"ü\\""}\n400\n` });
});

test.each([
  ['exit 143', { exit_code: 143 }],
  ['kill -TERM $$', { exit_code: -1, signal: 'SIGTERM' }],
  ['kill -KILL $$', { exit_code: -1, signal: 'SIGKILL' }],
  ['kill -INT $$', { exit_code: -1, signal: 'SIGINT' }],
  ['kill -SEGV $$', { exit_code: -1, signal: 'SIGSEGV' }],
])('RT-08 the end of a confined program is reported exactly: %s', async (script, expected) => {
  const { succeeded, exit_code, signal } = await confined().result(script);

  expect({ succeeded, exit_code, ...(signal !== undefined && { signal }) }).toEqual({ succeeded: false, ...expected });
});

test('RT-02 a confined program handles SIGTERM within the grace period', async () => {
  const stop = new AbortController();
  const entrypoint = `trap 'echo stopped; exit 7' TERM; touch "$ATTUNE_ARTIFACTS_DIR/trapped"; sleep 100 & wait`;
  const overrides = { entrypoint, limit: { seconds: 100, level: 'system' } } as const;

  const running = confined().runner.run(overrides, stop.signal, { killGraceMs: 10_000 });
  const isTrapped = () => existsSync(join(confined().directory, 'artifacts/1/trapped'));
  await until(predicateToHold('the trap to be set', isTrapped), livenessDeadline());
  stop.abort();

  const outcome = await running;
  expect(outcome!.result).toMatchObject({ cancelled: true, exit_code: 7, stdout: 'stopped\n' });
});

test('RT-03 no process of an attempt outlives it', async () => {
  const mark = `confined-orphan-${process.pid}`;

  await confined().output(`(env -i setsid sh -c 'sleep 30; : ${mark}' </dev/null >/dev/null 2>&1 &); echo done`);

  expect(pidsMentioning(mark)).toEqual([]);
});

const MAX_PROCESSES = process.getuid!() === 0 ? LIMITS.tenantProcesses : LIMITS.processes;

test('RT-01 a program has the limits of the settings', async () => {
  const limits = await confined().output(`grep -E '^Max (core|open|file size|processes|data)' /proc/self/limits`);

  expect(limits.replaceAll(/ {2,}/g, ' ').trimEnd().split('\n')).toEqual([
    `Max file size ${LIMITS.fileBytes} ${LIMITS.fileBytes} bytes `,
    `Max data size ${LIMITS.memoryBytes} ${LIMITS.memoryBytes} bytes `,
    'Max core file size 0 0 bytes ',
    `Max processes ${MAX_PROCESSES} ${MAX_PROCESSES} processes `,
    `Max open files ${LIMITS.openFiles} ${LIMITS.openFiles} files`,
  ]);
});

const IS_LIMITED = `[ "$(sed -n 's/^Max processes *\\([0-9]*\\).*/\\1/p' /proc/self/limits)" -le ${MAX_PROCESSES} ]`;

test.each([
  ['exits', `exec sh -c 'while :; do sleep 20 & done' 2>&1`],
  ['continues', `trap '' TERM; for n in $(seq 1000); do (sleep 20 &) 2>&1; done; wait; sleep 20`],
])('RT-01 a program that forks without end and then %s fails alone', async (_, bomb) => {
  const neighbour = confined().output('sleep 0.5; sh -c "echo alive"', { tenant: 2 });

  const { stdout, succeeded, code, error } = await confined().result(`${IS_LIMITED} || exit 9; ${bomb}`);

  expect(succeeded).toBe(false);
  expect(stdout).toMatch(/fork/);
  if (confined().hasGroupLimits) {
    const reached = `Its processes together reached the limit of ${LIMITS.processes} processes and threads`;
    expect({ code, error }).toEqual({ code: 'RESOURCE_LIMIT', error: reached });
  }
  expect(await neighbour).toBe('alive\n');
});

test('RT-07 a process that allocates without end fails alone', async () => {
  const allocate = 'const all = []; for (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1));';
  const neighbour = confined().output('sleep 0.5; echo alive', { tenant: 2 });

  const { succeeded } = await confined().result(`exec '${process.execPath}' -e '${allocate}' 2>&1`);

  expect(succeeded).toBe(false);
  expect(await neighbour).toBe('alive\n');
});

test('RT-07 processes that allocate too much together fail alone', async () => {
  const bytes = Math.round(LIMITS.memoryBytes * 0.6);
  const allocate = `const all = Buffer.alloc(${bytes}, 1); setTimeout(() => all, 10_000);`;
  const neighbour = confined().output('sleep 0.5; echo alive', { tenant: 2 });
  const both = `'${process.execPath}' -e '${allocate}' & '${process.execPath}' -e '${allocate}'; wait`;

  const { code, error, succeeded } = await confined().result(both);

  if (confined().hasGroupLimits) {
    const reached = `Its processes together reached the limit of ${LIMITS.memoryBytes} bytes of memory`;
    expect({ code, error, succeeded }).toEqual({ code: 'RESOURCE_LIMIT', error: reached, succeeded: false });
  }
  expect(await neighbour).toBe('alive\n');
});

test('an attempt within its limits does not fail for those of an earlier one', async () => {
  await confined().result(`${IS_LIMITED} || exit 9; exec sh -c 'while :; do sleep 20 & done' 2>&1`);

  expect(await confined().output('echo alive')).toBe('alive\n');
});
