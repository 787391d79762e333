import { authRoutes } from './auth';
import { capabilitiesRoutes } from './capabilities';
import type { Routes } from './context';
import { executionsRoutes } from './executions';
import { healthRoutes } from './health';
import { openapiRoutes } from './openapi';

/** Everything that is served. */
export const ROUTES: readonly Routes[] = [
  healthRoutes,
  openapiRoutes,
  capabilitiesRoutes,
  authRoutes,
  executionsRoutes,
];
