import { describeDifference } from '../../../../helpers/scenario/evidence/difference';

test('short values stand in one line', () => {
  expect(describeDifference({ yes: 1, no: 0 }, { yes: 0, no: 1 })).toBe('{"yes":1,"no":0} instead of {"yes":0,"no":1}');
  expect(describeDifference(undefined, 1)).toBe('undefined instead of 1');
});

test('long values are compared line by line', () => {
  const values = Array.from({ length: 30 }, (_, n) => `value ${n}`);
  const text = describeDifference(
    values.map((value, n) => (n === 7 ? 'another one' : value)),
    values,
  );
  expect(text).toContain('another value\n');
  expect(
    text
      .split('\n')
      .filter((line) => /^[+-] /.test(line))
      .slice(-2),
  ).toEqual(["+   'another one',", "-   'value 7',"]);
});
