import { stringify } from 'yaml';
import type { RuntimeEntry } from '../../contract/runtime-manifest';

export const CORE_RUNTIMES = 'packs/core/runtimes';

const HEAD = '# Written by `npx tuningfork runtimes write` from contract/runtimes.manifest.json.\n';

/** Pack core has runtimes beside those of the manifest. */
export const isGenerated = (text: string): boolean => text.startsWith(HEAD);

/** The file of a runtime in pack core, as every pack has them; its path is below the root. */
export const coreRuntimeFile = (entry: RuntimeEntry) => ({
  path: `${CORE_RUNTIMES}/${entry.name}.yaml`,
  text: HEAD + stringify(component(entry), { lineWidth: 0, singleQuote: true }),
});

const component = ({ name, aliases, description, extensions, interpreter, execution_config }: RuntimeEntry) => ({
  ref: `core.${name}`,
  name,
  aliases: [name, ...aliases],
  description,
  execution_config: {
    interpreter: { binary: interpreter.binary, args: interpreter.args, file_extension: extensions[0] ?? '' },
    ...execution_config,
  },
});
