import { didYouMean } from '../../../contract/text/closest-match';
import type { Part } from './compose-part';
import { readHealthcheck } from './healthcheck';
import { joined } from '../path-text';
import { splitPort, type PortEntry } from './published-ports';
import { CONDITIONS, type Condition, type RawEnvFile, type RawNeed, type RawService } from './raw-service';

/** Keys that processes use, and `extends`, which the reader of the file follows. */
const USED = new Set([
  ...['x-process', 'environment', 'env_file', 'ports', 'depends_on', 'healthcheck', 'profiles', 'working_dir'],
  ...['extends'],
]);
/** Keys of the container in whose place the process is. */
const OF_CONTAINER = new Set([
  ...['image', 'build', 'command', 'entrypoint', 'platform', 'pull_policy', 'container_name', 'hostname', 'labels'],
  ...['expose', 'networks', 'volumes', 'restart', 'logging', 'init', 'stdin_open', 'tty', 'develop'],
]);

/** Keys of a container that change what runs in it: they are noted. */
const OTHERS = new Set([
  ...[
    'annotations',
    'attach',
    'blkio_config',
    'cap_add',
    'cap_drop',
    'cgroup',
    'cgroup_parent',
    'configs',
    'cpu_count',
  ],
  ...['cpu_percent', 'cpu_period', 'cpu_quota', 'cpu_rt_period', 'cpu_rt_runtime', 'cpu_shares', 'cpus', 'cpuset'],
  ...['credential_spec', 'deploy', 'device_cgroup_rules', 'devices', 'dns', 'dns_opt', 'dns_search', 'domainname'],
  ...['external_links', 'extra_hosts', 'gpus', 'group_add', 'ipc', 'isolation', 'label_file', 'links', 'mac_address'],
  ...['mem_limit', 'mem_reservation', 'mem_swappiness', 'memswap_limit', 'models', 'network_mode', 'oom_kill_disable'],
  ...['oom_score_adj', 'pid', 'pids_limit', 'post_start', 'pre_stop', 'privileged', 'provider', 'pull_refresh_after'],
  ...['read_only', 'runtime', 'scale', 'secrets', 'security_opt', 'shm_size', 'stop_grace_period', 'stop_signal'],
  ...['storage_opt', 'sysctls', 'tmpfs', 'ulimits', 'use_api_socket', 'user', 'userns_mode', 'uts', 'volume_driver'],
  ...['volumes_from', 'net', 'log_driver', 'log_opt'],
]);

/** Reads what a process needs of a service. Paths are relative to `directory`. */
export function readService(part: Part, directory: string): RawService {
  if (!part.isMap) part.fault('a map of keys, such as image or x-process', null);
  const command = part.child('x-process');
  const workingDirectory = part.child('working_dir');
  const healthcheck = part.child('healthcheck');
  return {
    command: command ? command.string('a command line of the shell', /\S/) : null,
    hasContainer: hasContainer(part),
    environment: readEnvironment(part.child('environment')),
    envFiles: readEnvFiles(part.child('env_file'), directory),
    ports: readPorts(part.child('ports')),
    needs: readNeeds(part.child('depends_on')),
    healthcheck: healthcheck ? readHealthcheck(healthcheck) : null,
    profiles:
      part
        .child('profiles')
        ?.items(PROFILES)
        .flatMap((item) => item.string(PROFILES) ?? []) ?? [],
    workingDirectory: workingDirectory
      ? { path: workingDirectory.string('a path') ?? '.', at: workingDirectory.at }
      : null,
    replaced: replacedKeys(part),
    unused: unusedKeys(part),
  };
}

/** A service of a provider has none; a number of 0 is one of several ways to start none. */
function hasContainer(part: Part): boolean {
  const counts = [part.child('scale'), part.child('deploy')?.child('replicas')];
  return part.child('provider') === null && !counts.some((count) => count?.value === '0');
}

function replacedKeys(part: Part): string[] {
  const below = ['environment', 'depends_on'].flatMap(
    (key) => part.child(key)?.replacedKeys.map((name) => `${key}/${name}`) ?? [],
  );
  return [...part.replacedKeys, ...below];
}

const PROFILES = 'a list of names of profiles';

