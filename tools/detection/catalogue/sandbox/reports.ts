import type { Faults } from '../../fault';

/** Reports on their way to a hub, schedules, and runs on the host of a clone. */
export const SANDBOX_REPORT_FAULTS: Faults = {
  F1688: {
    promise: 'a report has the same key in every post',
    file: '../tools/sandbox/hub/post-report.ts',
    within: 'postReport',
    find: 'post(reportsUrl(hub), headers, body, stop)',
    replace: `post(reportsUrl(hub), { ...headers, 'idempotency-key': String(tries) }, body, stop)`,
    claims: ['S2-20'],
  },
  F1689: {
    promise: 'a post without an answer is repeated',
    file: '../tools/sandbox/hub/post-report.ts',
    within: 'MOST_TRIES',
    find: '3',
    replace: '1',
    claims: ['S2-20'],
  },
  F1690: {
    promise: 'a report that reaches no hub waits',
    file: '../cli/sandbox/run-report.ts',
    within: 'deliver',
    find: `delivery.outcome === 'stored'`,
    replace: `delivery.outcome !== 'rejected'`,
    claims: ['S2-21'],
  },
  F1691: {
    promise: 'reports are posted in the order of their runs',
    file: '../tools/sandbox/hub/spool.ts',
    within: 'reportsIn',
    find: `namesIn(directory)
      .filter((name) => name.endsWith('.json'))
      .sort()`,
    replace: `namesIn(directory)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .reverse()`,
    claims: ['S2-21'],
  },
  F1693: {
    promise: 'a second install changes nothing',
    file: '../tools/sandbox/schedule/crontab.ts',
    within: 'withRun',
    find: 'parseEntry(line)?.name === run.name',
    replace: 'line === run.name',
    claims: ['S2-22'],
  },
  F1694: {
    promise: 'a crontab without a last new line stays so',
    file: '../tools/sandbox/schedule/crontab.ts',
    within: 'withRun',
    find: `crontab === '' || crontab.endsWith('\\n')`,
    replace: 'true',
    claims: ['S2-22'],
  },
  F1695: {
    promise: 'a schedule that cron cannot read is rejected',
    file: '../cli/sandbox/cron.ts',
    within: 'cronInstall',
    find: 'checkSchedule(flags.schedule);',
    replace: '',
    claims: ['S2-23'],
  },
  F1696: {
    promise: 'a schedule that never comes is rejected',
    file: '../tools/sandbox/schedule/cron-schedule.ts',
    within: 'checkSchedule',
    find: 'new Cron(schedule, { paused: true, domAndDow: false }).nextRun() === null',
    replace: 'false',
    claims: ['S2-23'],
  },
  F1697: {
    promise: 'a run on the host tests the newest commit',
    file: '../cli/sandbox/on-host.ts',
    within: 'fastForward',
    find: `git(root, 'merge', '--ff-only', '--quiet', '@{upstream}')`,
    replace: `git(root, 'merge-base', 'HEAD', '@{upstream}')`,
    claims: ['S2-24'],
  },
  F1698: {
    promise: 'one process at a time runs a repository',
    file: '../cli/sandbox/on-host.ts',
    within: 'sandboxOnHost',
    find: 'await lockRepository(root)',
    replace: '{ [Symbol.dispose]: () => undefined }',
    claims: ['S2-24'],
  },
};
