import { findFailingRequirement } from '../../../platform/worker/environments/failing-requirement';

const REQUIREMENTS = ['PyYAML==6.0.3', 'e2e-dep==9.9.9', '@types/node@20'].map((text) => ({
  name: text.slice(0, text.search(/(?!^)@|==/)),
  text,
}));

test.each<[string, string, string | null]>([
  ['pip', 'ERROR: Could not find a version that satisfies the requirement e2e_dep==9.9.9', 'e2e-dep==9.9.9'],
  ['uv', '  ╰─▶ Because there is no version of e2e-dep==9.9.9 and you require it', 'e2e-dep==9.9.9'],
  ['npm', 'npm error 404 Not Found - GET http://127.0.0.1:9/@types%2fnode - @types/node@20', '@types/node@20'],
  ['an older npm', 'npm ERR! code ETARGET\nnpm ERR! notarget for e2e-dep@9', 'e2e-dep==9.9.9'],
  ['the first error', 'error: e2e-dep\nerror: PyYAML', 'e2e-dep==9.9.9'],
  ['no error', 'Collecting e2e-dep==9.9.9', null],
  ['another package', 'ERROR: No matching distribution found for e2e-dependency', null],
  [
    'a path that contains an error word',
    'Processing /cache/error/4041ed4048ef/pyyaml-6.0.3.whl (from -r /env/ed404065ef/requirements.txt)\n' +
      'ERROR: No matching distribution found for e2e-dep==9.9.9',
    'e2e-dep==9.9.9',
  ],
])('the failing requirement is that of the error lines: %s', (_, log, failing) => {
  expect(findFailingRequirement(REQUIREMENTS, log)).toBe(failing);
});
