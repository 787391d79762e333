import { openParts } from '../../../helpers/parts';

describe('a part that throws', () => {
  test('is told by name, and answers what was given for it', async () => {
    const parts = openParts();

    const found = await Promise.all([
      parts.take('the probe of limits', { limits: false }, () => Promise.reject(new Error('500 INTERNAL_ERROR'))),
      parts.take('the probe of keys', { keys: false }, () => Promise.resolve({ keys: true })),
    ]);

    expect(found).toEqual([{ limits: false }, { keys: true }]);
    expect(parts.broken).toEqual(['the probe of limits did not get to its end: 500 INTERNAL_ERROR']);
  });
});
