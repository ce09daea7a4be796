// Which registrations belong to which phone.
import type { Registration } from '../../api/types';

export function groupByPhone(registrations: Registration[]): Map<number, Registration[]> {
  const map = new Map<number, Registration[]>();
  for (const registration of registrations) {
    if (registration.phone_id === null) continue;
    const list = map.get(registration.phone_id);
    if (list) list.push(registration);
    else map.set(registration.phone_id, [registration]);
  }
  return map;
}
