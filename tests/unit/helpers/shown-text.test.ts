import { shownText } from '../../../helpers/client/shown-text';

test('of a long text, the start is shown, without a part of a secret', () => {
  const token = 'eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl';

  expect(shownText(`${'x '.repeat(145)}${token}`)).toBe(`${'x '.repeat(145)}***`);
});
