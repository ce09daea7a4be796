// Which cached answers a change of an entity makes old: its own, and those that show parts of it.
import type { QueryClient } from '@tanstack/react-query';

const SHOWN_IN: Record<string, string[]> = {
  user: ['users', 'phones', 'numbers', 'group-members', 'groups', 'music-loops', 'mailbox-access'],
  device_type: ['device-types', 'phones'],
  phone: ['phones', 'device-types', 'users', 'group-members', 'groups', 'sites'],
  number: ['numbers', 'users', 'groups', 'mailboxes', 'conference-rooms', 'redirections', 'me/numbers', 'me/redirections', 'music-loops'],
  function_key: ['function-keys', 'me/keys'],
  group: ['groups', 'group-members', 'numbers', 'music-loops', 'mailbox-access'],
  group_member: ['group-members', 'groups'],
  provider: ['providers', 'lines'],
  line: ['lines', 'providers', 'numbers', 'emergency-numbers', 'sites', 'cor-lines', 'rates'],
  site: ['sites', 'phones'],
  emergency_number: ['emergency-numbers'],
  time_frame: ['time-frames', 'cor-lines'],
  cor_rule: ['cor-rules', 'cor-lines'],
  cor_line: ['cor-lines'],
  rate: ['rates'],
  holiday: ['holidays'],
  call_completion: ['call-completions', 'me/call-completions'],
  redirection: ['redirections', 'me/redirections', 'mobile-twins', 'me/mobile-twins'],
  mobile_twin: ['mobile-twins', 'me/mobile-twins'],
  conference: ['conferences', 'me/conferences', 'conference-dates', 'me/conference-dates', 'me/invitations'],
  conference_participant: ['conference-participants', 'me/conference-participants', 'conferences', 'me/conferences', 'me/conference-dates', 'me/invitations'],
  speed_dial: ['speed-dials', 'me/speed-dials'],
  music_loop: ['music-loops', 'music-files', 'users', 'groups', 'numbers'],
  music_file: ['music-files', 'music-loops'],
  announcement: ['announcements', 'me/announcements'],
  mailbox: ['mailboxes', 'me/mailboxes', 'mailbox-access', 'numbers'],
  conference_room: ['conference-rooms', 'numbers'],
  mailbox_access: ['mailbox-access', 'me/mailboxes', 'me/voicemails'],
  voicemail: ['voicemails', 'me/voicemails', 'mailboxes', 'me/mailboxes'],
  orbit: ['me/orbits'],
  certificate: ['certificates'],
  address_rule: ['address-rules'],
  notice: ['notices'],
  range: ['ranges'],
  settings: ['settings', 'status', 'me/star-codes'],
  call_record: ['call-records', 'me/call-records'],
  change: ['changes'],
  mail: ['mails'],
  mail_template: ['mail-templates'],
  mail_server: ['mail-server'],
  licence: ['licence'],
  session: ['sessions', 'me/sessions'],
  token: ['tokens', 'me/tokens'],
};

export function invalidateEntity(client: QueryClient, entity: string): Promise<unknown> {
  const keys = SHOWN_IN[entity] ?? [entity];
  return Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}
