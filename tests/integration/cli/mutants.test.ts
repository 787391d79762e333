import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { spawnCli, waitForExit } from '../embedded/cli-process';
import { livenessDeadline } from '../liveness';

test.each([
  [['mutate', '--room', 'core', '--sample', '1', '--seed', 'a'], /^1 of \d{4,} mutants$/m],
  [['detect', '--blind', '2', '--room', 'core', '--seed', 'a'], /^4 of 4 mutants$/m],
])('%j puts its mutants into a copy, which an interruption removes', async (command, mutants) => {
  const cli = spawnCli(command);
  const exit = waitForExit(cli);
  let output = '';
  cli.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  cli.stdout.resume();

  await until(
    predicateToHold('the mutants, or the end', () => mutants.test(output) || cli.exitCode !== null),
    livenessDeadline(),
  );
  cli.kill('SIGINT');

  expect(await exit).toEqual([null, 'SIGINT']);
  expect(output).toMatch(mutants);
  expect(output).toContain('interrupted by SIGINT; its tests have ended, and the copies are removed');
});
