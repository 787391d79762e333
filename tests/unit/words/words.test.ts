import { resolve } from 'node:path';
import { formatFinding } from './lint-words';
import { lintTrackedFiles } from './tracked-files';

test('names, comments, titles and pages use the words of the field', () => {
  expect(lintTrackedFiles(resolve(__dirname, '../../..')).map(formatFinding)).toEqual([]);
});
