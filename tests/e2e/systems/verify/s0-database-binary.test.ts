// Spec: a PostgreSQL that cannot run is named before it is started, and none runs as root.
import { programsOfVersion, programsWithoutLibraries } from '../../support/postgres-programs';
import { hostPids, readOrEmpty } from '../../../../helpers/scenario/processes';
import { start, tryStart } from '../../support/commands/platform-start';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('host.processes');

const LIMIT_SECONDS = 60;
const REMEDY = 'correct PLATFORM_POSTGRES_DIR, or remove it to use the npm package';

test("S0-40 a PostgreSQL without libraries is named with the loader's line", LIMIT_SECONDS, async (ctx) => {
  const directory = programsWithoutLibraries(ctx.defer);

  const { running, code, stderr } = await tryStart(ctx, [], { env: { PLATFORM_POSTGRES_DIR: directory } });

  expect({ url: running?.url, code }).toEqual({ url: undefined, code: 3 });
  const line = `${directory}/bin/postgres: error while loading shared libraries: `;
  expect(stderr.startsWith(`tuningfork: PG_BINARY_UNUSABLE: ${line}lib`)).toBe(true);
  expect(stderr).toMatch(new RegExp(`: No such file or directory; ${REMEDY}\n$`));
});

test('S0-40 a PostgreSQL that is too old is named with its version', LIMIT_SECONDS, async (ctx) => {
  const directory = programsOfVersion('13.14', ctx.defer);

  const { running, code, stderr } = await tryStart(ctx, [], { env: { PLATFORM_POSTGRES_DIR: directory } });

  expect({ url: running?.url, code, stderr }).toEqual({
    url: undefined,
    code: 3,
    stderr: `tuningfork: PG_TOO_OLD: ${directory} has postgres (PostgreSQL) 13.14; version 14 or newer is required; ${REMEDY}\n`,
  });
});

const UNPRIVILEGED = { uid: 65_534, gid: 65_534 };
const ROOT = { uid: 0, gid: 0 };
const CURRENT = { uid: process.getuid!(), gid: process.getgid!() };

/** Only root can start a platform as another user. */
const USERS = CURRENT.uid === 0 ? [ROOT, UNPRIVILEGED] : [CURRENT];

/** User ids of the servers on the data of a platform. */
const serverUsers = (directory: string): number[] =>
  hostPids()
    .filter((pid) => {
      const [program = '', ...args] = readOrEmpty(`/proc/${pid}/cmdline`).split('\0');
      return program.endsWith('/bin/postgres') && args[1] === `${directory}/postgres`;
    })
    .map((pid) => Number(/^Uid:\t(\d+)/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1]));

test('S0-40 root and another user start a platform, PostgreSQL is not root', 2 * LIMIT_SECONDS, async (ctx) => {
  for (const user of USERS) {
    const { running, stop } = await start(ctx, [], { user });

    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200);
    const users = serverUsers(running.directory);
    expect(users).toHaveLength(1);
    expect(users).not.toContain(ROOT.uid);
    expect(Number(/^Uid:\t(\d+)/m.exec(readOrEmpty(`/proc/${running.pid}/status`))?.[1])).toBe(user.uid);
    await stop();
  }
});
