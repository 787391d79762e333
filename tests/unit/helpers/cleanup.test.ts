import { createCleanup } from '../../../helpers/scenario/cleanup';
import { ApiError, CombinedError } from '../../../helpers/errors';

const apiError = (status: number) =>
  new ApiError({ method: 'DELETE', path: '/packs/a', status, code: 'X', message: 'm', body: '' });

test('releases run last in, first out, also after a failure', async () => {
  const cleanup = createCleanup();
  const order: number[] = [];
  cleanup.defer(() => order.push(1));
  cleanup.defer(() => Promise.reject(new Error('stuck')));
  cleanup.defer(() => order.push(3));
  expect(await cleanup.run()).toEqual([new Error('stuck')]);
  expect(order).toEqual([3, 1]);
});

test('a 404 counts as released, another status does not', async () => {
  const cleanup = createCleanup();
  cleanup.defer(() => Promise.reject(apiError(409)));
  cleanup.defer(() => Promise.reject(apiError(404)));
  expect(await cleanup.run()).toMatchObject([{ status: 409 }]);
});

test('a CombinedError contains every message', () => {
  expect(new CombinedError([new Error('body'), new Error('release')]).message).toBe('body\n\nrelease');
});
