import { memoized } from '../../../platform/worker/runtimes/interpreter';

test('what was found is kept', async () => {
  const find = jest.fn(() => Promise.resolve('/usr/bin/perl'));
  const findOnce = memoized(find);

  expect(await Promise.all([findOnce(), findOnce()])).toEqual(['/usr/bin/perl', '/usr/bin/perl']);
  expect(await findOnce()).toBe('/usr/bin/perl');
  expect(find).toHaveBeenCalledTimes(1);
});

test('what was not found is looked for again', async () => {
  const find = jest.fn<Promise<string | null>, []>();
  find.mockResolvedValueOnce(null).mockRejectedValueOnce(new Error('EMFILE')).mockResolvedValueOnce('/usr/bin/perl');
  const findOnce = memoized(find);

  expect(await findOnce()).toBeNull();
  await expect(findOnce()).rejects.toThrow('EMFILE');
  expect(await findOnce()).toBe('/usr/bin/perl');
});
