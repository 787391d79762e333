// The project's own rules of oxlint: each refuses the syntax that its selector matches.

const refuse = (selector, message) => ({
  create: (context) => ({ [selector]: (node) => context.report({ node, message }) }),
});

export default {
  meta: { name: 'project' },
  rules: {
    'named-exports': refuse('ExportDefaultDeclaration', 'Named exports only.'),
    'logged-errors': refuse(
      'CallExpression[callee.property.name=/^(trace|debug|info|warn|error|fatal)$/] > ObjectExpression.arguments:first-child > Property[key.name="error"]',
      'The log has the message and the stack of an error under the key err only.',
    ),
    'no-spread-literals': refuse(
      'ObjectExpression > SpreadElement > ObjectExpression',
      'Write the members out: { ...{ a, b } } is { a, b }.',
    ),
    // For values of users: JSON.parse rounds their integers, JSON.stringify throws for them.
    'exact-json': refuse('MemberExpression[object.name="JSON"]', 'Use parseJsonText, parseExactJson and writeJson.'),
    // Every process of the tenant receives such a key, also those of the tests beside.
    'no-system-keys': refuse(
      'Property[key.name="owner_type"] Literal[value="system"]',
      'All processes of the tenant receive a key of the system: create it in a pack of the test.',
    ),
    'compared-times': refuse(
      'MemberExpression[object.name="process"][property.name="cpuUsage"]',
      'A time depends on the machine: compare it with that of other work by tests/unit/processor-time.ts.',
    ),
  },
};
