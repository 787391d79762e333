import type { Plan } from '../../../../contract/workflows';
import { callCycle, cycleContents, haveSameOwnActions } from '../../../../platform/core/workflow/compile/call-cycle';

const refsOf = (caller: string, calls: Readonly<Record<string, readonly string[]>>): string[] =>
  callCycle(
    caller,
    Object.entries(calls).map(([ref, called]) => ({ ref, calls: called })),
  ).map(({ ref }) => ref);

test.each([
  ['no workflow calls back', { b: ['core.noop'] }, []],
  ['two call each other', { b: ['a'] }, ['b']],
  ['the caller calls itself', { a: ['a'] }, []],
  ['three call each other in turn', { c: ['a'], b: ['c'] }, ['b', 'c']],
  ['another cycle is called', { b: ['c'], c: ['b'] }, []],
  ['one of the called leads back', { b: ['c', 'd'], c: ['core.noop'], d: ['a'] }, ['b', 'd']],
])('the cycle of a workflow: %s', (_, calls, expected) => {
  expect(refsOf('a', calls)).toEqual(expected);
});

const planOf = (actions: Readonly<Record<string, string>>): Plan => ({
  entry: [],
  order: [],
  actions: Object.entries(actions).map(([action, digest]) => ({ task: action, action, digest })),
});

test('the contents of a cycle leave out the digests of its members', () => {
  const refs = new Set(['a', 'b']);
  const flow = { ref: 'b', definition: { tasks: [] }, param_schema: null, out_schema: null, calls: ['a'] };
  const contents = (a: string, x: string) => cycleContents(refs, [{ ...flow, plan: planOf({ a, x }) }]);

  expect(contents('1', '1')).toEqual(contents('2', '1'));
  expect(contents('1', '1')).not.toEqual(contents('1', '2'));
});

test('plans that differ in a member of the cycle have the same own actions', () => {
  const refs = new Set(['a', 'b']);

  expect(haveSameOwnActions(planOf({ a: '1', x: '1' }), planOf({ a: '2', x: '1' }), refs)).toBe(true);
  expect(haveSameOwnActions(planOf({ a: '1', x: '1' }), planOf({ a: '1', x: '2' }), refs)).toBe(false);
});
