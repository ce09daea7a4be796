// A site's address in one line.
import type { Site } from '../../api/types';

export function addressOf(site: Site): string {
  const street = `${site.street} ${site.house_number}`.trim();
  const city = `${site.postal_code} ${site.city}`.trim();
  return [street, city, site.occupant, site.floor, site.room].filter(Boolean).join(', ');
}
