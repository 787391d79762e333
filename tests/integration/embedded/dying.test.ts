import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../helpers/polling';
import { baseDirectory, privateParent } from '../../../platform/embedded/base-directory';
import { plainUser } from '../../../platform/embedded/plain-user';
import { bundleHolder, nothingLeft, privateBase, startHolder, urlOf } from './holder';

const base = privateBase();
const program = bundleHolder(base.path);
afterAll(() => base.remove());

const soon = () => performance.now() + 8_000;
const asRoot = process.getuid?.() === 0 && privateParent(__dirname) === null;

test('the signal that cannot be caught leaves nothing of a running platform', async () => {
  const holder = startHolder(program, base.path);
  await urlOf(holder);

  holder.kill('SIGKILL');

  await expect(until(nothingLeft(base.path), soon())).resolves.toBe(true);
}, 20_000);

test.each([20, 80, 120, 160, 200, 300, 400, 500])(
  'nothing is left of a platform killed %i ms after its start',
  async (ms) => {
    const holder = startHolder(program, base.path);
    await pause(ms);

    holder.kill('SIGKILL');
    await once(holder, 'exit');

    await expect(until(nothingLeft(base.path), soon())).resolves.toBe(true);
  },
  20_000,
);

(asRoot ? test : test.skip)(
  'a user who is not root gets and leaves the same',
  async () => {
    const { uid, gid } = plainUser(baseDirectory() + '/none')!;
    const holder = startHolder(program, base.path, { uid, gid });
    await expect(urlOf(holder)).resolves.toMatch(/^postgres:/);

    holder.kill('SIGKILL');

    await expect(until(nothingLeft(base.path), soon())).resolves.toBe(true);
  },
  20_000,
);
