/** Format of names. Database constraints enforce the same. */
export const PACK_REF = /^[a-z][a-z0-9_-]+$/;
export const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const COMPONENT_REF = /^[^.\s]+\.[^.\s]+$/;

/** `<pack>.<name>`: exactly one dot, lower case. */
export const isComponentRef = (ref: string): boolean => COMPONENT_REF.test(ref) && ref === ref.toLowerCase();

/** A name without a dot belongs to the pack. */
export const qualifyRef = (name: string, pack: string): string => (name.includes('.') ? name : `${pack}.${name}`);

/** A title from the last part of a ref: `demo.node_basic` → `Node Basic`. */
export const titleFromRef = (ref: string): string =>
  ref
    .split('.')
    .at(-1)!
    .split(/[_-]+/)
    .filter((word) => word !== '')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join(' ');
