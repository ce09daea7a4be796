// How the settings page is arranged. A setting not named here appears under "other".
import type { EntitySchema } from '../../api/openapi';

export interface SettingsGroup {
  id: string;
  fields: string[];
  columns?: number;
}

const GROUPS: SettingsGroup[] = [
  { id: 'company', fields: ['company', 'language'] },
  { id: 'dialling', fields: ['country_code', 'area_code', 'outside_prefix'] },
  { id: 'routing', fields: ['routing_priority', 'unavailable', 'deposit', 'dial_in_numbers', 'dial_in_check', 'holidays'] },
  { id: 'calls', fields: ['ring_s', 'orbit_s', 'hold_music', 'in_call_codes', 'record_calls', 'record_notice', 'session_expires_s', 'cdr_keep_days', 'change_keep_days'] },
  { id: 'conference', fields: ['conference_numbers', 'conference_over'], columns: 1 },
  { id: 'voicemail', fields: ['voicemail_trash_days', 'voicemail_mail_mb'] },
  {
    id: 'sip',
    fields: ['domain', 'sip_address', 'sip_port', 'sips_port', 'wss_port', 'ws_port', 'tls_min_version', 'tls_client_certificate'],
  },
  { id: 'register', fields: ['register_min_s', 'register_max_s', 'nonce_lifetime_s'] },
  { id: 'nat', fields: ['external_address', 'external_sip_port', 'stun_server', 'local_networks'] },
  {
    id: 'security',
    fields: [
      'second_factor', 'password_policy', 'password_check_days', 'password_weak_allowed', 'screening', 'screening_failures',
      'screening_block_h', 'source_requests_per_s', 'screening_notify',
    ],
  },
  { id: 'rights', fields: ['default_rights', 'default_dial'], columns: 1 },
  { id: 'traces', fields: ['trace_keep_days', 'trace_keep_mb', 'trace_keep_messages'] },
  { id: 'media', fields: ['codecs', 'comfort_noise', 'media_address', 'rtp_port_min', 'rtp_port_max', 'rtp_timeout_s', 'rtp_hold_timeout_s'] },
  { id: 'marks', fields: ['sip_dscp', 'audio_dscp', 'video_dscp'] },
  { id: 'disk', fields: ['disk_free_mb', 'log_file_mb', 'log_files'] },
  { id: 'web', fields: ['http_port'] },
];

export function settingsGroups(schema: EntitySchema): SettingsGroup[] {
  const groups = GROUPS;
  const named = new Set(groups.flatMap((group) => group.fields));
  // How much each component of the log writes is on the page of the log; star codes have a page of their own.
  const elsewhere = (name: string) => name.startsWith('log_') || name.startsWith('code_');
  const writable = Object.entries(schema.properties).filter(([name, field]) => name !== 'id' && !field.readOnly);
  const other = writable.map(([name]) => name).filter((name) => !named.has(name) && !elsewhere(name));
  return other.length ? [...groups, { id: 'other', fields: other }] : groups;
}
