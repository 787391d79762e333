/** Finds the members of a tenant by filter key. */
export class SubscriptionIndex<T> {
  private readonly byTenant = new Map<number, Map<string, Set<T>>>();

  add(tenant: number, key: string, member: T): void {
    const byKey = this.byTenant.get(tenant) ?? new Map<string, Set<T>>();
    this.byTenant.set(tenant, byKey);
    const members = byKey.get(key) ?? new Set<T>();
    byKey.set(key, members.add(member));
  }

  remove(tenant: number, key: string, member: T): void {
    const byKey = this.byTenant.get(tenant);
    const members = byKey?.get(key);
    members?.delete(member);
    if (members?.size === 0) byKey?.delete(key);
    if (byKey?.size === 0) this.byTenant.delete(tenant);
  }

  hasTenant(tenant: number): boolean {
    return this.byTenant.has(tenant);
  }

  /** Each member with at least one of the keys, once. */
  find(tenant: number, keys: readonly string[]): Set<T> {
    const byKey = this.byTenant.get(tenant);
    return new Set(keys.flatMap((key) => [...(byKey?.get(key) ?? [])]));
  }
}
