import type { ComponentSource, LoopSource, PackSource } from './loop-source';

/** The changed files of one loop, and the packs that its run needs. */
export interface SelectedLoop {
  readonly loop: LoopSource;
  readonly covers: readonly string[];
  /** Packs whose actions it runs besides its own, each after those that it needs. */
  readonly otherPacks: readonly PackSource[];
}

export interface Selection {
  /** The loops that cover a changed file, in the order given. */
  readonly selected: readonly SelectedLoop[];
  /** Changed files that no loop covers. */
  readonly uncovered: readonly string[];
}

/** From the changed files to the loops that prove them. */
export function selectLoops(
  changed: readonly string[],
  loops: readonly LoopSource[],
  packs: readonly PackSource[],
): Selection {
  const selected = loops
    .map((loop) => {
      const used = componentsOf(loop, packs);
      const covers = changed.filter((file) => isCovered(file, loop, used, packs));
      return { loop, covers, otherPacks: packsOf(used).filter((pack) => pack !== loop.pack) };
    })
    .filter(({ covers }) => covers.length > 0);
  const covered = new Set(selected.flatMap(({ covers }) => covers));
  return { selected, uncovered: changed.filter((file) => !covered.has(file)) };
}

type UsedComponents = ReadonlyMap<ComponentSource, PackSource>;

/** Its workflow and all that it names, also through other workflows; what is named comes first. */
function componentsOf(loop: LoopSource, packs: readonly PackSource[]): UsedComponents {
  const used = new Map<ComponentSource, PackSource>();
  const visited = new Set<string>();
  const visit = (ref: string): void => {
    if (visited.has(ref)) return;
    visited.add(ref);
    for (const pack of packs) {
      for (const component of pack.components.filter((one) => one.ref === ref)) {
        component.names.forEach(visit);
        used.set(component, pack);
      }
    }
  };
  visit(loop.ref);
  return used;
}

const packsOf = (used: UsedComponents): PackSource[] => [...new Set(used.values())];

function isCovered(
  file: string,
  { pack: own, documents }: LoopSource,
  used: UsedComponents,
  packs: readonly PackSource[],
): boolean {
  if (documents.includes(file)) return true;
  if ([...used.keys()].some(({ files }) => files.includes(file))) return true;
  const pack = packOf(file, packs);
  if (pack === undefined || (pack !== own && !packsOf(used).includes(pack))) return false;
  const isOwned = pack.components.some(({ files }) => files.includes(file));
  return !isOwned && isShared(file.slice(prefixOf(pack).length));
}

const prefixOf = ({ directory }: PackSource): string => (directory === '' ? '' : `${directory}/`);

/** The innermost pack with this file. */
const packOf = (file: string, packs: readonly PackSource[]): PackSource | undefined =>
  packs
    .filter((pack) => file.startsWith(prefixOf(pack)))
    .sort((left, right) => right.directory.length - left.directory.length)[0];

const PACK_FILES = ['pack.yaml', 'pack.index.json', 'requirements.txt', 'package.json', 'package-lock.json'];
const LIBRARY = /^lib\//;
/** Beside the entry points of actions; a YAML file that is no action's declares a removed one. */
const BESIDE_ACTIONS = /^actions\/(?!.*\.ya?ml$)/;

/** Whether every action of a pack may use the file at this path in it. */
const isShared = (path: string): boolean =>
  PACK_FILES.includes(path) || LIBRARY.test(path) || BESIDE_ACTIONS.test(path);
