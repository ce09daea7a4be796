// Every page of the menu: its address, icon and text. A new page is a row here and a route.
import type { IconName } from './icons';

export interface PageEntry {
  path: string;
  icon: IconName;
  text: string;
  /** The right it takes; none: everybody sees it. */
  needs?: string;
}

export interface PageGroup {
  text: string;
  pages: PageEntry[];
}

const PAGE_GROUPS: PageGroup[] = [
  {
    text: 'shell.group.watch',
    pages: [
      { path: '/', icon: 'overview', text: 'overview.title' },
      { path: '/notices', icon: 'notices', text: 'notices.title', needs: 'admin' },
      { path: '/calls', icon: 'calls', text: 'calls.title', needs: 'admin' },
      { path: '/records', icon: 'records', text: 'records.title', needs: 'admin' },
      { path: '/traces', icon: 'traces', text: 'traces.title', needs: 'admin' },
    ],
  },
  {
    text: 'shell.group.telephony',
    pages: [
      { path: '/users', icon: 'users', text: 'users.title', needs: 'admin' },
      { path: '/groups', icon: 'groups', text: 'groups.title', needs: 'admin' },
      { path: '/phones', icon: 'phones', text: 'phones.title', needs: 'admin' },
      { path: '/device-types', icon: 'deviceTypes', text: 'deviceTypes.title', needs: 'admin' },
      { path: '/numbers', icon: 'numbers', text: 'numbers.title', needs: 'admin' },
      { path: '/subscriptions', icon: 'subscriptions', text: 'subscriptions.title', needs: 'admin' },
      { path: '/lines', icon: 'lines', text: 'lines.title', needs: 'admin' },
      { path: '/providers', icon: 'providers', text: 'providers.title', needs: 'admin' },
      { path: '/routing', icon: 'routing', text: 'routing.title', needs: 'admin' },
      { path: '/emergency-numbers', icon: 'emergency', text: 'routing.emergency.title', needs: 'admin' },
      { path: '/sites', icon: 'site', text: 'routing.site.title', needs: 'admin' },
      { path: '/mailboxes', icon: 'voicemail', text: 'mailboxes.title', needs: 'admin' },
      { path: '/all-conferences', icon: 'conference', text: 'conferences.all', needs: 'admin' },
      { path: '/conference-rooms', icon: 'groups', text: 'conferenceRooms.title', needs: 'admin' },
      { path: '/announcements', icon: 'microphone', text: 'announcements.title', needs: 'admin' },
      { path: '/prompts', icon: 'prompts', text: 'prompts.title', needs: 'admin' },
      { path: '/music', icon: 'music', text: 'music.title', needs: 'admin' },
      { path: '/speed-dials', icon: 'key', text: 'speedDials.title', needs: 'admin' },
      { path: '/star-codes', icon: 'keypad', text: 'starCodes.title', needs: 'admin' },
      { path: '/route-test', icon: 'routeTest', text: 'routing.test.title', needs: 'admin' },
    ],
  },
  {
    text: 'shell.group.system',
    pages: [
      { path: '/changes', icon: 'changes', text: 'changes.title', needs: 'admin' },
      { path: '/addresses', icon: 'shield', text: 'addresses.title', needs: 'admin' },
      { path: '/mail', icon: 'mail', text: 'mail.title', needs: 'admin' },
      { path: '/certificates', icon: 'certificate', text: 'certificates.title', needs: 'admin' },
      { path: '/licence', icon: 'key', text: 'licence.title', needs: 'admin' },
      { path: '/logs', icon: 'logs', text: 'logs.title', needs: 'admin' },
      { path: '/settings', icon: 'settings', text: 'settings.title', needs: 'admin' },
    ],
  },
  {
    text: 'shell.group.own',
    pages: [
      { path: '/manager', icon: 'calls', text: 'manager.title', needs: 'callman' },
      { path: '/voicemail', icon: 'voicemail', text: 'voicemail.title', needs: 'voice' },
      { path: '/conferences', icon: 'conference', text: 'conferences.title', needs: 'conference' },
      { path: '/keys', icon: 'keypad', text: 'keys.title', needs: 'fkey' },
      { path: '/my-calls', icon: 'records', text: 'records.own', needs: 'calllist' },
      { path: '/my-codes', icon: 'phones', text: 'starCodes.own' },
      { path: '/account', icon: 'user', text: 'account.title' },
    ],
  },
];

/** The menu of somebody with these rights. */
export function groupsFor(rights: ReadonlySet<string>): PageGroup[] {
  const groups = PAGE_GROUPS.map(({ text, pages }) => ({ text, pages: pages.filter(({ needs }) => !needs || rights.has(needs)) }));
  return groups.filter(({ pages }) => pages.length > 0);
}
