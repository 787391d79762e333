// Spec: each operator and each function gives its one value, or its one error, for every operand.
import { claim } from '../../../helpers/scenario/claim';
import { FILTER_EDGES, FUNCTION_EDGES } from '../support/expressions/edge-cells';
import { FILTER_CELLS, FUNCTION_CELLS } from '../support/expressions/function-cells';
import { LITERAL_CELLS } from '../support/expressions/literal-cells';
import { OPERATOR_CELLS } from '../support/expressions/operator-cells';
import { PRECEDENCE_CELLS } from '../support/expressions/precedence-cells';
import { differencesInWorkflows } from '../support/expressions/workflow-cells';

const NEEDS = ['core', 'templates.filters'];

const inOrder = (cells: Iterable<readonly string[]>): string[] => [...cells].flat();

claim('T2.21a', NEEDS, 'each operator has its value, or its error, for each two operands', async (ctx) => {
  expect(await differencesInWorkflows(ctx, [...OPERATOR_CELLS, ...LITERAL_CELLS])).toEqual([]);
});

claim('T2.21b', NEEDS, 'each two operators are evaluated in their order', async (ctx) => {
  expect(await differencesInWorkflows(ctx, inOrder(PRECEDENCE_CELLS.values()))).toEqual([]);
});

claim('T2.21c', NEEDS, 'each function has its value, or its error, for each argument', async (ctx) => {
  const edges = Object.values(FUNCTION_EDGES);

  expect(await differencesInWorkflows(ctx, inOrder([...FUNCTION_CELLS.values(), ...edges]))).toEqual([]);
});

claim('T2.21d', NEEDS, 'each filter has its value, or its error, for each input', async (ctx) => {
  const edges = Object.values(FILTER_EDGES);

  expect(await differencesInWorkflows(ctx, inOrder([...FILTER_CELLS.values(), ...edges]))).toEqual([]);
});
