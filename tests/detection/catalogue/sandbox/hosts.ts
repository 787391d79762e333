import type { Fault } from '../../fault';

/** Runs on another host. */
export const SANDBOX_HOST_FAULTS: readonly Fault[] = [
  {
    id: 'F1676',
    promise: 'a script reaches another host as it is',
    file: '../sandbox/transport/quote.ts',
    within: 'quote',
    find: `text.replaceAll("'", \`'\\\\''\`)`,
    replace: 'text',
    claims: ['S2-06'],
  },
  {
    id: 'F1677',
    promise: 'a host that is never reached is unreachable',
    file: '../sandbox/transport/ssh-transport.ts',
    within: 'SshTransport.failure',
    find: `this.isReached ? 'TRANSPORT_LOST' : 'HOST_UNREACHABLE'`,
    replace: `'TRANSPORT_LOST'`,
    claims: ['S2-07'],
  },
  {
    id: 'F1678',
    promise: 'the option chooses the host before the variable',
    file: '../cli/sandbox/host.ts',
    within: 'selectHost',
    find: 'option !== undefined',
    replace: 'option !== undefined && !process.env.SANDBOX_HOST',
    claims: ['S2-08'],
  },
  {
    id: 'F1679',
    promise: 'files are copied whatever their names are',
    file: '../sandbox/copy/copy-tree.ts',
    within: 'copyTree',
    find: `files.map((path) => \`./\${path}\\0\`)`,
    replace: `files.filter((path) => !path.includes('\\n')).map((path) => \`./\${path}\\0\`)`,
    claims: ['S2-09'],
  },
  {
    id: 'F1680',
    promise: 'health is requested from the host of the stack',
    file: '../sandbox/run/wait-healthy.ts',
    within: 'waitForCheck',
    find: 'Number((await mustRun(sandbox.transport, FETCH_STATUS, { args: [url] })).trim())',
    replace: 'await fetch(url).then(({ status }) => status, () => 0)',
    claims: ['S2-11'],
  },
  {
    id: 'F1681',
    promise: 'what cannot be removed is a leak',
    file: '../sandbox/run/teardown.ts',
    within: 'remove',
    find: '(await transport.run(script, { args })).code === 0',
    replace: '(await transport.run(script, { args })).code >= 0',
    claims: ['S2-18'],
  },
];
