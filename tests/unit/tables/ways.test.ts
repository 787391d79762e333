import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { Execution, ExecutionSummary, WorkflowTask } from '../../../contract/executions';
import { repositoryRoot } from '../../../helpers/repository-root';
import { COLUMNS } from '../../e2e/support/ways/columns';
import { VARIABLES } from '../../e2e/support/ways/process-cells';
import { EXECUTION, SUMMARY, TASK } from '../../e2e/support/ways/row-cells';
import { waysOf } from '../../e2e/support/ways/ways';
import { SOURCES, WRITERS } from '../../e2e/support/ways/writers';

const PLATFORM = join(repositoryRoot(), 'platform');
const read = (file: string): string => readFileSync(join(PLATFORM, file), 'utf8');
const parse = (file: string) => ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
const NAMES = Object.keys(waysOf({ pack: 'p', nonce: 'n', path: '/token', items: [1, 2] }));

/** What `pick` finds in a file. */
function collect<T>(file: string, pick: (node: ts.Node) => T | undefined): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    const picked = pick(node);
    if (picked !== undefined) found.push(picked);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

test.each([
  ['an execution', EXECUTION, Execution],
  ['an item of the list', SUMMARY, ExecutionSummary],
  ['a task', TASK, WorkflowTask],
])('%s has a cell for each field of its schema', (_, cells, { properties }) => {
  expect(Object.keys(cells).sort()).toEqual(Object.keys(properties).sort());
});

test('each column of an execution is a field, or is shown by something else', () => {
  const [columns] = collect('store/database/tables.ts', (node) =>
    ts.isInterfaceDeclaration(node) && node.name.text === 'Execution'
      ? node.members.map((member) => member.name!.getText())
      : undefined,
  );
  const fields = [...Object.keys(EXECUTION), ...Object.keys(SUMMARY)];

  expect(columns!.filter((column) => !fields.includes(column)).sort()).toEqual(Object.keys(COLUMNS).sort());
});

test('each variable that the platform gives a process has a cell', () => {
  const ofFile = ['worker/process/process-environment.ts', 'worker/process/orphan-cleanup.ts'].flatMap((file) =>
    [...read(file).matchAll(/\b(?:ATTUNE|PLATFORM)_[A-Z_]*[A-Z]\b(?=: )/g)].map(([name]) => name),
  );

  expect(Object.keys(VARIABLES)).toEqual(expect.arrayContaining([...new Set(ofFile)]));
});

const INSERTING = ['insertChildren', 'insertEndedChildren', 'insertFailed', 'insertRetry', 'insertUndispatched'];
const REQUESTING = ['requestExecution', 'createExecutionRequests', 'insertExecutions'];

const CALL = new RegExp([...INSERTING, ...REQUESTING, 'ExecutionRequests'].join('|'));
const DEFINING = /^store\/executions\/(new-execution|children)\.ts$/;

/** What a file names a function that its caller gives it, and that requests executions. */
const given = (file: string): string[] =>
  collect(file, (node) =>
    ts.isParameter(node) && node.type?.getText() === 'ExecutionRequests' ? node.name.getText() : undefined,
  );

/** Calls of a function that inserts executions, outside of the two files that define these. */
function calls(file: string): string[] {
  const functions = [...INSERTING, ...REQUESTING, ...given(file)];
  return collect(file, (node) =>
    ts.isCallExpression(node) && functions.includes(node.expression.getText())
      ? `${file}: ${node.expression.getText()}`
      : undefined,
  );
}

test('each place that inserts an execution has a way, or a reason', () => {
  const files = readdirSync(PLATFORM, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !DEFINING.test(file) && CALL.test(read(file)),
  );

  expect([...new Set(files.flatMap(calls))].sort()).toEqual(Object.keys(WRITERS).sort());
  const named = Object.values(WRITERS).flatMap((ways) => (typeof ways === 'string' ? [] : ways));
  expect(named.filter((name) => !NAMES.includes(name))).toEqual([]);
});

test('each source of a request has a way', () => {
  const types = collect('executor/requests/request-execution.ts', (node) =>
    ts.isTypeAliasDeclaration(node) && node.name.text === 'RequestSource'
      ? [...node.getText().matchAll(/'(\w+)'/g)].map(([, type]) => type!)
      : undefined,
  ).flat();

  expect(types.sort()).toEqual(Object.keys(SOURCES).sort());
  expect(Object.values(SOURCES).filter((name) => !NAMES.includes(name))).toEqual([]);
});
