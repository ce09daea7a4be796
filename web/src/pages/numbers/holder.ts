// Who holds a number: a user, a group, or nobody.
import type { PhoneNumber } from '../../api/types';

export type Holder = { user: number } | { group: number };

export function holderPath({ user, group }: PhoneNumber): string | null {
  if (user) return `/users/${user}`;
  return group ? `/groups/${group}` : null;
}

export function holderName({ user_name, group_name }: PhoneNumber): string {
  return user_name ?? group_name ?? '';
}

export function holds(holder: Holder, { user, group }: PhoneNumber): boolean {
  return 'user' in holder ? user === holder.user : group === holder.group;
}
