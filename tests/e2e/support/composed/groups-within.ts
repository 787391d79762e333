/**
 * Groups whose sum of `weightOf` is at most `limit`, in the order of `members`; first all without
 * weight, as one group. A member that is heavier than `limit` is a group by itself.
 */
export function groupsWithin<Member>(
  limit: number,
  members: readonly Member[],
  weightOf: (member: Member) => number,
): Member[][] {
  const groups = [members.filter((each) => weightOf(each) === 0)];
  let weight = limit;
  for (const each of members.filter((other) => weightOf(other) > 0)) {
    if (weight + weightOf(each) > limit) {
      groups.push([]);
      weight = 0;
    }
    weight += weightOf(each);
    groups.at(-1)!.push(each);
  }
  return groups.filter((group) => group.length > 0);
}
