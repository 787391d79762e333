import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../helpers/scenario/polling';
import { baseDirectory, privateParent } from '../../../platform/embedded/base-directory';
import { choosePostgresUser } from '../../../platform/embedded/postgres-user';
import { bundleHolder, noTracesOf, withPrivateBase, startHolder, readUrl } from './holder-process';
import { livenessDeadline } from '../liveness';

const base = withPrivateBase();
const program = bundleHolder(base.path);

const canChangeUser = process.getuid?.() === 0 && privateParent(__dirname) === null;

test('SIGKILL of a running platform leaves no process and no file', async () => {
  const holder = startHolder(program, base.path);
  await readUrl(holder);

  holder.kill('SIGKILL');

  await expect(until(noTracesOf(base.path), livenessDeadline())).resolves.toBe(true);
});

test.each([20, 80, 120, 160, 200, 300, 400, 500])(
  'a platform killed %i ms after its start leaves nothing',
  async (ms) => {
    const holder = startHolder(program, base.path);
    await pause(ms);

    holder.kill('SIGKILL');
    await once(holder, 'exit');

    await expect(until(noTracesOf(base.path), livenessDeadline())).resolves.toBe(true);
  },
);

(canChangeUser ? test : test.skip)('a platform of an unprivileged user leaves nothing', async () => {
  const { uid, gid } = choosePostgresUser(baseDirectory() + '/none')!;
  const holder = startHolder(program, base.path, { uid, gid });
  await expect(readUrl(holder)).resolves.toMatch(/^postgres:/);

  holder.kill('SIGKILL');

  await expect(until(noTracesOf(base.path), livenessDeadline())).resolves.toBe(true);
});
