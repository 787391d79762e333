import { createCleanup } from '../../../helpers/cleanup';
import { ApiError, Failures } from '../../../helpers/errors';

const refusal = (status: number) =>
  new ApiError({ method: 'DELETE', path: '/packs/a', status, code: 'X', message: 'm', body: '' });

test('releases run last in first out, also after one failed', async () => {
  const cleanup = createCleanup();
  const order: number[] = [];
  cleanup.defer(() => order.push(1));
  cleanup.defer(() => Promise.reject(new Error('stuck')));
  cleanup.defer(() => order.push(3));
  expect(await cleanup.run()).toEqual([new Error('stuck')]);
  expect(order).toEqual([3, 1]);
});

test('gone already counts as released; any other refusal does not', async () => {
  const cleanup = createCleanup();
  cleanup.defer(() => Promise.reject(refusal(409)));
  cleanup.defer(() => Promise.reject(refusal(404)));
  expect(await cleanup.run()).toMatchObject([{ status: 409 }]);
});

test('several failures are one error that holds every message', () => {
  expect(new Failures([new Error('body'), new Error('release')]).message).toBe('body\n\nrelease');
});
