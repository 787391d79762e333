import { findingLine } from '../../../cli/run/finding-line';

test.each([
  ['/tasks/0/nxt', '/tasks/0/nxt: it has no meaning', 'DEFINITION_INVALID /tasks/0/nxt: it has no meaning; correct it'],
  ['/tasks/0/action', 'there is none', 'DEFINITION_INVALID /tasks/0/action: there is none; correct it'],
  ['', 'there is none', 'DEFINITION_INVALID there is none; correct it'],
])('the place %j of a finding is named once', (path, message, line) => {
  expect(findingLine({ code: 'DEFINITION_INVALID', path, message, hint: 'correct it' })).toBe(line);
});
