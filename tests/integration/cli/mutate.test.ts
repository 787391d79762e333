import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { spawnCli, waitForExit } from '../embedded/cli-process';
import { livenessDeadline } from '../liveness';

test('mutate puts its mutants into a copy, which an interruption removes', async () => {
  const cli = spawnCli(['mutate', '--room', 'core', '--sample', '1', '--seed', 'a']);
  const exit = waitForExit(cli);
  let output = '';
  cli.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  cli.stdout.resume();

  await until(
    predicateToHold('the mutants, or the end', () => /mutants in core/.test(output) || cli.exitCode !== null),
    livenessDeadline(),
  );
  cli.kill('SIGINT');

  expect(await exit).toEqual([null, 'SIGINT']);
  expect(output).toMatch(/\d{4,} mutants in core/);
  expect(output).toContain('interrupted by SIGINT; its tests have ended, and the copies are removed');
});
