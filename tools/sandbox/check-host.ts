import { SandboxError } from './sandbox-error';
import { FIND_ENGINE } from './stack/engine-scripts';
import { CONFINE, FREE_KIB } from './stack/host-scripts';
import { mustRun, type Transport } from './transport/transport';

/** One requirement of a host: of the platform that starts on it, or of stacks. */
export interface HostFinding {
  readonly name: string;
  readonly ok: boolean;
  /** Nothing starts without it; without the others, it is slower, or protects less. */
  readonly needed: boolean;
  readonly found: string;
  /** What would be right, or how to install it; null: it is. */
  readonly remedy: string | null;
}

interface HostCheck {
  readonly name: string;
  readonly needed: boolean;
  /** Prints what is there. Throws Error with what is missing. */
  readonly probe: (transport: Transport) => Promise<string>;
  readonly remedy: string;
}

const TOOLS = `
for tool in env find grep mkdir readlink rm sed setsid sort tail tar; do
  command -v "$tool" >/dev/null || missing="$missing $tool"
done
[ -z "$missing" ] || { echo "missing:$missing" >&2; exit 1; }
echo "all of them"
`;
const FETCHER = `for tool in curl wget node; do command -v "$tool" && exit; done; echo 'none of them' >&2; exit 1`;
const DIRECTORY = `base=\${TMPDIR:-/tmp}; [ -d "$base" ] && [ -w "$base" ] || { echo "$base is not writable" >&2; exit 1; }; echo "$base"`;
const FREE_FOR_RUNS = `${FREE_KIB}; free "\${TMPDIR:-/tmp}"`;
const LEAST_FREE_KIB = 1_048_576;
const MOST_CLOCK_DIFFERENCE_S = 5;

const CHECKS: readonly HostCheck[] = [
  {
    name: 'programs of the system',
    needed: true,
    probe: (transport) => mustRun(transport, TOOLS),
    remedy: 'apt-get install coreutils findutils grep sed tar util-linux',
  },
  {
    name: 'curl, wget or node',
    needed: true,
    probe: (transport) => mustRun(transport, FETCHER),
    remedy: 'apt-get install curl',
  },
  {
    name: 'directory for runs',
    needed: true,
    probe: (transport) => mustRun(transport, DIRECTORY),
    remedy: 'set TMPDIR on the host to a directory that its user can write',
  },
  {
    name: 'process namespaces',
    needed: false,
    probe: async (transport) => (await mustRun(transport, CONFINE)) || absent('unshare is missing or not allowed'),
    remedy: 'apt-get install util-linux, and allow user namespaces; without them, a process can leave its run',
  },
  {
    name: 'engine for containers',
    needed: false,
    probe: async (transport) => (await mustRun(transport, FIND_ENGINE)).split('\n')[1]!,
    remedy:
      'install docker and its compose plugin, or podman and podman-compose; without one, each service needs x-process',
  },
  {
    name: 'free space',
    needed: false,
    probe: async (transport) => {
      const gibibytes = `${(Number(await mustRun(transport, FREE_FOR_RUNS)) / LEAST_FREE_KIB).toFixed(1)} GiB`;
      return parseFloat(gibibytes) >= 1 ? gibibytes : absent(gibibytes);
    },
    remedy: 'free at least 1 GiB in the directory for runs',
  },
  {
    name: 'clock',
    needed: false,
    probe: async (transport) => {
      const difference = Number(await mustRun(transport, 'date +%s')) - Date.now() / 1_000;
      const text = `${Math.abs(difference).toFixed(0)} s from this host's`;
      return Math.abs(difference) <= MOST_CLOCK_DIFFERENCE_S ? text : absent(text);
    },
    remedy: 'synchronize the clocks: times in the output of a run would not fit those of its report',
  },
];

const absent = (what: string): never => {
  throw new Error(what);
};

/** Checks a host. Throws SandboxError where it is not reached. */
export async function checkHost(transport: Transport): Promise<HostFinding[]> {
  const findings: HostFinding[] = [];
  for (const { name, needed, probe, remedy } of CHECKS) {
    try {
      findings.push({ name, ok: true, needed, found: (await probe(transport)).trim(), remedy: null });
    } catch (error) {
      if (error instanceof SandboxError) throw error;
      findings.push({ name, ok: false, needed, found: lastWords(error), remedy });
    }
  }
  return findings;
}

/** Without what says which script it was. */
const lastWords = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^a script on .* exit code \d+: /, '');
