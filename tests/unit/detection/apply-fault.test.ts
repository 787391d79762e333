import type { Fault } from '../../../tools/detection/fault';
import { applyFault } from '../../../tools/detection/source/apply-fault';

const SOURCE = `
/** Adds. */
export function add(left: number, right: number): number {
  return sum([left, right]);
}

class Counter {
  private count = 0;
  next(): number {
    if (this.count >= limit) return limit;
    return this.count++;
  }
}

const QUERY = sql\`select id from rule
  where tenant = \${tenant} and enabled -- only those\`;
const LIMITS = { small: 1, large: 10 };
`;

const fault = (part: Partial<Fault>): Fault => ({
  id: 'X1',
  promise: '',
  file: 'a.ts',
  within: 'add',
  find: '',
  replace: '',
  claims: [],
  ...part,
});
const applied = (part: Partial<Fault>): string => applyFault(fault(part), SOURCE);

test('an expression is found whatever its format is', () => {
  const text = applied({ find: 'sum( [\n left,\n right,\n ] )', replace: 'left' });

  expect(text).toContain('return left;');
});

test('a statement of a method is replaced', () => {
  const find = 'if (this.count>=limit) return limit;';

  expect(applied({ within: 'Counter.next', find, replace: '' })).not.toContain('limit');
});

test('a member of a constant is replaced', () => {
  expect(applied({ within: 'LIMITS', find: 'large: 10', replace: 'large: 11' })).toContain('{ small: 1, large: 11 }');
});

test('SQL inside a template literal is found by its tokens', () => {
  const text = applied({ within: 'QUERY', find: 'WHERE tenant = ${ tenant } and', replace: 'where' });

  expect(text).toContain('select id from rule\n  where enabled');
});

test('a part of a word is not found', () => {
  expect(() => applied({ find: 'lef', replace: '0' })).toThrow('X1 no longer applies: platform/a.ts, add: found 0');
});

test('a part outside the named function is not found', () => {
  expect(() => applied({ find: 'this.count++', replace: '0' })).toThrow('found 0 times instead of once: this.count++');
});

test('a part that occurs twice is rejected', () => {
  expect(() => applied({ within: 'Counter', find: 'limit', replace: '0' })).toThrow('found 2 times instead of once');
});

test('a replacement that is no TypeScript is rejected', () => {
  expect(() => applied({ find: 'sum([left, right])', replace: 'sum(' })).toThrow('with the fault is invalid');
});

test('a part of an SQL file is found by its tokens', () => {
  const file = 'store/a.sql';
  const sql = "select 1 -- one\nfrom  t where state='a b' and x<>2";

  expect(applyFault(fault({ file, find: "FROM t where state = 'a b'", replace: 'from u where true' }), sql)).toBe(
    'select 1 -- one\nfrom u where true and x<>2',
  );
  expect(() => applyFault(fault({ file, find: "'a'", replace: '' }), sql)).toThrow('found 0 times');
});
