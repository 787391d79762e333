import { parse } from '../../../../platform/core/template/parse';
import { pathsRead } from '../../../../platform/core/template/paths-read';

test.each([
  ['parameters.list[0].name', ['parameters.list[0].name']],
  ["keystore['db'].host", ["keystore['db'].host"]],
  ['task.probe.stdout + vars.suffix', ['task.probe.stdout', 'vars.suffix']],
  ['counter', ['counter']],
  ['result().data.text | upper', ['result().data.text']],
  ['succeeded() and vars.ok', ['succeeded()', 'vars.ok']],
  ['parameters.map[vars.key].x', ['parameters.map[…].x', 'vars.key']],
  ['(parameters.a | default(vars.b)).c', ['parameters.a', 'vars.b']],
  ['[parameters.a, not item.done, -index]', ['parameters.a', 'item.done', 'index']],
  ['join(sort(vars.names), vars.separator)', ['vars.names', 'vars.separator']],
  ['vars.a == vars.a', ['vars.a']],
  ['1 + 2', []],
])('%s reads %j', (expression, paths) => {
  expect(pathsRead(parse(expression))).toEqual(paths);
});
