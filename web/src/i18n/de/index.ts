// The German texts.
import type { Texts } from '../en';
import account from './account.json';
import addresses from './addresses.json';
import announcements from './announcements.json';
import apidocs from './apidocs.json';
import atPhone from './atPhone.json';
import bulk from './bulk.json';
import calls from './calls.json';
import certificates from './certificates.json';
import changes from './changes.json';
import codecs from './codecs.json';
import conferences from './conferences.json';
import deviceTypes from './deviceTypes.json';
import errors from './errors.json';
import fields from './fields.json';
import forms from './forms.json';
import groups from './groups.json';
import help from './help.json';
import keys from './keys.json';
import licence from './licence.json';
import lines from './lines.json';
import liveConferences from './liveConferences.json';
import login from './login.json';
import logs from './logs.json';
import mail from './mail.json';
import conferenceRooms from './conferenceRooms.json';
import mailboxes from './mailboxes.json';
import manager from './manager.json';
import music from './music.json';
import notices from './notices.json';
import numbers from './numbers.json';
import options from './options.json';
import overview from './overview.json';
import phones from './phones.json';
import prompts from './prompts.json';
import providers from './providers.json';
import reasons from './reasons.json';
import records from './records.json';
import rights from './rights.json';
import mobile from './mobile.json';
import redirections from './redirections.json';
import routing from './routing.json';
import settings from './settings.json';
import setup from './setup.json';
import speedDials from './speedDials.json';
import starCodes from './starCodes.json';
import shell from './shell.json';
import subscriptions from './subscriptions.json';
import table from './table.json';
import traces from './traces.json';
import users from './users.json';
import voicemail from './voicemail.json';

const de: Texts = {
  account,
  addresses,
  announcements,
  apidocs,
  atPhone,
  bulk,
  calls,
  certificates,
  changes,
  codecs,
  conferences,
  deviceTypes,
  errors,
  fields,
  forms,
  groups,
  help,
  keys,
  speedDials,
  starCodes,
  licence,
  lines,
  liveConferences,
  login,
  logs,
  mail,
  conferenceRooms,
  mailboxes,
  manager,
  music,
  notices,
  numbers,
  options,
  overview,
  phones,
  prompts,
  providers,
  reasons,
  records,
  rights,
  mobile,
  redirections,
  routing,
  settings,
  setup,
  shell,
  subscriptions,
  table,
  traces,
  users,
  voicemail,
};

export default de;
