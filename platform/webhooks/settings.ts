import { isObject, type Json, type JsonObject } from '../../contract/json';

/** One value of a webhook's settings, which are stored as they were sent. */
export const webhookSetting = (config: Json, name: string): Json | undefined =>
  isObject(config) ? config[name] : undefined;

/** A section with the switch `enabled`; null where it is missing or switched off. */
export function enabledSection(config: Json, name: string): JsonObject | null {
  const section = webhookSetting(config, name);
  return isObject(section) && section.enabled === true ? section : null;
}
