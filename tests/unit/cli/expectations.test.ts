import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../../contract/errors';
import { requireTasks } from '../../../cli/verify/compare-state';
import { expectOutput, readExpectations } from '../../../cli/verify/expectations';
import { timelineOf } from '../../../cli/verify/timeline';
import { readLoop } from '../../../cli/verify/workflow-loop';
import { testDirectory } from '../../test-directory';

const directory = testDirectory();

function read(text: string) {
  const file = join(directory, 'flow.expect.yaml');
  writeFileSync(file, text);
  return readExpectations(file, 'flow.expect.yaml');
}

test('an item has an instant, statuses, a result, and the lines of its values', () => {
  const [first, second] = read(`
- after: PT48H
  tasks: { remind: completed, ask: [timeout, running], report: null }
- after: 3d
  result:
    decision: expired
`);

  expect(first).toMatchObject({
    afterMs: 172_800_000,
    status: null,
    tasks: { remind: 'completed', ask: ['timeout', 'running'], report: null },
    result: null,
  });
  expect(second).toMatchObject({ afterMs: 259_200_000, status: 'completed', result: { decision: 'expired' } });
  const places = ['/after', '/result/decision', '/result/more', '/status'].map((pointer) => second?.placeOf(pointer));
  expect(places).toEqual(['4', '6', '6', '4'].map((line) => `flow.expect.yaml:${line}`));
});

test.each([
  ['an output', 'decision: expired', '1: there is no list: write items as `- {after: 3d'],
  ['an empty file', '', '1: there is no list'],
  ['a text', '- expired', '1: an item is a map of after, status, tasks, result'],
  ['an unknown key', '- after: 3d\n  state: running', "2: 'state' has no meaning here: use after, status"],
  ['a misspelt key', '- aftr: 3d', "Did you mean 'after'?"],
  ['nothing expected', '- after: 3d', '1: the item expects nothing: add status, tasks or result'],
  ['no duration', '- status: running\n  after: soon', "2: 'soon' is no duration: use 3h, 1h30m"],
  ['a number', '- { after: 72, status: running }', "1: '72' is no duration: it has no unit; use 72s"],
  ['a month', '- { after: P1M, status: running }', 'years and months have no fixed length'],
  ['no status', '- after: 3d\n  status: runing', "2: 'runing' is no status: use"],
  ['no status of a task', '- tasks:\n    a: completed\n    b: [done]', "3: 'done' is no status"],
  ['a list of tasks', '- tasks: [a]', '1: there is no map: write the status of each task'],
  ['a result that is a text', '- result: expired', '1: there is no map: write the values of the output'],
  ['a document with a fault', '- status: running\n  tasks: {', 'flow.expect.yaml:2: '],
])('%s is refused with its line', (_, text, message) => {
  const expected: unknown = expect.objectContaining({
    exitCode: EXIT_CODES.usage,
    message: expect.stringContaining(message) as unknown,
  });

  expect(() => read(text)).toThrow(expected as Error);
});

const HOUR_MS = 3_600_000;
const instants = (text: string, passMs: number | null = null) =>
  timelineOf(read(text), passMs)?.map(({ afterMs, expectation }) => [afterMs / HOUR_MS, expectation !== null]);

test('the clock goes to each instant, and as far as --pass', () => {
  expect(instants('- { after: 1h, status: running }\n- { after: 3h, status: completed }')).toEqual([
    [1, true],
    [3, true],
  ]);
  expect(instants('- { after: 1h, status: running }', 5 * HOUR_MS)).toEqual([
    [1, true],
    [5, false],
  ]);
  expect(instants('- { after: 1h, status: running }\n- status: completed', 5 * HOUR_MS)).toEqual([
    [1, true],
    [5, true],
  ]);
  expect(timelineOf([], HOUR_MS)).toEqual([{ afterMs: HOUR_MS, expectation: null }]);
});

test('without an instant and --pass the run is in real time', () => {
  expect(timelineOf(read('- status: completed'), null)).toBeNull();
  expect(timelineOf([expectOutput({})], null)).toBeNull();
  expect(timelineOf([], null)).toBeNull();
});

