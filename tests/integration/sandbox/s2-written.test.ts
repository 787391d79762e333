import { ON_THIS_HOST, webRepository } from './sandbox-cli';
import { silentPort, startRun } from './started-run';

jest.setTimeout(120_000);

test('S2-43 a signal ends the post to a hub that never answers', async () => {
  using silent = await silentPort();
  using repository = webRepository('true', '');
  const hub = ['--hub', `http://127.0.0.1:${silent.port}`];
  const { cli, ended, printed } = await startRun(repository, 'exit code 0', hub);

  cli.kill('SIGINT');

  expect(await ended).toEqual([null, 'SIGINT']);
  expect(printed()).toMatch(/HUB_UNREACHABLE: .*: a signal ended it; post it later/);
  expect(repository.spooled()).toHaveLength(1);
});

test('S2-43 a report that cannot be written is a warning', async () => {
  const results = 'results="$XDG_STATE_HOME/tuningfork/sandbox/${SANDBOX_RUN##*-}"';
  using repository = webRepository(`${results}; mkdir "$results/report.json"; exit 7`, '');

  const { code, stderr } = await repository.cli(['run', repository.root], ON_THIS_HOST);

  expect(code).toBe(1);
  expect(stderr).toMatch(/^warning: .*report\.json was not written: EISDIR/m);
  expect(stderr).toContain('report: not written, exit code 1');
});

test('S2-43 a spool that cannot be written is a warning', async () => {
  using silent = await silentPort();
  using repository = webRepository('touch "$XDG_STATE_HOME/tuningfork/hub-spool"', '');
  const hub = `http://127.0.0.1:${silent.port}`;
  silent[Symbol.dispose]();

  const { code, stderr } = await repository.cli(['run', repository.root, '--hub', hub], ON_THIS_HOST);

  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: .*hub-spool was not written: EEXIST/m);
  expect(stderr).toMatch(/^HUB_UNREACHABLE: .*; it is not kept$/m);
});
