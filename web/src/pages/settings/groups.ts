// How the settings page is arranged. A setting not named here appears under "other".
import type { EntitySchema } from '../../api/openapi';

export interface SettingsGroup {
  id: string;
  fields: string[];
}

const GROUPS: SettingsGroup[] = [
  { id: 'company', fields: ['company', 'language', 'country_code', 'area_code'] },
  { id: 'calls', fields: ['ring_s', 'session_expires_s', 'cdr_keep_days', 'trace_keep_messages'] },
  { id: 'sip', fields: ['domain', 'sip_address', 'sip_port', 'register_min_s', 'register_max_s', 'nonce_lifetime_s'] },
  { id: 'media', fields: ['media_address', 'rtp_port_min', 'rtp_port_max', 'rtp_timeout_s', 'rtp_hold_timeout_s'] },
  { id: 'web', fields: ['http_port'] },
];

export function settingsGroups(schema: EntitySchema): SettingsGroup[] {
  const named = new Set(GROUPS.flatMap((group) => group.fields));
  const writable = Object.entries(schema.properties).filter(([name, field]) => name !== 'id' && !field.readOnly);
  const other = writable.map(([name]) => name).filter((name) => !named.has(name));
  return other.length ? [...GROUPS, { id: 'other', fields: other }] : GROUPS;
}
