// What the server stores and knows, taken from its API description, and the few shapes around it.
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['user'];
export type Phone = Schemas['phone'];
export type DeviceType = Schemas['device_type'];
export type Provider = Schemas['provider'];
export type PhoneNumber = Schemas['number'];
export type UserGroup = Schemas['group'];
export type GroupMember = Schemas['group_member'];
export type Range = Schemas['range'];
export type Settings = Schemas['settings'];
export type CallRecord = Schemas['call_record'];
export type CallParty = Schemas['live_party'];
export type Reason = Schemas['reason'];
export type LiveCall = Schemas['live_call'];
export type LiveHeard = Schemas['live_heard'];
export type Registration = Schemas['live_registration'];
export type TraceMessage = Schemas['trace_message'];
export type Line = Schemas['line'];
export type Site = Schemas['site'];
export type EmergencyNumber = Schemas['emergency_number'];
export type TimeFrame = Schemas['time_frame'];
export type CorRule = Schemas['cor_rule'];
export type Rate = Schemas['rate'];
export type CorLine = Schemas['cor_line'];
export type Holiday = Schemas['holiday'];
export type Redirection = Schemas['redirection'];
export type MusicLoop = Schemas['music_loop'];
export type MusicFile = Schemas['music_file'];
export type Announcement = Schemas['announcement'];
export type Mailbox = Schemas['mailbox'];
export type ConferenceRoom = Schemas['conference_room'];
export type MailboxAccess = Schemas['mailbox_access'];
export type Voicemail = Schemas['voicemail'];
export type SpeedDial = Schemas['speed_dial'];
export type MobileTwin = Schemas['mobile_twin'];
export type Conference = Schemas['conference'];
export type ConferenceParticipant = Schemas['conference_participant'];
export type PublicHoliday = Schemas['public_holiday'];
export type Prompt = Schemas['prompt'];
export type RouteTest = Schemas['route_test'];
export type LineTest = Schemas['line_test'];
export type RoutePlan = Schemas['route_plan'];
export type Certificate = Schemas['certificate'];
export type AddressRule = Schemas['address_rule'];
export type Notice = Schemas['notice'];
export type Change = Schemas['change'];
export type MailServer = Schemas['mail_server'];
export type MailItem = Schemas['mail'];
export type MailTemplate = Schemas['mail_template'];
export type Subscription = Schemas['live_subscription'];
export type LineState = Schemas['live_line'];
export type SetupChoices = Schemas['setup_choices'];
export type Session = Schemas['login'];
export type WebSession = Schemas['session'];
export type Token = Schemas['token'];
export type Licence = Schemas['licence'];

export type EntityName =
  | 'user' | 'phone' | 'group' | 'group_member' | 'number' | 'range' | 'line' | 'certificate' | 'address_rule' | 'notice' | 'settings' | 'call_record'
  | 'mail' | 'mail_template' | 'mail_server' | 'session' | 'token' | 'change' | 'device_type' | 'provider' | 'emergency_number' | 'time_frame' | 'cor_rule' | 'cor_line' | 'holiday' | 'site' | 'redirection' | 'music_loop' | 'music_file' | 'mobile_twin' | 'announcement' | 'mailbox' | 'mailbox_access' | 'voicemail' | 'conference' | 'rate' | 'speed_dial' | 'conference_room' | 'conference_participant';
export type Collection =
  | 'users' | 'phones' | 'groups' | 'group-members' | 'numbers' | 'ranges' | 'lines' | 'certificates' | 'address-rules' | 'notices' | 'call-records'
  | 'mails' | 'mail-templates' | 'sessions' | 'tokens' | 'me/sessions' | 'me/tokens' | 'me/call-records' | 'changes' | 'device-types' | 'providers'
  | 'emergency-numbers' | 'time-frames' | 'cor-rules' | 'cor-lines' | 'holidays' | 'sites' | 'redirections' | 'me/redirections' | 'me/numbers' | 'announcements' | 'me/announcements' | 'mailboxes' | 'me/mailboxes'
  | 'music-loops' | 'music-files' | 'mailbox-access' | 'voicemails' | 'me/voicemails' | 'mobile-twins' | 'me/mobile-twins' | 'rates' | 'speed-dials' | 'me/speed-dials'
  | 'conferences' | 'conference-rooms' | 'me/conferences' | 'conference-participants' | 'me/conference-participants';

