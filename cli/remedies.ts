/** What provides a capability of the harness on an attached platform, by its name. */
export const REMEDIES: Readonly<Record<string, string>> = {
  'ledger.shared':
    'name the file that `up` wrote (PLATFORM_FILE), or run the suite on the host of the worker, whose programs share ' +
    'its directory for temporary files (for a platform of this repository: PLATFORM_ACTION_PATHS)',
  'host.files': 'run the suite on the host of the platform, and name the file that `up` wrote (PLATFORM_FILE)',
  'host.processes': 'run the suite on the host of the worker, as a user who sees its processes',
  sql: "name the platform's database, as its owner (DATABASE_URL), or the file that `up` wrote (PLATFORM_FILE)",
  'mocks.allowed':
    'let the platform connect to servers of this host (for a platform of this repository: PLATFORM_EGRESS_ALLOW)',
  lifecycle: 'remove E2E_LIFECYCLE=off',
};
