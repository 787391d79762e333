import { stripVTControlCharacters } from 'node:util';
import type { ExecutionNode } from '../../../../contract/executions';
import type { OpenContext } from '../../../../helpers/scenario/context';
import type { OwnPlatform } from '../../../../helpers/scenario/evidence/own-platform';
import { collectEvidence, describeEvidence } from '../../../../helpers/scenario/evidence/evidence';

const node = (id: number): Partial<ExecutionNode> => ({
  id,
  action_ref: 'p.flow',
  status: 'completed',
  attempt: 1,
  exit_code: null,
  timeout_level: null,
  waiting_for: null,
  error: null,
  stdout_tail: '',
  stderr_tail: '',
  children: [],
});

/** The executions of each rule, by its ref. */
const EXECUTIONS: Readonly<Record<string, readonly number[]>> = {
  'p.hook': [12, 7],
  'p.timer': [20, 21, 22, 23, 24, 25],
};

/** A rule with one event, of which the platform states what became. */
const ruleReads = {
  rules: {
    get: (ref: string) =>
      Promise.resolve({ ref, pack_ref: 'p', trigger_ref: 'p.t', trigger_params: {}, conditions: {}, enabled: true }),
    decisions: () => Promise.resolve({ items: [{ event: 3, text: 'did not fire: a is 1, not 2' }] }),
  },
  events: {
    list: () => Promise.resolve([{ id: 3, created: '2026-01-27T10:00:00Z' }]),
    get: () => Promise.resolve({ payload: { a: 1 } }),
    decisions: () => Promise.resolve([]),
  },
};

/** A test that has executed 9, and has created these rules. */
const testWith = (rules: readonly string[], ownPlatforms: readonly OwnPlatform[] = []): OpenContext => {
  const executions = {
    list: ({ rule_ref, top_level_only }: { rule_ref: string; top_level_only: boolean }) => {
      const ids = EXECUTIONS[rule_ref];
      if (ids && !top_level_only) return Promise.resolve([]);
      if (!ids) return Promise.reject(new Error('returned 500'));
      return Promise.resolve(ids.map((id) => ({ id })));
    },
    tree: (id: number) => Promise.resolve(node(id)),
    log: () => Promise.resolve([]),
  };
  return {
    context: { client: { executions, ...ruleReads }, facts: { loadFactor: 1 }, hostDelayMs: () => 300 },
    sentRequests: { all: () => [], deciding: () => [] },
    platformLog: { print: () => '' },
    processorTime: () => ({ ranMs: 1, waitedMs: 2 }),
    deadline: { limitMs: () => 1_000 },
    rootExecutions: [9],
    rules,
    ownPlatforms,
  } as unknown as OpenContext;
};

const idsOf = async (rules: readonly string[]): Promise<number[]> => {
  const { executions } = await collectEvidence(testWith(rules), new Error('no'));
  return executions.map(({ id }) => id);
};

test.each([
  ['without a rule, what the test executed', [], [9]],
  ['what a rule has started', ['p.hook'], [7, 9, 12]],
  ['of many, the last five of a rule', ['p.timer'], [9, 21, 22, 23, 24, 25]],
])('the evidence has %s', async (_, rules, ids) => {
  expect(await idsOf(rules)).toEqual(ids);
});

test('a rule whose executions cannot be listed is a line beside the others', async () => {
  const evidence = await collectEvidence(testWith(['p.gone', 'p.hook']), new Error('no'));

  const lines = stripVTControlCharacters(describeEvidence(evidence, true)).split('\n');
  expect(lines.filter((line) => line.startsWith('execution '))).toEqual([
    'execution 7  p.flow  completed  never started',
    'execution 9  p.flow  completed  never started',
    'execution 12  p.flow  completed  never started',
  ]);
  expect(lines).toContain('no executions of rule p.gone: returned 500');
});

const LOGGED = `${JSON.stringify({ level: 50, time: 0, msg: 'a pass failed', err: { message: 'no', stack: 'E: no' } })}\n`;

const ownPlatform = (list: () => Promise<object[]>): OwnPlatform => ({
  client: () =>
    ({
      executions: { list, tree: (id: number) => Promise.resolve(node(id)), log: () => Promise.resolve([]) },
    }) as unknown as ReturnType<OwnPlatform['client']>,
  log: () => LOGGED,
});

test("the evidence has what the test's own platforms ran and logged", async () => {
  const own = ownPlatform(() => Promise.resolve([{ id: 3 }, { id: 2 }]));

  const { executions, logged, unlisted } = await collectEvidence(testWith([], [own]), new Error('no'));

  expect(executions.map(({ id }) => id)).toEqual([9, 2, 3]);
  expect(logged).toBe("the test's own platform:\n1 × 1970-01-01T00:00:00.000Z  a pass failed: no");
  expect(unlisted).toEqual([]);
});

test('an own platform that does not respond shows its log', async () => {
  const ended = ownPlatform(() => Promise.reject(new Error('refused')));
  const unready = { ...ended, client: () => null };

  const { executions, logged, unlisted } = await collectEvidence(testWith([], [ended, unready]), new Error('no'));

  expect(executions.map(({ id }) => id)).toEqual([9]);
  expect(logged.match(/own platform/g)).toHaveLength(2);
  expect(unlisted).toEqual(["no executions of the test's own platform: refused"]);
});

test('the evidence has what each rule decided about its last events', async () => {
  const evidence = await collectEvidence(testWith(['p.hook']), new Error('no'));

  const decided = [
    'rule p.hook  enabled  trigger p.t {}',
    '  criteria: {}',
    '  event 3 at 2026-01-27T10:00:00Z: {"a":1}',
    '    p.hook: did not fire: a is 1, not 2',
  ].join('\n');
  expect(evidence.rules).toEqual([decided]);
  expect(describeEvidence(evidence, true)).toContain(decided);
  expect(describeEvidence(evidence, false)).not.toContain(decided);
});