test.each([
  ['an early item at the end', '- status: running\n- { after: 1h, status: running }', null, ':1: only the last item'],
  ['two at the end', '- status: running\n- status: failed', null, ':1: only the last item may be without `after`'],
  ['no instant at the end', '- { after: 1h, status: running }\n- status: failed', null, 'give --pass DURATION'],
  ['the wrong order', '- { after: 2h, status: running }\n- { after: 1h, status: failed }', null, ':2: `after` is not'],
  ['the same instant', '- { after: 1h, status: running }\n- { after: PT1H, status: failed }', null, 'write the items'],
  ['an instant after --pass', '- { after: 2h, status: running }', HOUR_MS, ':1: `after` is later than --pass'],
])('%s is refused', (_, text, passMs, message) => {
  expect(() => timelineOf(read(text), passMs)).toThrow(message);
});

test('a task that the workflow does not have is refused', () => {
  expect(() => requireTasks(read('- after: 1h\n  tasks: { remid: null }'), ['ask', 'remind'])).toThrow(
    "flow.expect.yaml:2: the workflow has no task 'remid'; it has ask, remind. Did you mean 'remind'?",
  );
});

test('a pack has one expectation of a workflow, as JSON or as YAML', () => {
  const pack = join(directory, 'pack');
  for (const folder of ['workflows', 'verify']) mkdirSync(join(pack, folder), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(pack, file), text);
  write('pack.yaml', 'ref: waits\n');
  write('workflows/flow.yaml', 'version: 1.0.0\n');
  const flow = join(pack, 'workflows/flow.yaml');
  const loop = (passMs: number | null) => readLoop(flow, { expectsOutput: true, passMs });

  expect(() => loop(null)).toThrow(/^NO_EXPECTATION: .*flow\.expect\.json/);
  write('verify/flow.expect.yaml', '- { after: 1h, status: running }\n');
  expect(loop(null)).toMatchObject({ ref: 'waits.flow', timeline: [{ afterMs: HOUR_MS }] });
  write('verify/flow.expect.json', '{}');
  expect(() => loop(null)).toThrow('there are two expectations');
  rmSync(join(pack, 'verify/flow.expect.yaml'));
  expect(loop(null)).toMatchObject({ expectations: [{ result: {} }], timeline: null });
  expect(loop(HOUR_MS)).toMatchObject({ timeline: [{ afterMs: HOUR_MS }] });
});

test('an expectation of an unknown task is refused before anything starts', () => {
  const pack = join(directory, 'misspelt');
  for (const folder of ['workflows', 'verify']) mkdirSync(join(pack, folder), { recursive: true });
  const flow = join(pack, 'workflows/flow.yaml');
  writeFileSync(join(pack, 'pack.yaml'), 'ref: misspelt\n');
  writeFileSync(join(pack, 'verify/flow.expect.yaml'), '- status: completed\n  tasks: { dne: completed }\n');
  const loopOf = (tasks: string) => {
    writeFileSync(flow, `version: 1.0.0\ntasks: ${tasks}\n`);
    return () => readLoop(flow, { expectsOutput: true, passMs: null });
  };

  expect(loopOf('[{ name: done, action: core.noop }]')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringContaining("has no task 'dne'; it has done") as string,
    }) as Error,
  );
  expect(loopOf('[{ name: dne, action: core.noop }]')()).toMatchObject({ ref: 'misspelt.flow' });
  expect(loopOf('5')()).toMatchObject({ ref: 'misspelt.flow' });
});

test('inputs of another form are refused before anything starts', () => {
  const pack = join(directory, 'inputs');
  for (const folder of ['workflows', 'verify']) mkdirSync(join(pack, folder), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(pack, file), text);
  write('pack.yaml', 'ref: inputs\n');
  write('workflows/flow.yaml', 'version: 1.0.0\n');
  write('verify/flow.expect.json', '{}');
  const loopOf = (inputs: string) => {
    write('verify/flow.inputs.json', inputs);
    return () => readLoop(join(pack, 'workflows/flow.yaml'), { expectsOutput: true, passMs: null });
  };
  const rejection = (place: string) =>
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringMatching(`^INPUTS_INVALID: .*flow\\.inputs\\.json${place}: write {"data": `) as string,
    }) as Error;

  expect(loopOf('{"names": []}')).toThrow(rejection(' must be an object with the object data'));
  expect(loopOf('{"data": {}, "vars": {}}')).toThrow(rejection(': vars is neither data nor variables'));
  expect(loopOf('{"data": {"names": []}}')()).toMatchObject({ inputs: { data: { names: [] } } });
});