export const COLLECTION_OF: Record<string, Collection | undefined> = {
  user: 'users',
  phone: 'phones',
  device_type: 'device-types',
  group: 'groups',
  group_member: 'group-members',
  number: 'numbers',
  range: 'ranges',
  provider: 'providers',
  line: 'lines',
  site: 'sites',
  emergency_number: 'emergency-numbers',
  time_frame: 'time-frames',
  cor_rule: 'cor-rules',
  cor_line: 'cor-lines',
  rate: 'rates',
  holiday: 'holidays',
  redirection: 'redirections',
  music_loop: 'music-loops',
  music_file: 'music-files',
  announcement: 'announcements',
  mailbox: 'mailboxes',
  conference_room: 'conference-rooms',
  mailbox_access: 'mailbox-access',
  voicemail: 'voicemails',
  mobile_twin: 'mobile-twins',
  conference: 'conferences',
  conference_participant: 'conference-participants',
  speed_dial: 'speed-dials',
  certificate: 'certificates',
  address_rule: 'address-rules',
  notice: 'notices',
  call_record: 'call-records',
  mail: 'mails',
  mail_template: 'mail-templates',
};

export const ENTITY_OF: Record<Collection, EntityName> = {
  users: 'user',
  phones: 'phone',
  'device-types': 'device_type',
  groups: 'group',
  'group-members': 'group_member',
  numbers: 'number',
  ranges: 'range',
  providers: 'provider',
  lines: 'line',
  sites: 'site',
  'emergency-numbers': 'emergency_number',
  'time-frames': 'time_frame',
  'cor-rules': 'cor_rule',
  'cor-lines': 'cor_line',
  rates: 'rate',
  holidays: 'holiday',
  redirections: 'redirection',
  'music-loops': 'music_loop',
  'music-files': 'music_file',
  'me/redirections': 'redirection',
  announcements: 'announcement',
  'me/announcements': 'announcement',
  mailboxes: 'mailbox',
  'conference-rooms': 'conference_room',
  'me/mailboxes': 'mailbox',
  'mailbox-access': 'mailbox_access',
  voicemails: 'voicemail',
  'me/voicemails': 'voicemail',
  'mobile-twins': 'mobile_twin',
  'me/mobile-twins': 'mobile_twin',
  conferences: 'conference',
  'me/conferences': 'conference',
  'conference-participants': 'conference_participant',
  'me/conference-participants': 'conference_participant',
  'speed-dials': 'speed_dial',
  'me/speed-dials': 'speed_dial',
  'me/numbers': 'number',
  certificates: 'certificate',
  'address-rules': 'address_rule',
  notices: 'notice',
  'call-records': 'call_record',
  changes: 'change',
  mails: 'mail',
  'mail-templates': 'mail_template',
  sessions: 'session',
  tokens: 'token',
  'me/sessions': 'session',
  'me/tokens': 'token',
  'me/call-records': 'call_record',
};

/** All rows that the server finds, on this page of a list and on others. */
export interface Found {
  params: ListParams;
  total: number;
}

export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  per_page: number;
}

export interface ListParams {
  search?: string;
  sort?: string;
  order?: 'asc' | 'desc';
  page?: number;
  per_page?: number;
  letter?: string;
  [filter: string]: string | number | undefined;
}

export interface Health {
  status: string;
  version: string;
  uptime_s: number;
  setup_needed: boolean;
}

export interface SipAccount {
  server: string;
  port: number;
  transport: string;
  username: string;
  password: string;
  domain: string;
  uri: string;
}

/** A conversation of which SIP messages are stored. */
export interface TraceSummary {
  call_id: string;
  kind: string;
  started_at: string;
  last_at: string;
  caller: string | null;
  caller_name: string | null;
  called: string | null;
  called_name: string | null;
  status: number | null;
  messages: number;
  start_line: string;
  sip_call_ids: string[];
  live: boolean;
}

export interface Trace extends Omit<TraceSummary, 'messages'> {
  count: number;
  messages: TraceMessage[];
  links: TraceSummary[];
}

export interface TraceWatch {
  target: string;
  until: string;
}
