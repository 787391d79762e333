import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandError } from '../../../cli/failures';
import { readPolicy } from '../../../cli/gate/gate-files';
import { gateFlake } from '../../../cli/gate/run/gate-flake';
import { repositoryPath } from '../../../cli/sandbox/repository-path';
import { writeDurations } from '../../../cli/test/durations';
import { choosePostgresUser } from '../../../platform/embedded/postgres-user';
import { testDirectory } from '../../test-directory';

const directory = testDirectory();
const at = (name: string) => join(directory, name);

/** The error that ends a command. */
function endOf(command: () => unknown): Pick<CommandError, 'message' | 'exitCode'> {
  try {
    command();
  } catch (error) {
    return error as CommandError;
  }
  throw new Error('the command did not end with an error');
}

test.each(['none', 'clean.txt/below'])('a sandbox of the missing repository %s is refused', async (name) => {
  writeFileSync(at('clean.txt'), '');

  await expect(repositoryPath(at(name))).rejects.toMatchObject({
    message: `there is no directory ${at(name)}: give a repository with e2e/e2e.yml`,
    exitCode: 2,
  });
});

test('a policy that is not there is named', () => {
  expect(endOf(() => readPolicy(at('none.yml')))).toMatchObject({
    message: `POLICY_MISSING: there is no file ${at('none.yml')}`,
    exitCode: 2,
  });
});

test('a run without a flaky test adds nothing to the list', () => {
  writeFileSync(at('clean.json'), JSON.stringify({ tests: [], steps: [] }));

  expect(endOf(() => gateFlake({ report: at('clean.json'), flakes: at('flakes.json') }))).toMatchObject({
    message: `NO_FLAKE: ${at('clean.json')} has no flaky test`,
    exitCode: 2,
  });
});

test('reports without a test that passed measure nothing', () => {
  writeFileSync(at('report.json'), JSON.stringify({ testResults: [] }));

  expect(endOf(() => writeDurations([at('report.json')], directory))).toMatchObject({
    message: 'NOTHING_MEASURED: run tests first, or name reports of `npx jest --json`',
    exitCode: 2,
  });
});

test('a report that is none of Jest is named', () => {
  writeFileSync(at('other.json'), '{}');

  expect(endOf(() => writeDurations([at('other.json')], directory))).toMatchObject({
    message: expect.stringMatching(/^RESULTS_INVALID: .*other\.json/) as string,
    exitCode: 2,
  });
});

test('a directory of another user is not used for a database', () => {
  const own = process.getuid!();
  jest.spyOn(process, 'getuid').mockReturnValue(own + 1);

  expect(() => choosePostgresUser(directory)).toThrow(`DATA_DIR_FOREIGN: ${directory} belongs to user ${own}; `);
});
