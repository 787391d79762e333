import { CONTAINMENTS, runTimeMs, withProcessRunner } from './process-runner';

const SLACK_MS = 2_500;

describe.each(CONTAINMENTS)('RT-03 leftovers of a program, contained by %s', (_way, usesCgroup) => {
  const { countExited, run } = withProcessRunner(usesCgroup);

  test.each([
    ['a background child that holds the output', 'sh -c "echo \\$\\$ >> $pids; exec sleep 30" & both'],
    ['a child under nohup', 'nohup bash -c "me; exec sleep 30" >/dev/null 2>&1 & both'],
    ['a double fork', '( (me; exec sleep 30) & ) ; both'],
    ['a child in a session of its own that holds the output', 'setsid bash -c "me; exec sleep 30" & both'],
    ['a child without environment in the group', 'env -i sh -c "echo \\$\\$ >> $pids; exec sleep 30" & both'],
    ['a grandchild of a child that stays', '( ( me; exec sleep 30 ) & sleep 30 ) & both'],
    ['a child in a process group of its own', 'set -m; (me; exec sleep 30) & both'],
    ['a child that closed its streams', '(me; exec sleep 30 <&- >&- 2>&-) & both'],
    ['a child under another name', '(me; exec -a hidden sleep 30) & both'],
    ['a child that stopped itself', 'bash -c "me; kill -STOP \\$\\$; sleep 30" & both'],
    ['a child that starts others all the time', '(me; while :; do sleep 0.01; done) & both'],
    ['a child that ignores SIGTERM', `bash -c 'trap "" TERM; me; while :; do sleep 0.05; done' & both`],
  ])('%s is stopped', async (_, script) => {
    const exit = await run(script);
    expect(exit).toMatchObject({ cause: 'exited', exitCode: 0, leakedPids: [] });
    expect(runTimeMs(exit)).toBeLessThan(SLACK_MS);
    expect(countExited()).toBe(2);
  });
});
