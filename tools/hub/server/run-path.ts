import { Type } from '@sinclair/typebox';
import { PositiveInteger } from '../../../contract/json';

/** The part of a path that names a run. */
export const RunPath = Type.Object({ id: PositiveInteger });