function unusedKeys(part: Part): string[] {
  if (!part.isMap) return [];
  return part.entries('').flatMap(([key, value]) => {
    if (USED.has(key) || OF_CONTAINER.has(key) || key.startsWith('x-')) return [];
    const similar = OTHERS.has(key) ? '' : didYouMean(key, [...USED, ...OF_CONTAINER, ...OTHERS]);
    if (similar !== '') return value.fault(`no such key in a service${similar}`, []);
    return [`${value.at} ${key} is for a container, and not used by a process`];
  });
}

const ENVIRONMENT = 'a map of variables, or a list of NAME=VALUE';

function readEnvironment(part: Part | null): Map<string, string | null> {
  if (!part) return new Map();
  if (!part.isList)
    return new Map(
      part
        .entries(ENVIRONMENT)
        .map(([name, value]) => [name, value.value === null ? null : value.string('a text, a number, true or false')]),
    );
  const lines = part.items(ENVIRONMENT).flatMap((item) => item.string('NAME=VALUE, or NAME', /^[^=]/) ?? []);
  return new Map(
    lines.map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, null] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

const ENV_FILE = 'a path, a list of paths, or of maps of path, required and format';

function readEnvFiles(part: Part | null, directory: string): RawEnvFile[] {
  if (!part || part.value === null) return [];
  const items = part.isList ? part.items(ENV_FILE) : [part];
  return items.flatMap((item) => {
    item.onlyKeys(['path', 'required', 'format']);
    const path = (item.isMap ? (item.child('path') ?? item) : item).string(ENV_FILE, /\S/);
    if (path === null) return [];
    const [required, format] = [item.child('required'), item.child('format')];
    return [
      {
        path: joined(directory, path),
        required: required === null || readBoolean(required),
        raw: format !== null && format.string('raw', /^raw$/) === 'raw',
        at: item.at,
      },
    ];
  });
}

const readBoolean = (part: Part): boolean => part.string('true or false', /^(?:true|false)$/) !== 'false';

const PORT = 'a port, such as "${WEB_PORT}:80", or a map of published and target';

function readPorts(part: Part | null): PortEntry[] {
  if (!part) return [];
  return part.items('a list of ports').flatMap((item) => {
    if (item.isMap) return longPort(item);
    const text = item.string(PORT, /\S/);
    return text === null ? [] : [portEntry(item.rawText, text)];
  });
}

function portEntry(raw: string, text: string): PortEntry {
  const [before, after] = [splitPort(raw), splitPort(text)];
  if (before.host === null) return { host: null, container: before.container };
  return { host: { raw: before.host, text: after.host ?? '' }, container: before.container };
}

function longPort(item: Part): PortEntry[] {
  item.onlyKeys(['name', 'target', 'published', 'host_ip', 'protocol', 'app_protocol', 'mode']);
  const [published, target] = [item.child('published'), item.child('target')];
  const container = target?.string('a port of the container') ?? null;
  if (container === null) return target ? [] : item.fault('a map with target, the port of the container', []);
  if (!published || published.value === null) return [{ host: null, container }];
  const text = published.string('a port of the host');
  return text === null ? [] : [{ host: { raw: published.rawText, text }, container }];
}

const DEPENDS_ON = 'a list of services, or a map of them';

function readNeeds(part: Part | null): Map<string, RawNeed> {
  if (!part) return new Map();
  if (!part.isList) return new Map(part.entries(DEPENDS_ON).map(([name, need]) => [name, readNeed(need)]));
  return new Map(
    part.items(DEPENDS_ON).flatMap((item) => {
      const name = item.string('the name of a service', /\S/);
      return name === null ? [] : [[name, { condition: 'service_started', required: true, at: item.at }] as const];
    }),
  );
}

function readNeed(part: Part): RawNeed {
  const [condition, required] = [part.child('condition'), part.child('required')];
  part.onlyKeys(['condition', 'restart', 'required']);
  if (!part.isMap && part.value !== null) part.fault('a map of condition, restart and required', null);
  const expected = `one of ${CONDITIONS.join(', ')}`;
  const given = condition?.string(expected) ?? 'service_started';
  const isKnown = (CONDITIONS as readonly string[]).includes(given);
  return {
    condition: isKnown ? (given as Condition) : condition!.fault(expected, 'service_started' as const),
    required: required === null || readBoolean(required),
    at: part.at,
  };
}
