import type { Faults } from '../../fault';

/** Runs on another host. */
export const SANDBOX_HOST_FAULTS: Faults = {
  F1676: {
    promise: 'a script reaches another host as it is',
    file: '../tools/sandbox/transport/quote.ts',
    within: 'quote',
    find: `text.replaceAll("'", \`'\\\\''\`)`,
    replace: 'text',
    claims: ['S2-06'],
  },
  F1677: {
    promise: 'a host that is never reached is unreachable',
    file: '../tools/sandbox/transport/ssh-transport.ts',
    within: 'SshTransport.failure',
    find: `this.isReached ? 'TRANSPORT_LOST' : 'HOST_UNREACHABLE'`,
    replace: `'TRANSPORT_LOST'`,
    claims: ['S2-07'],
  },
  F1678: {
    promise: 'the option chooses the host before the variable',
    file: '../cli/sandbox/host.ts',
    within: 'selectHost',
    find: 'option !== undefined',
    replace: 'option !== undefined && !process.env.SANDBOX_HOST',
    claims: ['S2-08'],
  },
  F1679: {
    promise: 'files are copied whatever their names are',
    file: '../tools/sandbox/copy/copy-tree.ts',
    within: 'copyTree',
    find: `files.map((path) => \`./\${path}\\0\`)`,
    replace: `files.filter((path) => !path.includes('\\n')).map((path) => \`./\${path}\\0\`)`,
    claims: ['S2-09'],
  },
  F1680: {
    promise: 'health is requested from the host of the stack',
    file: '../tools/sandbox/run/wait-healthy.ts',
    within: 'waitForCheck',
    find: 'await fetchStatus(sandbox, url)',
    replace: 'await fetch(url).then(({ status }) => status, () => 0)',
    claims: ['S2-11'],
  },
  F1681: {
    promise: 'what cannot be removed is a leak',
    file: '../tools/sandbox/run/teardown.ts',
    within: 'remove',
    find: '(await transport.run(script, { args, limitMs: REMOVAL_LIMIT_MS })).code === 0',
    replace: '(await transport.run(script, { args, limitMs: REMOVAL_LIMIT_MS })).code >= 0',
    claims: ['S2-18'],
  },
  F1727: {
    promise: 'eject replaces no file of another origin',
    file: '../cli/sandbox/eject.ts',
    within: 'sandboxEject',
    find: 'current !== null && !current.includes(MARK)',
    replace: 'false',
    claims: ['S2-37'],
  },
  F1728: {
    promise: 'the program of a repository exits by the failure of its run',
    file: '../cli/sandbox/ejected.ts',
    within: 'endWith',
    find: 'process.exitCode = failure.exitCode',
    replace: 'process.exitCode = 1',
    claims: ['S2-37'],
  },
};
