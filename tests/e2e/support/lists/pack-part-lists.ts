import { PackTestRecord } from '../../../../contract/pack-tests';
import { PermissionSet } from '../../../../contract/permissions';
import { textIn } from './filters';
import { byRef, PAGES, sorted, type ListCell } from './list-cell';
import type { ListedPackParts } from './pack-parts';

/** Lists of what a pack has only in its files. */
export const PACK_PART_LISTS: readonly ListCell<ListedPackParts>[] = [
  {
    path: '/api/v1/permissions/sets',
    key: 'ref',
    item: PermissionSet,
    rows: ({ sets }) => byRef(sets),
    filters: { pack_ref: textIn('pack_ref') },
  },
  {
    path: '/api/v1/packs/{ref}/tests',
    params: () => [{ ref: 'list' }, { ref: 'lists' }],
    key: 'id',
    item: PackTestRecord,
    rows: ({ tests }, { ref }) => (ref === 'list' ? sorted(tests, '-executionTime', '-id') : []),
    filters: {},
    pages: PAGES,
  },
];
