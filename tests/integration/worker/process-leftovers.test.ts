import { CONTAINMENTS, withProcessRunner } from './process-runner';

describe.each(CONTAINMENTS)('RT-03 leftovers of a program, contained by %s', (_way, usesCgroup) => {
  const { countExited, run } = withProcessRunner(usesCgroup);

  // Each child lives for longer than the test may take: an end by itself does not pass.
  test.each([
    ['a background child that holds the output', 'sh -c "echo \\$\\$ >> $pids; exec sleep 600" & both'],
    ['a child under nohup', 'nohup bash -c "me; exec sleep 600" >/dev/null 2>&1 & both'],
    ['a double fork', '( (me; exec sleep 600) & ) ; both'],
    ['a child in a session of its own that holds the output', 'setsid bash -c "me; exec sleep 600" & both'],
    ['a child without environment in the group', 'env -i sh -c "echo \\$\\$ >> $pids; exec sleep 600" & both'],
    ['a grandchild of a child that stays', '( ( me; exec sleep 600 ) & sleep 600 ) & both'],
    ['a child in a process group of its own', 'set -m; (me; exec sleep 600) & both'],
    ['a child that closed its streams', '(me; exec sleep 600 <&- >&- 2>&-) & both'],
    ['a child under another name', '(me; exec -a hidden sleep 600) & both'],
    ['a child that stopped itself', 'bash -c "me; kill -STOP \\$\\$; sleep 600" & both'],
    ['a child that starts others all the time', '(me; while :; do sleep 0.01; done) & both'],
    ['a child that ignores SIGTERM', `bash -c 'trap "" TERM; me; while :; do sleep 0.05; done' & both`],
  ])('%s is stopped', async (_, script) => {
    const exit = await run(script);
    expect(exit).toMatchObject({ cause: 'exited', exitCode: 0, leakedPids: [] });
    expect(countExited()).toBe(2);
  });
});
