import { ADDRESSES, routeOf, ROUTES } from '../../../web/platform/routes';

test('an address has the page of its first segment, also for an object', () => {
  const found = [['rules'], ['rules', 'odd.rule'], ['events', '7']].map((segments) => routeOf(segments)?.path);

  expect(found).toEqual(['rules', 'rules', 'events']);
});

test('the first page is that of no segment, and of the log-in', () => {
  expect([[], ['login']].map((segments) => routeOf(segments)?.path)).toEqual(['executions', 'executions']);
});

test('an unknown segment, and an object that no page has, have no page', () => {
  expect([['no'], ['rules', 'a', 'b'], ['workers', '1']].map((segments) => routeOf(segments))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('the addresses are the pages, each with its objects', () => {
  const lists = ROUTES.map(({ path }) => `/${path}`);

  expect(ADDRESSES.filter((path) => !path.endsWith('/:one'))).toEqual(lists);
  expect(ADDRESSES).toContain('/rules/:one');
  expect(ADDRESSES).not.toContain('/workers/:one');
});
