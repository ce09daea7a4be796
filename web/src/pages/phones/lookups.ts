// Which registrations and which users belong to a phone.
import type { Registration, User } from '../../api/types';

function push<T>(map: Map<number, T[]>, key: number, item: T) {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

export function groupByPhone(registrations: Registration[]): Map<number, Registration[]> {
  const map = new Map<number, Registration[]>();
  for (const registration of registrations) push(map, registration.phone_id, registration);
  return map;
}

export function usersByPhone(users: User[]): Map<number, User[]> {
  const map = new Map<number, User[]>();
  for (const user of users) for (const phone of user.phones) push(map, phone, user);
  return map;
}
